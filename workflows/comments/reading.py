"""The threads of a draft, each at the field where it is now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from engine.errors import N_, KaohengError, Kind, refuse
from engine.reader import read
from engine.sheets.editable import sheet
from engine.sheets.trails import followed, trails
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.comments.tables import Comment, CommentThread
from workflows.comments.words import bilingual
from workflows.rulebook.reading import edit_of
from workflows.rulebook.tables import PolicyDraft, PolicyRow

Names = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A thread; ``field`` is where it stands now, None where it is about the whole or is gone."""

    thread: CommentThread
    field: str | None
    trail: Names

    @property
    def is_gone(self) -> bool:
        """Say whether it is about a field that is no longer there."""
        return self.thread.path is not None and self.field is None


@dataclass(frozen=True, slots=True)
class Discussion:
    """All threads of a draft, the open ones first, and the fields that one may speak of."""

    draft: PolicyDraft
    threads: tuple[Placed, ...]
    fields: dict[str, Names]

    @property
    def marks(self) -> dict[str, list[Placed]]:
        """The open threads of each field that has any."""
        found: dict[str, list[Placed]] = {}
        for each in self.threads:
            if each.field is not None and each.thread.state == "open":
                found.setdefault(each.field, []).append(each)
        return found

    @property
    def open(self) -> int:
        return sum(each.thread.state == "open" for each in self.threads)


def draft_to_discuss(session: Session, code: str) -> PolicyDraft:
    """Return the policy's draft while it is written or waits to be published, else ``MISSING``."""
    draft = session.scalar(
        select(PolicyDraft)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code, PolicyDraft.state.in_(("open", "submitted")))
    )
    if draft is None:
        raise refuse(
            "comments.no_draft",
            N_("There is no draft of {policy} to speak of."),
            N_("It may have been published or discarded: look at the policy's versions."),
            kind=Kind.MISSING,
            policy=code,
        )
    return draft


def discussion(session: Session, actor: Actor, draft: PolicyDraft) -> Discussion:
    """Return what was said of a draft."""
    allow_everywhere(actor, "read_comments")
    fields = _fields(session, draft)
    threads = session.scalars(
        select(CommentThread)
        .where(CommentThread.draft_id == draft.id)
        .order_by(CommentThread.state, CommentThread.id)
        .options(selectinload(CommentThread.comments).options(joinedload(Comment.author)))
    )
    return Discussion(draft, tuple(_placed(each, fields) for each in threads), fields)


def _placed(thread: CommentThread, fields: dict[str, Names]) -> Placed:
    field = None
    if thread.path is not None:
        now = {name: _frozen(trail) for name, trail in fields.items()}
        field = followed(thread.path, _frozen(thread.trail), now)
    return Placed(thread, field, fields[field] if field is not None else thread.trail)


def _frozen(trail: Names) -> tuple[object, ...]:
    # The words of the application may be reworded; a name of the data says what it is in Chinese.
    return tuple(each["zh"] for each in trail)


def _fields(session: Session, draft: PolicyDraft) -> dict[str, Names]:
    text = edit_of(session, draft, draft.seq).text
    try:
        labels = trails(sheet(read(text, draft.policy.code)))
    except KaohengError:
        return {}
    return {name: [bilingual(each) for each in trail] for name, trail in labels.items()}
