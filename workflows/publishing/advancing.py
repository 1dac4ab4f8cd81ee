"""A submission changes only as it was seen: of two who act at once, the second is told."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.publishing.tables import Submission
from workflows.rulebook.tables import PolicyDraft


def advance_submission(
    session: Session, submission: Submission, seen: int, **values: object
) -> None:
    """Change an open submission that is as it was seen; refuse with ``CONFLICT`` otherwise."""
    changed = change_if(
        session,
        update(Submission)
        .where(
            Submission.id == submission.id,
            Submission.state == "open",
            Submission.version == seen,
        )
        .values(version=seen + 1, **values),
    )
    session.refresh(submission)
    if not changed:
        raise _was_first(submission)


def advance_submitted(session: Session, submission: Submission, **values: object) -> None:
    """Change the submission's draft along with it."""
    changed = change_if(
        session,
        update(PolicyDraft)
        .where(PolicyDraft.id == submission.draft_id, PolicyDraft.state == "submitted")
        .values(**values),
    )
    session.refresh(submission.draft)
    if not changed:
        raise _was_first(submission)


def _was_first(submission: Submission) -> KaohengError:
    code = submission.draft.policy.code
    if submission.state == "open":
        return refuse(
            "publishing.changed",
            N_("Somebody has acted on the submission of {policy} since you looked at it."),
            N_("Look at it again, then decide."),
            kind=Kind.CONFLICT,
            policy=code,
        )
    return refuse(
        "publishing.over",
        N_("The submission of {policy} is {state} already."),
        N_("See the policy's versions: somebody was first."),
        kind=Kind.CONFLICT,
        policy=code,
        state=state_named("submissions", submission.state),
    )
