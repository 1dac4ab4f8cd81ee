"""Writing the next version of a policy: one draft at a time, which several of HR may edit.

Each save is an edit that stays. Whoever saves says which edit they saw; where somebody was
first, nothing is written and both texts are there to compare.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.policies import load
from engine.reader import read
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.operations import (
    adopt_shipped,
    policy_row,
    sha256,
    version_to_come,
)
from workflows.rulebook.reading import draft_changed, edit_of, find_draft
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
    advance_draft(session, draft, seen, seq=seen + 1)
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
    advance_draft(session, draft, seen, state="discarded")
    _log(session, "discard_draft", actor, now, draft)


def copy_version(
    session: Session, actor: Actor, now: datetime, version: PolicyVersion
) -> PolicyDraft:
    """Begin a draft with what a published version says: the way back to it.

    Raises ``KaohengError``: CONFLICT where there is a draft already, or nothing was published.
    """
    allow_everywhere(actor, "draft_policy")
    if version.published_at is None:
        raise refuse(
            "rulebook.never_published",
            N_("Version {seq} of {policy} was never published."),
            N_("Copy one that was; what was withdrawn is still its own draft."),
            kind=Kind.CONFLICT,
            seq=version.seq,
            policy=version.policy.code,
        )
    draft = start_draft(session, actor, now, code=version.policy.code)
    save_draft(session, actor, now, draft, seen=0, text=version.text, cases=version.cases)
    return draft


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


def advance_draft(session: Session, draft: PolicyDraft, seen: int, **values: object) -> None:
    """Change the draft if it is open and as it was seen; else somebody was first."""
    changed = change_if(
        session,
        update(PolicyDraft)
        .where(PolicyDraft.id == draft.id, PolicyDraft.state == "open", PolicyDraft.seq == seen)
        .values(**values),
    )
    session.refresh(draft)
    if not changed:
        raise draft_changed(draft)


def _log(session: Session, action: str, actor: Actor, now: datetime, draft: PolicyDraft) -> None:
    edit = edit_of(session, draft, draft.seq)
    append(
        session,
        action=action,
        actor=actor,
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
