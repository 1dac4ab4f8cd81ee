"""Who leads somebody: the nearest above who is not they themselves."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import NOW, SINCE, add_organisation
from workflows.base.database import Database
from workflows.org.leading import manager_of
from workflows.org.tables import Membership, Person, Unit

DAY = NOW.date()


def leader(session: Session, code: str, on: date = DAY) -> str | None:
    person = session.scalars(sa.select(Person.id).where(Person.code == code)).one()
    found = manager_of(session, person, on)
    return found.code if found else None


@pytest.fixture
def session(database: Database):  # type: ignore[no-untyped-def]
    with database.write() as session:
        add_organisation(session)
        east = session.scalars(sa.select(Unit).where(Unit.code == "east")).one()
        head = Person(code="R1", name="大区经理", public_id="id-R1")
        session.add(Membership(person=head, unit=east, role="manager", valid_from=SINCE))
        session.flush()
        yield session


def test_a_member_is_led_by_their_team_s_manager(session: Session) -> None:
    assert leader(session, "S11") == "M1"


def test_a_manager_is_led_by_the_nearest_above(session: Session) -> None:
    assert leader(session, "M1") == "R1"
    assert leader(session, "M3") is None  # nobody manages the west, nor the company


def test_leading_has_its_days(session: Session) -> None:
    assert leader(session, "S11", date(1999, 12, 31)) is None
