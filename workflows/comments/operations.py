"""Saying something of a draft, answering it, and closing what is settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.reader import read
from engine.sheets.editable import sheet
from engine.sheets.trails import trails
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.conditional import change_if
from workflows.comments.tables import Comment, CommentThread
from workflows.comments.words import bilingual
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.operations import sha256
from workflows.rulebook.reading import edit_of
from workflows.rulebook.tables import PolicyDraft

LONGEST = 4000
# What may be done in a thread: the state that it needs and the one that it leads to.
DEEDS = {"said": None, "resolved": ("open", "resolved"), "reopened": ("resolved", "open")}


def begin_thread(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    *,
    path: str | None,
    text: str,
) -> CommentThread:
    """Say something of a draft: at the field ``path``, or of the whole where it is None.

    Raises ``KaohengError``: INVALID for a field that the draft has not, or for no text.
    """
    allow_everywhere(actor, "comment_draft")
    said = _said(text)
    labels = _labels(session, draft)
    if path is not None and path not in labels:
        raise refuse(
            "comments.no_field",
            N_("The draft has no field {path!r}."),
            N_("Choose the field again: it may have been taken out meanwhile."),
            path=path,
        )
    trail = [bilingual(each) for each in labels[path]] if path is not None else []
    thread = CommentThread(draft_id=draft.id, path=path, trail=trail, state="open")
    session.add(thread)
    session.flush()
    _add(session, actor, now, draft, thread, "said", said)
    return thread


def add_comment(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    thread_id: int,
    *,
    deed: str,
    text: str,
) -> None:
    """Answer in a thread (``said``), or close (``resolved``) or open it again (``reopened``).

    Raises ``KaohengError``: MISSING for another draft's thread, CONFLICT where somebody was first.
    """
    allow_everywhere(actor, "comment_draft")
    thread = session.scalar(
        select(CommentThread).where(
            CommentThread.id == thread_id, CommentThread.draft_id == draft.id
        )
    )
    if thread is None or deed not in DEEDS:
        raise refuse(
            "comments.unknown",
            N_("There is no such thread on this draft."),
            N_("Reload the page."),
            kind=Kind.MISSING,
        )
    change = DEEDS[deed]
    said = _said(text) if change is None else _fitting(text)
    if change is not None:
        _move(session, thread, *change)
    _add(session, actor, now, draft, thread, deed, said)


def _move(session: Session, thread: CommentThread, before: str, after: str) -> None:
    moved = change_if(
        session,
        update(CommentThread)
        .where(CommentThread.id == thread.id, CommentThread.state == before)
        .values(state=after),
    )
    session.refresh(thread)
    if not moved:
        raise refuse(
            "comments.moved",
            N_("Somebody was first: this thread is not as you saw it any more."),
            N_("Look at it again."),
            kind=Kind.CONFLICT,
        )


def _add(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    thread: CommentThread,
    deed: str,
    text: str,
) -> None:
    session.add(
        Comment(
            thread_id=thread.id,
            edit_seq=draft.seq,
            deed=deed,
            text=text,
            author_id=actor.account_id,
            said_at=now,
        )
    )
    append(
        session,
        action="comment_draft",
        actor=actor,
        subject=Subject("policy", draft.policy.code),
        at=now,
        details={
            "draft": draft.id,
            "edit": draft.seq,
            "thread": thread.id,
            "path": thread.path,
            "deed": deed,
            "text_sha256": sha256(text),
        },
    )


def _labels(session: Session, draft: PolicyDraft):  # type: ignore[no-untyped-def]
    edit = edit_of(session, draft, draft.seq)
    return trails(sheet(read(edit.text, draft.policy.code)))


def _said(text: str) -> str:
    said = _fitting(text)
    if not said:
        raise refuse("comments.empty", N_("A comment needs a text."), N_("Say what you mean."))
    return said


def _fitting(text: str) -> str:
    said = text.strip()
    if len(said) > LONGEST:
        raise refuse(
            "comments.too_long",
            N_("The comment has {size} characters; at most {most} fit."),
            N_("Shorten it, or attach a file to the consultation."),
            size=len(said),
            most=LONGEST,
        )
    return said
