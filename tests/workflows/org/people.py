"""The small company with HR and dates, for tests of the organisation over time."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import actor
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.org.dated import Standing
from workflows.org.standing import standing_of
from workflows.org.tables import Person

ZONE = ZoneInfo("Asia/Shanghai")
# The organisation's day of ``tests.organisation.NOW``.
TODAY = date(2026, 1, 31)


def hr(session: Session) -> Actor:
    return actor(session, Role.HR)


def person(session: Session, code: str) -> Person:
    return session.scalars(sa.select(Person).where(Person.code == code)).one()


def where(session: Session, code: str) -> Standing:
    return standing_of(session, person(session, code))


def on(day: str) -> date:
    return date.fromisoformat(day)
