"""Claiming a key with what is written under it, keeping the answer, giving it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.idempotency.tables import AnsweredRequest

# How long an answer is given again: long enough for a program that tries over a weekend.
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its key names it: whose, under which key, and a digest of its content."""

    account_id: int
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given: status, the headers that matter, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer_before(session: Session, asked: Asked) -> Answer | None:
    """Return how this very request was answered before; None where nothing was done under its key.

    Refuses with ``CONFLICT`` another content under the same key, and one that was done or is being
    done while its answer is not known.
    """
    row = session.scalar(_row(asked))
    if row is None:
        return None
    if row.fingerprint != asked.fingerprint:
        raise refuse(
            "idempotency.another_request",
            N_("Something else was sent under this key before."),
            N_("Open the page again and send from there: each sending has a key of its own."),
            kind=Kind.CONFLICT,
        )
    if row.status is None or row.headers is None:
        raise refuse(
            "idempotency.no_answer",
            N_("This was sent before: it is under way, or it was done and its answer was lost."),
            N_("Look at what is there now before you send it again."),
            kind=Kind.CONFLICT,
        )
    return Answer(row.status, row.headers, row.body or b"")


def claim(session: Session, now: datetime, asked: Asked) -> None:
    """Have the key stand for what this transaction writes; older answers are forgotten.

    Of two at once one is refused: with ``CONFLICT`` by ``Database.write``, as whoever comes second.
    """
    session.execute(delete(AnsweredRequest).where(AnsweredRequest.asked_at < now - KEPT))
    session.add(
        AnsweredRequest(
            account_id=asked.account_id,
            key=asked.key,
            fingerprint=asked.fingerprint,
            asked_at=now,
        )
    )
    session.flush()


def keep_answer(session: Session, asked: Asked, answer: Answer) -> None:
    """Keep how the request was answered, for whoever sends it again."""
    session.execute(
        update(AnsweredRequest)
        .where(
            AnsweredRequest.account_id == asked.account_id,
            AnsweredRequest.key == asked.key,
            AnsweredRequest.status.is_(None),
        )
        .values(status=answer.status, headers=dict(answer.headers), body=answer.body)
    )


def _row(asked: Asked) -> Select[AnsweredRequest]:
    return select(AnsweredRequest).where(
        AnsweredRequest.account_id == asked.account_id, AnsweredRequest.key == asked.key
    )
