"""One's own notices, and marking them as read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.notices.tables import Notice


def own_notices(session: Session, actor: Actor, limit: int | None = None) -> list[Notice]:
    """Return what the actor was told: what is unread first, the latest first."""
    return list(
        session.scalars(
            select(Notice)
            .where(_own(actor))
            .order_by(Notice.read_at.is_not(None), Notice.told_at.desc(), Notice.id.desc())
            .limit(limit)
        )
    )


def unread_notices(session: Session, actor: Actor) -> int:
    """Return how many of the actor's notices are unread."""
    unread = select(func.count()).where(_own(actor), Notice.read_at.is_(None))
    return session.scalar(unread) or 0


def read_notice(session: Session, actor: Actor, now: datetime, public_id: str) -> Notice:
    """Mark one of the actor's own notices as read; refuse with ``MISSING`` any other."""
    notice = session.scalar(select(Notice).where(Notice.public_id == public_id, _own(actor)))
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
        update(Notice).where(_own(actor), Notice.read_at.is_(None)).values(read_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count


def _own(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that holds for the actor's own notices, also while they act for
    somebody: what the person was told, and what the account was while it was nobody's.
    """
    person_id = actor.person_id if actor.on_behalf_of is None else actor.own_person_id
    of_person = false() if person_id is None else Notice.person_id == person_id
    of_account = false() if actor.account_id is None else Notice.account_id == actor.account_id
    return or_(of_person, of_account)
