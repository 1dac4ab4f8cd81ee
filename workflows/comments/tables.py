"""Threads of comments on a draft: what was said stays, only a thread's state changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key


class CommentThread(Base):
    """A thread at a field (``path``, as a fault's place has it) or about the whole draft.

    ``trail`` is what the field was called when the thread began, as bilingual names: it finds
    the field again where its path has moved. States: ``open``, ``resolved``, and back.
    """

    __tablename__ = "comment_thread"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_draft.id"), index=True)
    path: Mapped[str | None]
    trail: Mapped[list[Any]]
    state: Mapped[str]

    comments: Mapped[list[Comment]] = relationship(order_by="Comment.id")


class Comment(Base):
    """What somebody said or did in a thread: ``said``, ``resolved`` or ``reopened``; never changed.

    ``edit_seq`` is the draft's newest edit at that moment.
    """

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("comment_thread.id"), index=True)
    edit_seq: Mapped[int]
    deed: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    said_at: Mapped[datetime] = mapped_column(Instant)

    author: Mapped[Account] = relationship()
