"""Finding submissions: a policy's open one, its newest, and those that wait for somebody."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.publishing.approving import approvals_of, brought
from workflows.publishing.tables import Submission
from workflows.rulebook.tables import PolicyDraft, PolicyRow


def open_submission(session: Session, code: str) -> Submission:
    """Return the policy's open submission; refuse with ``MISSING`` where there is none."""
    found = _newest(session, code)
    if found is None or found.state != "open":
        raise _none(code)
    return found


def submission_to_read(session: Session, actor: Actor, code: str) -> Submission:
    """Return the policy's newest submission; refuse with ``MISSING`` where there was none."""
    allow_everywhere(actor, "read_submissions")
    found = _newest(session, code)
    if found is None:
        raise _none(code)
    return found


def submissions_for(session: Session, actor: Actor, needed: Sequence[str]) -> list[Submission]:
    """Return the open submissions that it is the actor's turn to approve or publish, by age."""
    if not (may_everywhere(actor, "approve_policy") or may_everywhere(actor, "publish_policy")):
        return []
    waiting = session.scalars(
        select(Submission).where(Submission.state == "open").order_by(Submission.id)
    )
    return [each for each in waiting if is_turn_of(session, actor, each, needed)]


def is_turn_of(
    session: Session, actor: Actor, submission: Submission, needed: Sequence[str]
) -> bool:
    """Say whether the actor could approve, or publish what has all of its approvals."""
    if brought(session, actor, submission):
        return False
    approvals = approvals_of(session, submission, needed)
    if approvals.missing:
        return may_everywhere(actor, "approve_policy") and approvals.wait_for(actor)
    return may_everywhere(actor, "publish_policy")


def _newest(session: Session, code: str) -> Submission | None:
    return session.scalar(
        select(Submission)
        .join(Submission.draft)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code)
        .order_by(Submission.id.desc())
        .limit(1)
    )


def _none(code: str) -> Exception:
    return refuse(
        "publishing.none_open",
        N_("There is no open submission of {policy}."),
        N_("It may have been published or withdrawn: look at the policy's versions."),
        kind=Kind.MISSING,
        policy=code,
    )
