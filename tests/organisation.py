"""A small company for tests: two regions, three teams, their people, one account a role."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.org.tables import Membership, Person, Unit

NOW = datetime(2026, 1, 31, 4, 0, tzinfo=UTC)
SINCE = date(2000, 1, 1)

# team: (region, manager, members)
TEAMS = {
    "east-1": ("east", "M1", ("S11", "S12")),
    "east-2": ("east", "M2", ("S21", "S22")),
    "west-1": ("west", "M3", ("S31", "S32", "S33")),
}


def add_organisation(session: Session) -> None:
    """Add the company, its regions and teams, and everybody in them."""
    company = Unit(code="company", name="公司", kind="company")
    regions = {
        code: Unit(code=code, name=code, kind="region", parent=company) for code in ("east", "west")
    }
    session.add_all([company, *regions.values()])
    for code, (region, manager, members) in TEAMS.items():
        team = Unit(code=code, name=code, kind="team", parent=regions[region])
        session.add(_membership(manager, team, "manager"))
        session.add_all(_membership(member, team, "member") for member in members)
    session.flush()


def actor(session: Session, role: Role, person: str | None = None, region: str = "east") -> Actor:
    """Return somebody with ``role`` who is ``person`` in the organisation."""
    person_id = session.scalar(sa.select(Person.id).where(Person.code == person))
    unit_id = session.scalar(sa.select(Unit.id).where(Unit.code == region))
    held = RoleHeld(role, unit_id if role is Role.HR_REGION else None)
    return Actor(f"{role.value}-{person or 'nobody'}", (held,), person_id=person_id)


def _membership(code: str, unit: Unit, role: str) -> Membership:
    person = Person(code=code, name=f"姓名{code}", public_id=f"id-{code}")
    return Membership(person=person, unit=unit, role=role, valid_from=SINCE)
