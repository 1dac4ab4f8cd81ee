"""Who leads somebody is the organisation's to say: by where most of their time is, on the day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from tests.evaluated import Evaluated, evaluated, filled, rating
from tests.organisation import NOW, SINCE, actor
from tests.played import Played
from workflows.access.policy import Role
from workflows.base.i18n import render_all
from workflows.org.tables import Membership, Person, Unit, UnitMove
from workflows.ratings.giving import save_answers
from workflows.ratings.whom import leaders_of
from workflows.selfreports.writing import save_report

DAY = date(2026, 1, 31)


@pytest.fixture
def company(game: Played) -> Evaluated:
    return evaluated(game)


def leader(company: Evaluated, on: date, code: str = "S11") -> str | None:
    with company.database.read() as session:
        ids = dict(session.execute(sa.select(Person.code, Person.id)).all())
        found = leaders_of(session, [ids[code]], on)[ids[code]]
        return next((code for code, id_ in ids.items() if id_ == found), None)


def test_of_two_units_the_one_with_most_of_the_time_counts(company: Evaluated) -> None:
    with company.database.write() as session:
        person = session.scalars(sa.select(Person).where(Person.code == "S11")).one()
        west = session.scalars(sa.select(Unit).where(Unit.code == "west-1")).one()
        session.scalars(
            sa.select(Membership).where(Membership.person_id == person.id)
        ).one().ratio = Decimal("0.3")
        more = {"role": "member", "valid_from": SINCE + timedelta(1), "ratio": Decimal("0.7")}
        session.add(Membership(person_id=person.id, unit_id=west.id, **more))
    assert leader(company, DAY) == "M3"


def test_what_a_unit_was_part_of_on_the_day_counts(company: Evaluated) -> None:
    """A team without a manager, under another one until it moves."""
    with company.database.write() as session:
        units = {unit.code: unit for unit in session.scalars(sa.select(Unit))}
        led = Unit(code="led", name="led", kind="team", parent=units["east-2"])
        session.add(led)
        session.flush()
        person = Person(code="N1", name="N1", public_id="id-N1")
        session.add(Membership(person=person, unit=led, role="member", valid_from=SINCE))
        move = {"from_id": units["west-1"].id, "to_id": units["east-2"].id}
        session.add(UnitMove(unit_id=led.id, day=DAY, **move))
    assert leader(company, DAY, "N1") == "M2"
    assert leader(company, DAY - timedelta(1), "N1") == "M3"


def test_the_day_is_the_organisations(company: Evaluated) -> None:
    """At five in the afternoon in London it is tomorrow in Shanghai, with tomorrow's manager."""
    company.up_to_ratings()
    with company.database.write() as session:
        old = session.scalars(sa.select(Membership).join(Person).where(Person.code == "M1")).one()
        old.valid_to = tomorrow = DAY + timedelta(1)
        new = session.scalars(sa.select(Person.id).where(Person.code == "S32")).one()
        more = {"unit_id": old.unit_id, "role": "manager", "valid_from": tomorrow}
        session.add(Membership(person_id=new, **more))
        session.flush()
        _, policy, review = company.of(session)
        who = actor(session, Role.MANAGER, "S32")
        boss = rating(policy, "boss")
        with pytest.raises(KaohengError, match="not yours"):
            save_answers(session, who, NOW, review, policy, boss, filled("80"))
        save_answers(session, who, NOW + timedelta(hours=13), review, policy, boss, filled("80"))


def test_refusals_call_a_stage_by_its_name(company: Evaluated) -> None:
    company.up_to_reports()
    with company.database.write() as session:
        _, policy, review = company.of(session)
        review.stage = "closed"
        own = actor(session, Role.SALESPERSON, "S11")
        for refused in (
            lambda: save_answers(
                session, own, NOW, review, policy, rating(policy, "self"), filled("80")
            ),
            lambda: save_report(session, own, NOW, review, policy, {}),
        ):
            with pytest.raises(KaohengError) as error:
                refused()
            said = " ".join(render_all(error.value, "zh"))
            assert "closed" not in said
        session.rollback()
