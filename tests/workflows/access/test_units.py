"""Which units somebody reaches is a matter of the day, as it is of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import actor, add_organisation
from workflows.access.policy import Role
from workflows.access.units import units
from workflows.base.database import Database
from workflows.org.tables import Membership, Person, Unit

TODAY = date(2026, 1, 31)
LATER = TODAY + timedelta(days=20)


@pytest.fixture
def company(database: Database) -> Database:
    with database.write() as session:
        add_organisation(session)
        m1 = session.scalars(sa.select(Person).where(Person.code == "M1")).one()
        held = session.scalars(sa.select(Membership).where(Membership.person_id == m1.id)).one()
        held.valid_to = LATER
        west = session.scalars(sa.select(Unit).where(Unit.code == "west-1")).one()
        more = {"role": "manager", "valid_from": LATER}
        session.add(Membership(person_id=m1.id, unit_id=west.id, **more))
    return database


def reached(session: Session, on: date, operation: str = "record_check_in") -> set[str]:
    who = replace(actor(session, Role.MANAGER, "M1"), on=on)
    return set(session.scalars(sa.select(Unit.code).where(units(who, operation))))


def test_a_move_that_is_known_hands_the_team_over_on_its_day(company: Database) -> None:
    with company.read() as session:
        assert reached(session, TODAY) == {"east-1"}
        assert reached(session, LATER) == {"west-1"}


def test_a_stand_in_belongs_to_no_team_of_the_others(company: Database) -> None:
    with company.read() as session:
        region = replace(actor(session, Role.MANAGER, "M3"), on=TODAY)
        own = sa.select(Unit.code).where(units(region, "read_check_ins"))
        assert set(session.scalars(own)) == {"west-1"}
        acting = replace(region, on_behalf_of="m3", own_person_id=None)
        member = sa.select(Person.id).where(Person.code == "S11").scalar_subquery()
        as_member = replace(acting, person_id=session.scalar(sa.select(member)))
        own = sa.select(Unit.code).where(units(as_member, "read_check_ins"))
        assert set(session.scalars(own)) == set()
