"""Units over time: moved, closed, and never part of themselves."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from tests.organisation import NOW, actor, add_organisation
from tests.workflows.org.people import ZONE, hr, on
from workflows.access.decide import people
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.org.history import tree_on
from workflows.org.lives import Part, UnitLife
from workflows.org.tables import ALWAYS, Person, Unit
from workflows.org.tree import parents_on
from workflows.org.units import add_unit, close_unit, move_unit, unit_lives
from workflows.timers.operations import fire_due


@pytest.fixture
def company(database: Database) -> Database:
    with database.write() as session:
        add_organisation(session)
    return database


def move(company: Database, code: str, parent: str | None, day: str) -> None:
    with company.write() as session:
        move_unit(
            session, hr(session), NOW, code=code, parent=parent, day=on(day), reason="并区",
            timezone=ZONE,
        )  # fmt: skip


def parent_of(company: Database, code: str, day: date) -> str | None:
    with company.read() as session:
        ids = dict(session.execute(sa.select(Unit.code, Unit.id)).all())
        codes = {key: unit for unit, key in ids.items()}
        above = parents_on(session, day)[ids[code]]
        return codes[above] if above else None


def test_a_unit_moves_on_its_day_and_what_was_before_stays(company: Database) -> None:
    move(company, "east-2", "west", "2026-03-01")
    assert parent_of(company, "east-2", on("2026-02-28")) == "east"
    assert parent_of(company, "east-2", on("2026-03-01")) == "west"

    def kept() -> str:
        with company.read() as session:
            return session.scalars(sa.select(Unit).where(Unit.code == "east-2")).one().parent.code

    assert kept() == "east"
    assert fire_due(company, NOW.replace(month=3, day=2)) == 1
    assert kept() == "west"
    assert parent_of(company, "east-2", on("2026-02-28")) == "east"


def test_an_hr_of_a_region_reaches_its_people_of_the_day(company: Database) -> None:
    move(company, "east-2", "west", "2026-03-01")
    with company.read() as session:
        found = {}
        for day in ("2026-02-28", "2026-03-01"):
            who = actor(session, Role.HR_REGION)
            who = type(who)(who.public_id, who.roles, on=on(day))
            reached = people(who, "list_reviews")
            found[day] = set(session.scalars(sa.select(Person.code).where(reached)))
    assert found["2026-02-28"] == {"M1", "S11", "S12", "M2", "S21", "S22"}
    assert found["2026-03-01"] == {"M1", "S11", "S12"}


def test_a_unit_is_never_part_of_itself_nor_closed_over_people(company: Database) -> None:
    with pytest.raises(KaohengError, match="part of itself"):
        move(company, "east", "east-1", "2026-03-01")
    with pytest.raises(KaohengError, match="belongs to"), company.write() as session:
        close_unit(
            session, hr(session), NOW, code="east-1", last_day=on("2026-02-28"), reason="撤销",
            timezone=ZONE,
        )  # fmt: skip
    with pytest.raises(KaohengError, match="already"):
        move(company, "east-1", "east", "2026-03-01")


def test_the_tree_of_a_day_has_what_was_there_then(company: Database) -> None:
    with company.write() as session:
        life = UnitLife("east-3", "新组", "team", (Part("east", on("2026-03-01")),))
        add_unit(session, hr(session), NOW, life, "新设", ZONE)
    with company.read() as session:
        assert unit_lives(session)["east-3"].since == on("2026-03-01")
        assert unit_lives(session)["east-1"].since == ALWAYS
        for day, there in (("2026-02-28", 2), ("2026-03-01", 3)):
            (top,) = tree_on(session, hr(session), on(day))
            east = next(branch for branch in top.below if branch.unit.code == "east")
            assert len(east.below) == there
        (own,) = tree_on(session, actor(session, Role.MANAGER, "M1"), on("2026-02-28"))
        (region,) = own.below
        assert [branch.unit.code for branch in region.below] == ["east-1"]
