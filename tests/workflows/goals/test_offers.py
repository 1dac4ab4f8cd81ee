"""Agreeing goals with people: answered, settled, approved one level up, kept in new versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from engine.model import Policy
from tests.organisation import NOW, actor
from tests.played import CODE as CYCLE
from tests.workflows.goals.world import CODE, TODAY, YEAR, Year, key_of, manager, person
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle, policy_of
from workflows.goals.agreed import goals_agreed
from workflows.goals.changing import change_amount
from workflows.goals.offers import (
    agree_goal,
    answer_goal,
    find_offer,
    propose_goals,
    return_goal,
    settle_goal,
)
from workflows.goals.plans import find_plan, new_version
from workflows.goals.shape import quarters_of
from workflows.goals.tables import GoalOffer, GoalStep
from workflows.notices.tables import Notice
from workflows.reviews.reading import find_review
from workflows.reviews.requirements import missing


def proposed(year: Year, *codes: str, span: str = "year") -> None:
    year.begin(span=span)
    year.cascade()
    with year.write() as session:
        people = [person(session, code) for code in codes]
        assert propose_goals(session, manager(session), NOW, year.tree(session), people) == len(
            codes
        )


def offers(year: Year, session: sa.orm.Session, who: str) -> GoalOffer:
    return session.scalars(
        sa.select(GoalOffer)
        .where(GoalOffer.person.has(code=who))
        .order_by(GoalOffer.id.desc())
        .limit(1)
    ).one()


def steps(session: sa.orm.Session) -> Sequence[str]:
    return session.scalars(sa.select(GoalStep.deed).order_by(GoalStep.id)).all()


def test_a_stand_in_is_no_level_above_whom_they_stand_in_for(year: Year) -> None:
    proposed(year, "S11")
    with year.write() as session:
        offer = offers(year, session, "S11")
        answer_goal(session, actor(session, Role.SALESPERSON, "S11"), NOW, offer)
        leader, other = manager(session, "M1"), manager(session, "M2")
        instead = replace(
            leader,
            public_id=other.public_id,
            on_behalf_of=leader.public_id,
            own_person_id=other.person_id,
        )
        with pytest.raises(KaohengError, match="level above"):
            agree_goal(session, instead, NOW, offer, TODAY)


def test_accepted_and_approved_by_the_level_above(year: Year) -> None:
    proposed(year, "S11", "S12")
    with year.write() as session:
        own = actor(session, Role.SALESPERSON, "S11")
        offer = offers(year, session, "S11")
        assert offer.amounts == ["1000000"]
        with pytest.raises(KaohengError):
            answer_goal(session, actor(session, Role.SALESPERSON, "S12"), NOW, offer)
        answer_goal(session, own, NOW, offer)
        with pytest.raises(KaohengError, match="level above"):
            agree_goal(session, manager(session), NOW, offer, TODAY)
        agree_goal(session, year.hr, NOW, offer, TODAY)
        assert offer.state == "agreed"
        assert steps(session) == ["propose", "propose", "accept", "agree"]
        told = session.scalars(sa.select(Notice).where(Notice.person_id == offer.person_id)).all()
        assert [each.link for each in told] == [f"/goals/{YEAR}/mine"] * 2
        assert (
            propose_goals(session, manager(session), NOW, year.tree(session), [offer.person]) == 0
        )
        with pytest.raises(KaohengError, match="not wait"):
            answer_goal(session, own, NOW, offer)


def test_countered_and_settled_moves_only_what_is_not_agreed(year: Year) -> None:
    proposed(year, "S11", "S12")
    with year.write() as session:
        offer = offers(year, session, "S11")
        own = actor(session, Role.SALESPERSON, "S11")
        with pytest.raises(KaohengError, match="reason"):
            answer_goal(session, own, NOW, offer, counter=(Decimal(800_000),))
        with pytest.raises(KaohengError, match="one figure"):
            answer_goal(session, own, NOW, offer, counter=(Decimal(1),) * 4, reason="r")
        answer_goal(session, own, NOW, offer, counter=(Decimal(800_000),), reason="新区")
        answer_goal(
            session, actor(session, Role.SALESPERSON, "S12"), NOW, offers(year, session, "S12")
        )
        # S12 has agreed to its figure, so there is nobody to take the difference but the reserve.
        with pytest.raises(KaohengError, match="姓名S12"):
            settle_goal(session, manager(session), NOW, offer, (Decimal(900_000),), reason="折中")
    with year.write() as session:
        offer = offers(year, session, "S11")
        settle_goal(
            session,
            manager(session),
            NOW,
            offer,
            (Decimal(900_000),),
            reason="折中",
            taken="reserve",
        )
    with year.write() as session:
        found = year.amounts(session)
        assert (found["S11"], found["S12"], found["east-1"]) == (900_000, 1_000_000, 2_000_000)
        offer = offers(year, session, "S11")
        return_goal(session, year.hr, NOW, offer, TODAY, reason="再议")
        assert offer.state == "returned"
        assert not any(node.locked for node in year.tree(session).root.walk())


def test_quarters_are_agreed_and_months_take_their_share(year: Year) -> None:
    proposed(year, "S11", span="quarter")
    quarters = tuple(Decimal(each) for each in (100_000, 200_000, 300_000, 200_000))
    with year.write() as session:
        offer = offers(year, session, "S11")
        assert offer.amounts == ["250000"] * 4
        own = actor(session, Role.SALESPERSON, "S11")
        answer_goal(session, own, NOW, offer, counter=quarters, reason="淡季")
        settle_goal(session, manager(session), NOW, offer, quarters, reason="同意")
    with year.write() as session:
        tree = year.tree(session)
        months = next(n.months for n in tree.root.walk() if n.key == key_of(tree, "S11"))
        assert quarters_of(months) == quarters
        assert sum(months[:3]) == 100_000
        assert year.amounts(session)["S12"] == 1_200_000


def test_somebody_elses_offer_is_not_there(year: Year) -> None:
    proposed(year, "S11")
    with year.write() as session:
        key = offers(year, session, "S11").public_id
        assert find_offer(session, manager(session), key).person.code == "S11"
        for who in (manager(session, "M2"), actor(session, Role.SALESPERSON, "S12")):
            with pytest.raises(KaohengError, match="no such goal"):
                find_offer(session, who, key)
        with pytest.raises(KaohengError, match="may not"):
            propose_goals(
                session, manager(session), NOW, year.tree(session), [person(session, "S21")]
            )


def test_goals_agreed_says_what_is_missing_and_a_changed_figure_is_agreed_no_more(
    year: Year,
) -> None:
    year.begin()
    year.cascade()
    year.game.open()

    def faults(session: sa.orm.Session) -> list[str]:
        review = find_review(session, find_cycle(session, CYCLE), "S11")
        policy: Policy = policy_of(review.cycle)
        assert list(goals_agreed(session, review, policy)) == missing(
            session, review, policy, ["goals_agreed"]
        )
        return [str(each) for each in goals_agreed(session, review, policy)]

    with year.write() as session:
        assert "No goal plan" in faults(session)[0]
    year.approve()
    with year.write() as session:
        assert "not proposed" in faults(session)[0]
        s11 = person(session, "S11")
        propose_goals(session, manager(session), NOW, year.tree(session), [s11])
        assert "not answered" in faults(session)[0]
        offer = offers(year, session, "S11")
        answer_goal(session, actor(session, Role.SALESPERSON, "S11"), NOW, offer)
        assert "waits for its approval" in faults(session)[0]
        agree_goal(session, year.hr, NOW, offer, TODAY)
        assert faults(session) == []
        new_version(session, year.hr, NOW, find_plan(session, year.hr, YEAR), reason="调整")
    with year.write() as session:
        assert offers(year, session, "S11").state == "agreed"
        tree = year.tree(session)
        change_amount(session, year.hr, NOW, tree, key_of(tree, "S11"), Decimal(1), reason="r")
    year.approve()
    with year.write() as session:
        assert "not proposed to 姓名S11 as it is now" in faults(session)[0]


def test_an_approved_plan_is_not_changed_by_settling(year: Year) -> None:
    year.begin()
    year.cascade()
    year.approve()
    with year.write() as session:
        propose_goals(session, manager(session), NOW, year.tree(session), [person(session, "S11")])
        offer = offers(year, session, "S11")
        own = actor(session, Role.SALESPERSON, "S11")
        answer_goal(session, own, NOW, offer, counter=(Decimal(1),), reason="r")
        with pytest.raises(KaohengError, match="new version"):
            settle_goal(session, manager(session), NOW, offer, (Decimal(1),), reason="r")
        settle_goal(session, manager(session), NOW, offer, (Decimal(1_000_000),), reason="按原计划")
        assert offer.state == "settled"
    assert CODE == "revenue_target"
