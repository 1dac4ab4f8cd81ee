"""A plan shared out over the organisation, its versions, and who may do what."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from tests.organisation import NOW
from tests.workflows.goals.world import CODE, LINES, TODAY, YEAR, Year, key_of, manager
from workflows.goals.changing import (
    change_amount,
    change_ratio,
    change_reserve,
    change_shape,
    lock_nodes,
)
from workflows.goals.claims import Ability
from workflows.goals.cutting import Part, Way, split_nodes
from workflows.goals.plans import approve_version, find_plan, new_version, submit_version
from workflows.goals.shape import quarters_of
from workflows.goals.stating import Fields, add_company_goal
from workflows.log.tables import LogEntry
from workflows.org.tables import Membership, Person


def test_a_goal_comes_down_to_everybody_and_their_lines(year: Year) -> None:
    year.begin()
    year.cascade()
    year.split("person", Way("line", "ratio", parts=LINES))
    with year.write() as session:
        found = year.amounts(session)
        assert (found["company"], found["east"], found["west"]) == (7_000_000, 4_000_000, 3_000_000)
        assert found["east-1"] == 2_000_000
        assert {found[f"S{n}"] for n in (11, 12, 21, 22, 31, 32, 33)} == {1_000_000}
        assert (found["S11/软件"], found["S11/服务"]) == (666_667, 333_333)
        tree = year.tree(session)
        months = tree.root.months
        assert (len(months), quarters_of(months)) == (12, (1_750_000,) * 4)
        assert tree.rows[key_of(tree, "S11/软件")].reason == "主推"
        logged = session.scalars(sa.select(LogEntry.action)).all()
    assert list(logged)[-6:] == ["new_goal_plan", "add_goal", *["split_goal"] * 4]


def test_factor_and_reserve_at_every_level(year: Year) -> None:
    year.begin(1_000_000)
    way = Way("org", "headcount", factor=Decimal("1.05"), rate=Decimal("0.1"), unit=Decimal(10_000))
    year.cascade(company=way, region=replace(way, rate=None, reserve=Decimal(20_000)))
    with year.write() as session:
        found = year.amounts(session)
        tree = year.tree(session)
        # 1,050,000, of which a tenth, 105,000, is 110,000 in whole 万元; 940,000 by 4 : 3.
        assert (found["east"], found["west"]) == (540_000, 400_000)
        assert found["east-1"] + found["east-2"] + 20_000 == 570_000  # 567,000 in whole 万元
        assert tree.root.split
        assert tree.root.split.reserve == 110_000
        change_reserve(session, year.hr, NOW, tree, tree.root.key, Decimal(50_000))
    with year.write() as session:
        found = year.amounts(session)
        assert found["east"] + found["west"] == 1_000_000


def test_ability_and_market_give_each_ratio_with_its_reason(year: Year) -> None:
    year.begin(1_000_000)
    with year.write() as session:
        hired = sa.select(Person.id).where(Person.code == "S12")
        session.execute(
            sa.update(Membership)
            .where(Membership.person_id == hired.scalar_subquery())
            .values(valid_from=TODAY.replace(year=2016, month=11))
        )
    ability = Ability(6, Decimal("0.6"), market={"west": Decimal("0.8"), "S11": Decimal("1.2")})
    by = Way("org", "ability", ability=ability)
    year.cascade(company=by, region=by, team=by)
    with year.write() as session:
        tree = year.tree(session)
        west, s11, s12 = (tree.rows[key_of(tree, code)] for code in ("west", "S11", "S12"))
        assert west.ratio == Decimal("2.4")
        assert [each["factor"] for each in west.factors] == ["headcount", "market"]
        assert s12.factors == [{"factor": "newcomer", "value": "0.6", "of": "2016-11-10"}]
        assert (s11.ratio, s12.ratio) == (Decimal("1.2"), Decimal("0.6"))
        assert abs(s11.amount - 2 * s12.amount) <= 1


def test_ratios_amounts_and_locks(year: Year) -> None:
    year.begin()
    year.cascade()
    with year.write() as session:
        tree = year.tree(session)
        change_ratio(session, year.hr, NOW, tree, key_of(tree, "S11"), Decimal(3), reason="老将")
    with year.write() as session:
        tree = year.tree(session)
        assert year.amounts(session)["S11"] == 1_500_000
        assert tree.rows[key_of(tree, "S11")].reason == "老将"
        lock_nodes(session, year.hr, NOW, tree, [key_of(tree, "east-1")], locked=True)
    with year.write() as session:
        tree = year.tree(session)
        change_amount(
            session, year.hr, NOW, tree, key_of(tree, "east"), Decimal(5_000_000), reason="r"
        )
    with year.write() as session:
        tree = year.tree(session)
        found = year.amounts(session)
        assert (found["east-1"], found["east-2"], found["west"]) == (
            2_000_000,
            3_000_000,
            2_000_000,
        )
        with pytest.raises(KaohengError, match="east-1"):
            change_amount(session, year.hr, NOW, tree, key_of(tree, "east"), Decimal(1), reason="r")


def test_a_curve_and_a_change_that_was_not_seen(year: Year) -> None:
    year.begin(1_200_000)
    year.cascade()
    curve = tuple(Decimal(each) for each in (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 13))
    with year.write() as session:
        tree = year.tree(session)
        seen = tree.version.version
        change_shape(session, year.hr, NOW, tree, curve, kind="seasonal", seen=seen)
    with year.write() as session:
        tree = year.tree(session)
        assert tree.root.months == (*[Decimal(50_000)] * 11, Decimal(650_000))
        person = tree.root.children[0].children[0].children[0]
        assert sum(person.months) == person.amount
        assert person.months[11] > 12 * person.months[0]
        with pytest.raises(KaohengError, match="meanwhile"):
            change_shape(session, year.hr, NOW, tree, curve, kind="seasonal", seen=seen)


def test_last_years_months_are_a_curve_though_they_are_millions(year: Year) -> None:
    year.begin(1_200_000)
    brought = (Decimal("3000000.55"), *[Decimal(1_000_000)] * 11)
    with year.write() as session:
        tree = year.tree(session)
        change_shape(session, year.hr, NOW, tree, brought, kind="last-year")
        months = year.tree(session).root.months
        assert sum(months) == 1_200_000
        assert months[0] > 2 * months[1]
        tree, shape = year.tree(session), (Decimal("0.0000001"), *brought[1:])
        with pytest.raises(KaohengError, match="no ratio"):
            change_shape(session, year.hr, NOW, tree, shape, kind="seasonal")


def test_people_who_come_keep_the_cut_of_the_others(year: Year) -> None:
    year.begin()
    year.cascade()
    year.split("person", Way("line", parts=LINES))
    with year.write() as session:
        tree = year.tree(session)
        before = key_of(tree, "S11/软件")
        split_nodes(session, year.hr, NOW, tree, [key_of(tree, "east-1")], Way("org"), today=TODAY)
    with year.write() as session:
        assert key_of(year.tree(session), "S11/软件") == before


def test_an_unclear_way_is_refused(year: Year) -> None:
    year.begin()
    for way in (
        Way("line"),
        Way("org", parts=LINES),
        Way("line", parts=(Part("A"), Part("A"))),
        Way("org", factor=Decimal(0)),
        Way("org", rate=Decimal(2)),
        Way("nowhere"),
    ):
        with pytest.raises(KaohengError):
            year.split("company", way)
    with pytest.raises(KaohengError, match="nobody below"):
        year.split("person", Way("org"))


def test_a_version_is_submitted_approved_and_changed_with_a_reason(year: Year) -> None:
    year.begin()
    year.cascade()
    year.approve()
    with year.write() as session:
        tree = year.tree(session)
        with pytest.raises(KaohengError, match="no draft"):
            change_amount(session, year.hr, NOW, tree, tree.root.key, Decimal(1), reason="r")
        plan = find_plan(session, year.hr, YEAR)
        with pytest.raises(KaohengError):
            new_version(session, year.hr, NOW, plan, reason=" ")
        new_version(session, year.hr, NOW, plan, reason="市场变化")
    with year.write() as session:
        tree = year.tree(session)
        assert (tree.version.seq, tree.version.state, tree.version.reason) == (
            2,
            "draft",
            "市场变化",
        )
        assert len(tree.rows) == 13
        change_amount(session, year.hr, NOW, tree, tree.root.key, Decimal(3_500_000), reason="减半")
    with year.write() as session:
        old = year.tree(session, seq=1)
        assert old.root.amount == 7_000_000
        assert year.amounts(session)["S11"] == 500_000
    year.approve()
    with year.write() as session:
        assert [year.tree(session, seq=n).version.state for n in (1, 2)] == [
            "superseded",
            "approved",
        ]


def test_nobody_approves_what_they_submitted_and_only_hr_plans(year: Year) -> None:
    year.begin()
    with year.write() as session:
        submit_version(session, year.hr, NOW, year.version(session))
        version = year.version(session)
        version.submitter_id = year.finance.account_id
        with pytest.raises(KaohengError, match="yourself"):
            approve_version(session, year.finance, NOW, version)
        for who in (manager(session), year.finance):
            with pytest.raises(KaohengError, match="may not"):
                submit_version(session, who, NOW, version)


def test_a_goal_that_says_too_little_or_has_a_code_twice_is_refused(year: Year) -> None:
    year.begin()
    with year.write() as session:
        plan = find_plan(session, year.hr, YEAR)
        with pytest.raises(KaohengError) as refused:
            add_company_goal(session, year.hr, NOW, plan, code="Revenue", fields=Fields(" "))
        assert {fault.place.path for fault in refused.value.faults} == {"title", "code", "quantity"}
        fields = Fields("t", quantity=Decimal(1))
        with pytest.raises(KaohengError, match="already"):
            add_company_goal(session, year.hr, NOW, plan, code=CODE, fields=fields)


def test_what_does_not_add_up_is_had_whole(year: Year) -> None:
    year.begin()
    with year.write() as session:
        plan = find_plan(session, year.hr, YEAR)
        fields = Fields("满意度", quantity=Decimal("4.5"), unit="分", measure="满意度")
        add_company_goal(
            session, year.hr, NOW, plan, code="csat", fields=fields, adds=False,
            round_to=Decimal("0.01"),
        )  # fmt: skip
    whole = Way("org", "whole", unit=Decimal("0.01"))
    year.cascade("csat", company=whole, region=whole, team=whole)
    with year.write() as session:
        assert set(year.amounts(session, "csat").values()) == {Decimal("4.5")}
