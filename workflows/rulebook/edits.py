"""The edits of a draft, one after the other: what each changed, and taking one of them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.policies import shaped
from engine.telling.difference import Difference, differences
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.accounts.tables import Account
from workflows.rulebook.drafts import save_draft
from workflows.rulebook.history import Line, text_difference
from workflows.rulebook.reading import edit_of
from workflows.rulebook.tables import PolicyDraft, PolicyEdit

SHOWN = 30  # edits that are compared; older ones are listed by name and time


@dataclass(frozen=True, slots=True)
class EditTold:
    """An edit and what it changed against the one before.

    ``changes`` are in words; None where either text does not read (``lines`` then say it), or where
    nothing was compared. Nobody wrote the first one of a draft that began from a version.
    """

    edit: PolicyEdit
    author: str | None
    changes: tuple[Difference, ...] | None
    lines: tuple[Line, ...]
    cases_changed: bool


def edits_of(session: Session, actor: Actor, draft: PolicyDraft) -> list[EditTold]:
    """Return the edits of a draft, the newest first."""
    allow_everywhere(actor, "draft_policy")
    found = session.scalars(
        select(PolicyEdit).where(PolicyEdit.draft_id == draft.id).order_by(PolicyEdit.seq.desc())
    ).all()
    chosen = select(Account.id, Account.username).where(
        Account.id.in_({each.author_id for each in found if each.author_id is not None})
    )
    names: dict[int | None, str] = {row.id: row.username for row in session.execute(chosen)}
    told: list[EditTold] = []
    for edit, before in zip(found, [*found[1:], None], strict=True):
        compared = before if len(told) < SHOWN else None
        told.append(_told(edit, compared, names.get(edit.author_id), draft.policy.code))
    return told


def take_again(
    session: Session, actor: Actor, now: datetime, draft: PolicyDraft, *, seen: int, seq: int
) -> None:
    """Save what edit ``seq`` of the draft said as its newest edit; nothing in between is lost.

    Raises ``KaohengError``: CONFLICT as ``save_draft``, MISSING where there is no such edit.
    """
    allow_everywhere(actor, "draft_policy")
    again = edit_of(session, draft, seq)
    save_draft(session, actor, now, draft, seen=seen, text=again.text, cases=again.cases)


def _told(edit: PolicyEdit, before: PolicyEdit | None, author: str | None, file: str) -> EditTold:
    if before is None:
        return EditTold(edit, author, None, (), cases_changed=False)
    old, new = (shaped(each.text, file) for each in (before, edit))
    changes = tuple(differences(old, new)) if old and new else None
    groups = [] if changes else text_difference(before.text, edit.text)
    lines = tuple(line for group in groups for line in group if line.kind != "same")
    return EditTold(edit, author, changes, lines, edit.cases != before.cases)
