"""One's own notices, and marking them as read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.notices.tables import Notice


def own_notices(session: Session, actor: Actor, limit: int | None = None) -> list[Notice]:
    """Return what the actor was told: what is unread first, the latest first."""
    return list(
        session.scalars(
            select(Notice)
            .where(Notice.person_id == _reader(actor))
            .order_by(Notice.read_at.is_not(None), Notice.told_at.desc(), Notice.id.desc())
            .limit(limit)
        )
    )


def unread_notices(session: Session, actor: Actor) -> int:
    """Return how many of the actor's notices are unread."""
    if _reader(actor) is None:
        return 0
    unread = select(func.count()).where(
        Notice.person_id == _reader(actor), Notice.read_at.is_(None)
    )
    return session.scalar(unread) or 0


def read_notice(session: Session, actor: Actor, now: datetime, public_id: str) -> Notice:
    """Mark one of the actor's own notices as read; refuse with ``MISSING`` any other."""
    notice = session.scalar(
        select(Notice).where(Notice.public_id == public_id, Notice.person_id == _reader(actor))
    )
    if notice is None:
        raise refuse(
            "notices.not_there",
            N_("There is no such notice."),
            N_("It may not be yours. Start again from the list of notices."),
            kind=Kind.MISSING,
        )
    notice.read_at = notice.read_at or now
    return notice


def read_all_notices(session: Session, actor: Actor, now: datetime) -> int:
    """Mark all of the actor's notices as read; return how many were not."""
    done = session.execute(
        update(Notice)
        .where(Notice.person_id == _reader(actor), Notice.read_at.is_(None))
        .values(read_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count


def _reader(actor: Actor) -> int | None:
    """Return whose notices the actor reads: their own, also while they act for somebody."""
    return actor.person_id if actor.on_behalf_of is None else actor.own_person_id
