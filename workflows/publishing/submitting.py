"""Handing a draft in: frozen as a version, for a first day, with a reason; or taking it back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.canonical import digest, from_canonical
from engine.errors import N_, KaohengError, refuse
from engine.model import Policy
from engine.policies import load
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.publishing.advancing import advance_submission, advance_submitted
from workflows.publishing.days import first_governed, next_first_day, require_said
from workflows.publishing.fields import fields_that_no_record_has
from workflows.publishing.money import moves_money
from workflows.publishing.retroactive import ask_whom_it_makes_worse_off
from workflows.publishing.tables import Submission
from workflows.rulebook.cases import failing
from workflows.rulebook.drafts import advance_draft
from workflows.rulebook.operations import log_version, version_in_force, version_of
from workflows.rulebook.reading import authors, edit_of
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyVersion


def submit_draft(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    *,
    seen: int,
    today: date,
    reason: str,
    effective_on: date | None = None,
    is_retroactive: bool = False,
) -> Submission:
    """Freeze the draft as a version to be in force from ``effective_on``; it waits for others.

    Without a day it is the first of the policy's next period. ``is_retroactive`` says that it is
    meant for periods that have begun. Raises ``KaohengError`` with every fault of the text, every
    case that does not hold, every field that no record has, and where nothing has changed.
    """
    allow_everywhere(actor, "submit_policy")
    _require_reason(reason)
    edit = edit_of(session, draft, seen)
    advance_draft(session, draft, seen, state="submitted")
    policy = load(edit.text, draft.policy.code)
    first_day = effective_on or next_first_day(policy, today)
    retroactive = require_said(policy, first_day, today, is_retroactive)
    before = version_in_force(session, draft.policy.code, first_day)
    _require_sound(session, policy, edit, before)
    version = _frozen(session, draft, edit, policy)
    assert actor.account_id is not None, "whoever may submit has an account"
    submission = Submission(
        draft=draft,
        edit_seq=seen,
        frozen=version,
        submitter_id=actor.account_id,
        submitted_at=now,
        effective_on=first_day,
        reason=reason.strip(),
        moves_money=_moves_money(before, version),
        is_retroactive=retroactive,
        state="open",
        version=0,
    )
    session.add(submission)
    session.flush()
    asked = ask_whom_it_makes_worse_off(session, now, submission, today)
    log_submission(session, "submit_policy", actor, now, submission, asked=asked)
    return submission


def withdraw_submission(
    session: Session, actor: Actor, now: datetime, submission: Submission, *, seen: int
) -> None:
    """Take a submission back: its draft is open again, its approvals and consents are void."""
    allow_everywhere(actor, "submit_policy")
    advance_submission(session, submission, seen, state="withdrawn")
    advance_submitted(session, submission, state="open", version_id=None)
    if submission.frozen.published_at is None:
        submission.frozen.state = "withdrawn"
    session.flush()
    log_submission(session, "withdraw_submission", actor, now, submission)


def log_submission(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    submission: Submission,
    **details: object,
) -> None:
    """Append to the log what happened to a submission, about the version that it froze."""
    said = {
        "submission": submission.id,
        "effective_on": submission.effective_on.isoformat(),
        "first_period": first_governed(
            from_canonical(submission.frozen.canonical), submission.effective_on
        ).label,
        "is_retroactive": submission.is_retroactive,
        "moves_money": submission.moves_money,
        "reason": submission.reason,
        **details,
    }
    log_version(session, action, actor, now, submission.frozen, **said)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise refuse("rulebook.reason_needed", N_("A submission needs a reason."), N_("Say why."))


def _require_sound(
    session: Session, policy: Policy, edit: PolicyEdit, before: PolicyVersion | None
) -> None:
    """Refuse what says nothing new, contradicts its cases, or measures what there is not."""
    if before is not None and digest(policy) == before.digest:
        raise refuse(
            "rulebook.nothing_changed",
            N_("The draft says the same as version {seq}."),
            N_("Change something that counts, or discard the draft."),
            seq=before.seq,
        )
    faults = failing(policy, edit.cases, policy.policy)
    faults += fields_that_no_record_has(session, policy.measures)
    if faults:
        raise KaohengError(faults)


def _moves_money(before: PolicyVersion | None, version: PolicyVersion) -> bool:
    # Both from their canonical form: a formula read from text also knows where it stood.
    return moves_money(
        from_canonical(before.canonical) if before else None, from_canonical(version.canonical)
    )


def _frozen(
    session: Session, draft: PolicyDraft, edit: PolicyEdit, policy: Policy
) -> PolicyVersion:
    written_by = authors(session, draft)
    version = version_of(
        session,
        policy,
        text=edit.text,
        cases=edit.cases,
        author_id=written_by[-1] if written_by else None,
        now=edit.saved_at,
    )
    draft.version_id = version.id
    return version
