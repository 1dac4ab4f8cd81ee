"""A cycle's targets from the plan; what is scored keeps its targets; who has none stops nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from tests.organisation import NOW
from tests.played import CODE as CYCLE
from tests.workflows.goals.world import CODE, LINES, YEAR, Year, key_of
from workflows.cycles.evaluation import TRIAL, evaluation_of
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.population import Member
from workflows.goals.changing import change_amount
from workflows.goals.cutting import Way
from workflows.goals.edits import set_split
from workflows.goals.missing import missing_in_year, missing_rows, missing_targets
from workflows.goals.plans import find_plan, new_version
from workflows.goals.store import save_tree, touch
from workflows.goals.tables import TargetOrigin
from workflows.goals.taking import take_goals
from workflows.log.tables import LogEntry
from workflows.org.tables import Person
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.reading import find_review
from workflows.targets.chain import goals_of
from workflows.targets.operations import targets_of_people, targets_to_be
from workflows.targets.tables import Target


def targets(year: Year) -> dict[str, Decimal]:
    with year.game.database.read() as session:
        found = targets_of_people(session, find_cycle(session, CYCLE))
        codes = dict(session.execute(sa.select(Person.id, Person.code)).all())
    return {codes[each]: own[CODE] for each, own in found.items() if CODE in own}


def planned(year: Year) -> None:
    year.begin()
    year.cascade(company=Way("org", "headcount", factor=Decimal("1.05"), reserve=Decimal(350_000)))
    year.split("person", Way("line", "ratio", parts=LINES))
    year.approve()


def test_a_cycle_takes_its_targets_from_the_approved_plan(year: Year) -> None:
    planned(year)
    year.game.open()
    assert set(targets(year).values()) == {250_000}
    with year.game.database.read() as session:
        cycle = find_cycle(session, CYCLE)
        review = find_review(session, cycle, "S11")
        goals = {
            goal.rule.code: goal for goal in goals_of(session, year.hr, cycle, review.person_id)
        }
        company, region, team, own = goals[CODE].chain
        assert [each.amount for each in goals[CODE].chain] == [
            1_750_000,
            1_000_000,
            500_000,
            250_000,
        ]
        assert (company.parts[0].factor, company.parts[0].reserve) == (Decimal("1.05"), 350_000)
        assert (region.parts[0].ratio, region.parts[0].year) == (4, 4_000_000)
        assert own.parts[0].factors == []
        assert team.parts[0].reserve == 0
        # The other target has no goal: it is the policy's own company figure, as ever.
        assert goals["deals_target"].chain[0].parts == ()
        assert goals["deals_target"].amount == 170


def test_a_plan_that_is_not_approved_gives_nothing(year: Year) -> None:
    year.begin()
    year.cascade()
    year.game.open()
    assert set(targets(year).values()) == {400_000}
    with year.game.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(TargetOrigin.id))) == 0
        cycle = find_cycle(session, CYCLE)
        with pytest.raises(KaohengError, match="No approved plan"):
            take_goals(session, year.hr, NOW, cycle)


def changed_plan(year: Year, amount: int) -> None:
    with year.write() as session:
        new_version(session, year.hr, NOW, find_plan(session, year.hr, YEAR), reason="市场变化")
    with year.write() as session:
        tree = year.tree(session)
        change_amount(session, year.hr, NOW, tree, key_of(tree, "S11"), Decimal(amount), reason="r")
    year.approve()


def test_an_open_cycle_takes_a_new_version_only_by_the_operation(year: Year) -> None:
    planned(year)
    year.game.open()
    changed_plan(year, 1_200_000)
    assert targets(year)["S11"] == 250_000
    with year.write() as session:
        cycle = find_cycle(session, CYCLE)
        assert take_goals(session, year.hr, NOW, cycle) == 2
    assert (targets(year)["S11"], targets(year)["S12"]) == (300_000, 200_000)
    with year.game.database.read() as session:
        assert session.scalars(sa.select(LogEntry.action)).all()[-1] == "take_goals"


def test_a_score_that_was_given_does_not_move(year: Year) -> None:
    planned(year)
    year.game.up_to_locked()
    with year.game.database.read() as session:
        before = evaluation_of(session, find_cycle(session, CYCLE), TRIAL).digests
    changed_plan(year, 1_200_000)
    with year.write() as session:
        cycle = find_cycle(session, CYCLE)
        with pytest.raises(KaohengError, match="locked"):
            take_goals(session, year.hr, NOW, cycle)
    assert targets(year)["S11"] == 250_000
    with year.game.database.read() as session:
        assert evaluation_of(session, find_cycle(session, CYCLE), TRIAL).digests == before


def without_s33(year: Year, **more: str) -> None:
    year.begin(**more)
    year.cascade()
    with year.write() as session:
        tree = year.tree(session)
        touch(session, tree.version)
        team = next(n for n in tree.root.walk() if n.key == key_of(tree, "west-1"))
        assert team.split
        left = tuple(n for n in team.children if n.key != key_of(tree, "S33"))
        tree.change(set_split, team.key, replace(team.split), left, tree.cut)
        save_tree(session, tree)
    year.approve()


def test_who_has_no_target_stops_nobody_else_and_is_listed(year: Year) -> None:
    without_s33(year)
    year.game.up_to_locked()
    assert "S33" not in targets(year)
    with year.game.database.read() as session:
        cycle = find_cycle(session, CYCLE)
        (lost,) = missing_targets(session, year.hr, cycle)
        assert (lost.person.code, lost.name, lost.treatment) == ("S33", CODE, "pending")
        (listed,) = missing_in_year(session, year.hr, YEAR)
        assert (listed.cycle, listed.people) == (cycle, [lost])
        assert missing_in_year(session, year.hr, YEAR + 1) == []
        assert missing_rows(session, year.hr, cycle) == [
            {"person": "S33", "target": CODE, "measure": "销售额", "period": cycle.period,
             "treatment": "pending", "amount": None}
        ]  # fmt: skip
        assert find_review(session, cycle, "S33").total is None
        assert find_review(session, cycle, "S11").total is not None


def test_the_average_of_the_unit_may_stand_in(year: Year) -> None:
    without_s33(year, if_missing="average")
    year.game.open()
    assert targets(year)["S33"] == targets(year)["S31"] == 375_000
    with year.game.database.read() as session:
        (lost,) = missing_targets(session, year.hr, find_cycle(session, CYCLE))
        assert (lost.treatment, lost.amount) == ("average", 375_000)


def test_what_would_be_is_what_opening_gives(year: Year) -> None:
    planned(year)
    year.game.open()
    with year.game.database.read() as session:
        cycle = find_cycle(session, CYCLE)
        members = [Member(r.person, r.team) for r in reviews_of(session, cycle) if r.team]
        assert targets_to_be(session, cycle, policy_of(cycle), members) == targets_of_people(
            session, cycle
        )
        assert session.scalar(sa.select(sa.func.count(Target.id)).where(Target.name == CODE)) == 13
