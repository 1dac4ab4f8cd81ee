"""Telling somebody something: part of the operation that has something to tell."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.notices.tables import Notice


def notify(
    session: Session,
    now: datetime,
    person_id: int,
    key: str,
    message: str,
    *,
    link: str | None = None,
    tone: str = "calm",
    **params: Any,
) -> None:
    """Tell a person ``message`` (a msgid marked with ``N_``), once for each ``key``.

    ``link`` is where they see more or do something about it. Nothing happens where the person
    was told under this key before.
    """
    told = select(Notice.id).where(Notice.person_id == person_id, Notice.key == key)
    if session.scalar(told) is not None:
        return
    session.add(
        Notice(
            public_id=uuid.uuid4().hex,
            person_id=person_id,
            key=key,
            message=message,
            params=params,
            link=link,
            tone=tone,
            told_at=now,
        )
    )
    session.flush()
