"""Telling somebody something: part of the operation that has something to tell."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workflows.accounts.tables import Account
from workflows.base.conditional import insert_if_new
from workflows.notices.tables import Notice


def notify(
    session: Session,
    now: datetime,
    to: int | Account,
    key: str,
    message: str,
    *,
    link: str | None = None,
    tone: str = "calm",
    **params: Any,
) -> None:
    """Tell somebody ``message`` (a msgid marked with ``N_``), once for each ``key``.

    ``to`` is a person, by their id, or an account: then it is told to the person whose it is, and
    to the account itself where it is nobody's in the organisation. ``link`` is where they see more
    or do something about it. Nothing happens where they were told under this key before.
    """
    person_id, account_id = _reader(to)
    insert_if_new(
        session,
        Notice,
        {
            "public_id": uuid.uuid4().hex,
            "person_id": person_id,
            "account_id": account_id,
            "key": key,
            "message": message,
            "params": params,
            "link": link,
            "tone": tone,
            "told_at": now,
        },
    )


def _reader(to: int | Account) -> tuple[int | None, int | None]:
    """Return whose the notice is: the person's, or else the account's."""
    if isinstance(to, Account):
        return (to.person_id, None) if to.person_id is not None else (None, to.id)
    return to, None
