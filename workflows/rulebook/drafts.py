"""Writing the next version of a policy: one draft at a time, which several of HR may edit.

Each save is an edit that stays. Whoever saves says which edit they saw; where somebody was
first, nothing is written and both texts are there to compare.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.canonical import digest
from engine.errors import N_, KaohengError, Kind, refuse
from engine.policies import load
from engine.reader import read
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.cases import failing
from workflows.rulebook.operations import (
    adopt_shipped,
    log_version,
    policy_row,
    put_in_force,
    sha256,
    version_of,
    version_to_come,
)
from workflows.rulebook.reading import authors, edit_of, find_draft
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyRow, PolicyVersion


def start_draft(session: Session, actor: Actor, now: datetime, *, code: str) -> PolicyDraft:
    """Begin a draft from the version that is in force in the end, or from the shipped policy.

    Raises ``KaohengError``: CONFLICT where a draft is open, MISSING for an unknown policy.
    """
    allow_everywhere(actor, "draft_policy")
    base = version_to_come(session, code) or adopt_shipped(session, actor, now, code)
    draft = _begin(session, base.policy, base, PolicyEdit(text=base.text, cases=base.cases), now)
    _log(session, "start_draft", actor, now, draft)
    return draft


def save_draft(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    *,
    seen: int,
    text: str,
    cases: str | None,
) -> None:
    """Keep ``text`` and ``cases`` as the draft's newest edit; the same again changes nothing.

    A text with faults may be kept, as long as it reads as entries at all. Raises
    ``KaohengError``: CONFLICT where ``seen`` is not the newest edit or the draft is not open.
    """
    allow_everywhere(actor, "draft_policy")
    read(text, draft.policy.code)
    newest = edit_of(session, draft, draft.seq)
    if seen == draft.seq and (newest.text, newest.cases) == (text, cases):
        return
    _advance(session, draft, seen, seq=seen + 1)
    session.add(
        PolicyEdit(
            draft_id=draft.id,
            seq=seen + 1,
            text=text,
            cases=cases,
            author_id=actor.account_id,
            saved_at=now,
        )
    )
    session.flush()
    _log(session, "draft_policy", actor, now, draft)


def draft_file(
    session: Session, actor: Actor, now: datetime, *, text: str, cases: str | None, file: str
) -> PolicyDraft:
    """Take a whole file without a fault into the policy's draft, beginning one where there is none.

    This is also how a policy comes in that the rulebook does not know yet. Raises
    ``KaohengError`` with every fault of the text.
    """
    allow_everywhere(actor, "draft_policy")
    policy = load(text, file)
    draft = find_draft(session, policy.policy)
    base = version_to_come(session, policy.policy)
    if draft is None and base is not None:
        draft = start_draft(session, actor, now, code=policy.policy)
    if draft is not None:
        kept = cases if cases is not None else edit_of(session, draft, draft.seq).cases
        save_draft(session, actor, now, draft, seen=draft.seq, text=text, cases=kept)
        return draft
    first = PolicyEdit(text=text, cases=cases, author_id=actor.account_id)
    draft = _begin(session, policy_row(session, policy), None, first, now)
    _log(session, "draft_policy", actor, now, draft)
    return draft


def discard_draft(
    session: Session, actor: Actor, now: datetime, draft: PolicyDraft, *, seen: int
) -> None:
    """Give a draft up; its edits stay readable. Raises CONFLICT where somebody was first."""
    allow_everywhere(actor, "draft_policy")
    _advance(session, draft, seen, state="discarded")
    _log(session, "discard_draft", actor, now, draft)


def publish_draft(
    session: Session, actor: Actor, now: datetime, draft: PolicyDraft, *, seen: int, reason: str
) -> PolicyVersion:
    """Put a draft in force from now on, with a reason; nobody who wrote any of it may.

    Cycles that are open keep the version that they pinned. Raises ``KaohengError`` with every
    fault of the text, with every case that does not hold, and where nothing has changed.
    """
    allow_everywhere(actor, "publish_policy")
    edit = edit_of(session, draft, seen)
    written_by = authors(session, draft)
    if actor.account_id in written_by:
        raise refuse(
            "rulebook.own_draft",
            N_("Whoever wrote a draft may not publish it."),
            N_("Ask a second person of HR."),
            kind=Kind.DENIED,
        )
    if not reason.strip():
        raise refuse("rulebook.reason_needed", N_("A publication needs a reason."), N_("Say why."))
    _advance(session, draft, seen, state="published")
    policy = load(edit.text, draft.policy.code)
    if draft.base is not None and digest(policy) == draft.base.digest:
        raise refuse(
            "rulebook.nothing_changed",
            N_("The draft says the same as version {seq}."),
            N_("Change something that counts, or discard the draft."),
            seq=draft.base.seq,
        )
    if faults := failing(policy, edit.cases, draft.policy.code):
        raise KaohengError(faults)
    version = version_of(
        session,
        policy,
        text=edit.text,
        cases=edit.cases,
        author_id=written_by[-1] if written_by else None,
        now=edit.saved_at,
    )
    draft.version_id = version.id
    put_in_force(session, actor, now, version, reason)
    log_version(session, "publish_policy", actor, now, version)
    return version


def _begin(
    session: Session,
    policy: PolicyRow,
    base: PolicyVersion | None,
    first: PolicyEdit,
    now: datetime,
) -> PolicyDraft:
    # Two who begin at once: the second waits here, then sees the first one's draft.
    session.execute(select(PolicyRow.id).where(PolicyRow.id == policy.id).with_for_update())
    if find_draft(session, policy.code) is not None:
        raise refuse(
            "rulebook.draft_there",
            N_("There is a draft of {policy} already."),
            N_("Go on with that one, or discard it."),
            kind=Kind.CONFLICT,
            policy=policy.code,
        )
    draft = PolicyDraft(policy=policy, base=base, state="open", seq=0)
    session.add(draft)
    session.flush()
    first.draft_id, first.seq, first.saved_at = draft.id, 0, now
    session.add(first)
    session.flush()
    return draft


def _advance(session: Session, draft: PolicyDraft, seen: int, **values: object) -> None:
    """Change the draft if it is open and as it was seen; else somebody was first."""
    changed = session.execute(
        update(PolicyDraft)
        .where(PolicyDraft.id == draft.id, PolicyDraft.state == "open", PolicyDraft.seq == seen)
        .values(**values)
    )
    session.refresh(draft)
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has a row count
        raise refuse(
            "rulebook.draft_changed",
            N_("Somebody else has changed the draft of {policy} meanwhile."),
            N_("Look at what they changed, then decide again."),
            kind=Kind.CONFLICT,
            policy=draft.policy.code,
        )


def _log(session: Session, action: str, actor: Actor, now: datetime, draft: PolicyDraft) -> None:
    edit = edit_of(session, draft, draft.seq)
    append(
        session,
        action=action,
        actor=actor.public_id,
        subject=Subject("policy", draft.policy.code),
        at=now,
        details={
            "draft": draft.id,
            "edit": draft.seq,
            "base": draft.base.digest if draft.base else None,
            "text_sha256": sha256(edit.text),
            "cases_sha256": edit.cases and sha256(edit.cases),
        },
    )
