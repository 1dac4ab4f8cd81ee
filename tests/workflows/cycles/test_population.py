"""Who is in a cycle: the first day, any day where days count, and what a scope narrows it to."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.model import Bilingual, Policy, Presence, Scope
from engine.periods import parse
from tests.organisation import add_organisation
from workflows.base.database import Database
from workflows.cycles.population import population
from workflows.cycles.presence import stays
from workflows.org.tables import Membership, Person, Unit

PERIOD = parse("2026-Q2")
EVERYBODY = {"S11", "S12", "S21", "S22", "S31", "S32", "S33"}


def policy(scope: Scope, presence: Presence | None = None) -> Policy:
    name = Bilingual("方案", "policy")
    presence = presence or Presence()
    return Policy(1, "p", name, "quarter", "CNY", scope, presence=presence)


def member(session: Session, person: str, team: str, since: date, until: date | None) -> None:
    found = session.scalar(sa.select(Person).where(Person.code == person))
    session.add(
        Membership(
            person=found or Person(code=person, name=person, public_id=person),
            unit=session.scalars(sa.select(Unit).where(Unit.code == team)).one(),
            role="member",
            valid_from=since,
            valid_to=until,
        )
    )
    session.flush()


def leave(session: Session, person: str, day: date) -> None:
    held = sa.select(Membership).join(Membership.person).where(Person.code == person)
    session.scalars(held).one().valid_to = day
    session.flush()


@pytest.mark.parametrize(
    ("scope", "people"),
    [
        (Scope("salesperson"), EVERYBODY),
        (Scope("salesperson", regions=("west",)), {"S31", "S32", "S33"}),
        (Scope("salesperson", regions=("west", "east-1")), {"S11", "S12", "S31", "S32", "S33"}),
        (Scope("salesperson", posts=("大客户",)), {"S11", "S31"}),
        (Scope("salesperson", posts=("大客户",), ranks=("P6",)), {"S31"}),
        (Scope("salesperson", posts=("大客户",), regions=("east",)), {"S11"}),
        (Scope("salesperson", ranks=("P9",)), set()),
        (Scope("manager", regions=("公司",)), {"M1", "M2", "M3"}),
    ],
)
def test_a_scope_takes_posts_ranks_and_regions(
    database: Database, scope: Scope, people: set[str]
) -> None:
    with database.write() as session:
        add_organisation(session)
        for code, rank in (("S11", "P5"), ("S31", "P6")):
            person = session.scalars(sa.select(Person).where(Person.code == code)).one()
            person.post, person.rank = "大客户", rank
        found = population(session, policy(scope), PERIOD)
    assert {each.person.code for each in found} == people


@pytest.mark.parametrize(
    ("presence", "people"),
    [
        (Presence(), EVERYBODY),
        (Presence(least_days=1), EVERYBODY | {"S13"}),
        (Presence(segments=True), EVERYBODY | {"S13"}),
    ],
)
def test_where_days_count_whoever_was_there_on_any_day_is_in(
    database: Database, presence: Presence, people: set[str]
) -> None:
    with database.write() as session:
        add_organisation(session)
        leave(session, "S33", date(2026, 4, 2))
        leave(session, "S12", date(2026, 5, 1))
        member(session, "S12", "east-2", date(2026, 5, 1), None)
        member(session, "S13", "east-1", date(2026, 6, 30), None)
        member(session, "S14", "east-1", date(2026, 7, 1), None)
        member(session, "S15", "east-1", date(2026, 1, 1), date(2026, 4, 1))
        found = population(session, policy(Scope("salesperson"), presence), PERIOD)
        assert {each.person.code for each in found} == people
        assert {each.person.code: each.team.code for each in found}["S12"] == "east-1"


def test_stays_follow_one_another_and_are_cut_to_the_period(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        leave(session, "S11", date(2026, 4, 11))
        # The same team again at once, then two teams at a time, then a leave.
        member(session, "S11", "east-1", date(2026, 4, 11), date(2026, 4, 21))
        member(session, "S11", "east-2", date(2026, 4, 16), date(2026, 5, 1))
        member(session, "S11", "east-2", date(2026, 6, 1), None)
        person = session.scalars(sa.select(Person.id).where(Person.code == "S11")).one()
        found = stays(session, "salesperson", PERIOD.start, PERIOD.end)[person]
        assert [(each.team.code, each.start, each.end, each.days) for each in found] == [
            ("east-1", date(2026, 4, 1), date(2026, 4, 21), 20),
            ("east-2", date(2026, 4, 21), date(2026, 5, 1), 10),
            ("east-2", date(2026, 6, 1), date(2026, 7, 1), 30),
        ]
