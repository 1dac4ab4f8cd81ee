"""Approving and publishing what somebody else wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.errors import N_, Kind, refuse
from workflows.access import approvals as by_role
from workflows.access.actors import Actor
from workflows.access.approvals import gave_one, is_by, role_to_give
from workflows.access.decide import allow_everywhere
from workflows.accounts.operations import actor_as_now
from workflows.agreements.announcing import announce
from workflows.base.settings import EITHER
from workflows.consultation.reading import require_consultation
from workflows.publishing.advancing import advance_submission, advance_submitted
from workflows.publishing.days import require_said
from workflows.publishing.retroactive import require_consents
from workflows.publishing.submitting import log_submission
from workflows.publishing.tables import PolicyApproval, Submission
from workflows.rulebook.operations import put_in_force
from workflows.rulebook.reading import authors, wrote_any
from workflows.rulebook.tables import Publication


@dataclass(frozen=True, slots=True)
class Approvals:
    """What a submission needs, none where it moves no money, and what was given."""

    needed: tuple[str, ...]
    given: tuple[PolicyApproval, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The approvals that it still waits for: a role, or ``a|b`` for either."""
        return by_role.missing(self.needed, self.given)

    def wait_for(self, actor: Actor) -> bool:
        """Say whether a role of the actor is missing and they gave no other's."""
        return role_to_give(actor, self.needed, self.given) is not None


def approvals_of(session: Session, submission: Submission, needed: Sequence[str]) -> Approvals:
    """Return the approvals of a submission, of which ``needed`` are those that settings name."""
    given = session.scalars(
        select(PolicyApproval)
        .where(PolicyApproval.submission_id == submission.id)
        .order_by(PolicyApproval.id)
    )
    return Approvals(tuple(needed) if submission.moves_money else (), tuple(given))


def approve_submission(
    session: Session,
    actor: Actor,
    now: datetime,
    submission: Submission,
    *,
    seen: int,
    needed: Sequence[str] = EITHER,
) -> tuple[str, ...]:
    """Approve a submission for one of the roles ``needed``; return those still missing.

    Raises ``KaohengError``: ``DENIED`` for whoever wrote any of it or is not asked,
    ``CONFLICT`` for somebody who approved before and where somebody was first.
    """
    actor = actor_as_now(session, actor)
    allow_everywhere(actor, "approve_policy")
    _require_another(session, actor, submission)
    advance_submission(session, submission, seen)
    before = approvals_of(session, submission, needed)
    role = role_to_give(actor, before.needed, before.given)
    if role is None:
        raise _not_asked(submission, before, actor)
    approval = PolicyApproval(
        submission_id=submission.id,
        role=role,
        account_id=actor.account_id,
        approved_at=now,
        on_behalf_of=actor.on_behalf_of,
    )
    session.add(approval)
    session.flush()
    left = approvals_of(session, submission, needed).missing
    log_submission(session, "approve_policy", actor, now, submission, role=role, missing=list(left))
    return left


def publish_submission(
    session: Session,
    actor: Actor,
    now: datetime,
    submission: Submission,
    *,
    seen: int,
    today: date,
    reason: str = "",
    needed: Sequence[str] = EITHER,
    consultation: str = "advised",
) -> Publication:
    """Put a submitted version in force from its first day; nobody who wrote any of it may.

    ``reason`` is the publisher's own, otherwise the submitter's. Cycles that are open keep their
    version; everybody else whom it concerns is given their copy. ``consultation`` is the setting
    that says whether what moves money needs one. Raises ``KaohengError`` where approvals,
    consents or the consultation are missing, where the version has become retroactive
    meanwhile, and where somebody was first.
    """
    allow_everywhere(actor_as_now(session, actor), "publish_policy")
    _require_another(session, actor, submission)
    advance_submission(session, submission, seen, state="published")
    advance_submitted(session, submission, state="published")
    _require_approvals(approvals_of(session, submission, needed), submission)
    require_consultation(
        session, submission.draft_id, moves_money=submission.moves_money, setting=consultation
    )
    retroactive = _require_consents_if_late(session, submission, today)
    publication = put_in_force(
        session,
        actor,
        now,
        submission.frozen,
        reason.strip() or submission.reason,
        effective_on=submission.effective_on,
        is_retroactive=retroactive,
    )
    announce(session, now, publication, today)
    log_submission(
        session,
        "publish_policy",
        actor,
        now,
        submission,
        reason=publication.reason,
        is_retroactive=retroactive,
    )
    return publication


def _require_consents_if_late(session: Session, submission: Submission, today: date) -> bool:
    """Say whether the version reaches into a begun period; then it was said and consented to."""
    policy = from_canonical(submission.frozen.canonical)
    late = require_said(policy, submission.effective_on, today, submission.is_retroactive)
    if late:
        require_consents(session, submission, today)
    return late


def brought(session: Session, actor: Actor, submission: Submission) -> bool:
    """Say whether the actor, by any account of theirs, wrote any of what was handed in.

    What nobody wrote any of, a draft handed in as it began, is theirs who handed it in: that
    it is to be in force from another day is all that it says.
    """
    if not authors(session, submission.draft):
        return is_by(actor, submission.submitter)
    return wrote_any(session, actor, submission.draft)


def _require_another(session: Session, actor: Actor, submission: Submission) -> None:
    if brought(session, actor, submission):
        raise refuse(
            "rulebook.own_draft",
            N_("Whoever wrote any of a draft may neither approve nor publish it."),
            N_("Ask a second person."),
            kind=Kind.DENIED,
        )


def _require_approvals(approvals: Approvals, submission: Submission) -> None:
    if approvals.missing:
        raise refuse(
            "publishing.approvals_missing",
            N_("Version {seq} moves money and waits for the approval of: {roles}."),
            N_("Ask somebody with that role; KAOHENG_RULE_APPROVALS says whose are needed."),
            kind=Kind.CONFLICT,
            seq=submission.frozen.seq,
            roles=", ".join(approvals.missing),
        )


def _not_asked(submission: Submission, approvals: Approvals, actor: Actor) -> Exception:
    if not approvals.needed:
        return refuse(
            "publishing.no_approval_needed",
            N_("Version {seq} moves no money and needs no approval."),
            N_("A second person of HR may publish it."),
            kind=Kind.CONFLICT,
            seq=submission.frozen.seq,
        )
    if gave_one(actor, approvals.given):
        return refuse(
            "publishing.approved_by_you",
            N_("You have approved it; it still waits for: {roles}."),
            N_("Each approval is another person's: ask somebody with that role."),
            kind=Kind.CONFLICT,
            roles=", ".join(approvals.missing) or "–",
        )
    return refuse(
        "publishing.not_your_approval",
        N_("It waits for the approval of: {roles}."),
        N_("Ask somebody with that role; KAOHENG_RULE_APPROVALS says whose are needed."),
        kind=Kind.DENIED if approvals.missing else Kind.CONFLICT,
        roles=", ".join(approvals.missing) or "–",
    )
