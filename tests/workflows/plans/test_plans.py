"""A plan's way, what the figures say around it, and that nobody's own plan is theirs to move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor
from tests.played import Played
from tests.refusing import refused
from tests.workflows.tracking.helping import LATE, manager, review_of, ruled, salesperson
from workflows.access.policy import Role
from workflows.cycles.tables import Cycle
from workflows.incentives.tables import LedgerEntry
from workflows.log.tables import LogEntry
from workflows.org.tables import Membership, Person
from workflows.plans.diagnosis import diagnosis_of
from workflows.plans.eligibility import eligibility
from workflows.plans.leaving import settlement_of
from workflows.plans.operations import (
    Draft,
    agree_plan,
    draft_plan,
    end_plan,
    evaluate_plan,
    note_plan,
    start_plan,
)
from workflows.plans.past import Result, past_row
from workflows.plans.personnel_file import file_rows, personnel_file
from workflows.plans.reading import find_plan, measures_of_plan, plan_rows
from workflows.plans.tables import Plan
from workflows.plans.waiting import plan_tasks
from workflows.tracking.agenda import agenda_of
from workflows.tracking.check_ins import plan_check_in
from workflows.tracking.undertakings import NewMeasure

SHANGHAI = ZoneInfo("Asia/Shanghai")
DRAFT = Draft(
    kind="improvement",
    goal="多赢单",
    starts_on=LATE,
    ends_on=LATE + timedelta(weeks=8),
    rule="coaching",
    kpi="won_deals",
    training="需求访谈",
    mentor="S12",
    measures=(NewMeasure("每周陪访", "S12", LATE + timedelta(days=7)),),
)


@pytest.fixture
def tracked(game: Played) -> Played:
    return ruled(game)


def drafted(session: Session, draft: Draft = DRAFT) -> Plan:
    return draft_plan(session, manager(session), NOW, review_of(session, "S11"), draft, LATE)


def test_from_the_diagnosis_to_the_effect(tracked: Played) -> None:
    with tracked.database.write() as session:
        review = review_of(session, "S11")
        entry = LedgerEntry(
            review_id=review.id,
            person_id=review.person_id,
            rule="low_rate",
            kind="training",
            seq=1,
            detail={},
            entered_at=NOW,
        )
        session.add(entry)
        session.flush()
        found = diagnosis_of(session, review, LATE)
        assert "won_deals" in {each.code for each in found.low}
        assert [each.rule.code for each in found.suggestions] == ["coaching"]
        plan = drafted(session)
        assert plan.grant_id == entry.id
        assert plan.diagnosis[0]["kpi"] in {each.code for each in found.low}
        assert [each.owner.code for each in measures_of_plan(session, plan)] == ["S12"]
        with refused(Kind.CONFLICT, "plans.not_in_state"):
            start_plan(session, manager(session), NOW, plan)
        agree_plan(session, salesperson(session), NOW, plan)
        assert plan.state == "draft"
        with refused(Kind.CONFLICT, "plans.not_in_state"):
            agree_plan(session, salesperson(session), NOW, plan)
        agree_plan(session, manager(session), NOW, plan)
        assert plan.state == "agreed"
        start_plan(session, manager(session), NOW, plan)
        talk = plan_check_in(
            session,
            manager(session),
            NOW,
            review,
            review.cycle,
            rhythm="weekly",
            planned_on=LATE,
            today=LATE,
        )
        kinds = [item.kind for item in agenda_of(session, talk, LATE)]
        assert "plan" in kinds
        assert "measure" in kinds
        with refused(Kind.INVALID, "tracking.text"):
            evaluate_plan(session, manager(session), NOW, plan, "")
        evaluate_plan(session, manager(session), NOW, plan, "赢单增加")
        assert plan.effect is not None
        assert plan.effect[0]["period"] == "2017-Q4"
        end_plan(session, manager(session), NOW, plan, "")
        assert plan.state == "ended"
        logged = session.scalars(
            sa.select(LogEntry.action).where(LogEntry.action.like("%_plan")).order_by(LogEntry.seq)
        ).all()
        assert logged == [
            "draft_plan",
            "agree_plan",
            "agree_plan",
            "start_plan",
            "evaluate_plan",
            "end_plan",
        ]


FAULTS = [
    ({"kind": "dismissal"}, ["plans.kind"]),
    ({"goal": " "}, ["tracking.text"]),
    ({"ends_on": LATE}, ["plans.ends_on"]),
    ({"starts_on": None}, ["tracking.day"]),
    ({"kpi": "unknown"}, ["plans.kpi"]),
    ({"rule": "unknown"}, ["plans.rule"]),
    ({"path": "unknown"}, ["plans.path"]),
    ({"mentor": "S11"}, ["tracking.owner", "plans.mentor"]),
    ({"kind": "development"}, ["tracking.text", "tracking.text"]),
]


def test_what_a_draft_misses_and_who_may_not(tracked: Played) -> None:
    with tracked.database.write() as session:
        for change, codes in FAULTS:
            with pytest.raises(KaohengError) as caught:
                drafted(session, replace(DRAFT, **change))  # type: ignore[arg-type]
            assert [fault.code for fault in caught.value.faults] == codes, change
        review = review_of(session, "S11")
        for who in (salesperson(session), manager(session, "M2"), salesperson(session, "S12")):
            with refused(Kind.DENIED, "access.denied"):
                draft_plan(session, who, NOW, review, DRAFT, LATE)
        plan = drafted(session)
        for who in (salesperson(session, "S12"), manager(session, "M2")):
            assert plan_rows(session, who) == []
            with refused(Kind.MISSING, "plans.not_there"):
                find_plan(session, who, plan.public_id)
            with refused(Kind.DENIED, "access.denied"):
                agree_plan(session, who, NOW, plan)
        with refused(Kind.DENIED, "access.denied"):
            end_plan(session, salesperson(session), NOW, plan, "不同意")
        with refused(Kind.INVALID, "tracking.text"):
            end_plan(session, manager(session), NOW, plan, "")
        assert [task.link for task in plan_tasks(session, salesperson(session), NOW)] == [
            f"/plans/{plan.public_id}"
        ]
        assert plan_tasks(session, salesperson(session, "S12"), NOW) == []


def test_the_file_shows_what_is_there_and_what_is_missing(tracked: Played) -> None:
    with tracked.database.write() as session:
        plan = drafted(session)
        agree_plan(session, salesperson(session), NOW, plan)
        agree_plan(session, manager(session), NOW, plan)
        note = {"kind": "training", "happened_on": LATE, "text": "谈判课", "link": ""}
        with refused(Kind.INVALID, "tracking.day"):
            late = note | {"happened_on": LATE + timedelta(days=1)}
            note_plan(session, manager(session), NOW, plan, today=LATE, **late)  # type: ignore[arg-type]
        with refused(Kind.INVALID, "plans.link"):
            bad = note | {"link": "javascript:alert(1)"}
            note_plan(session, manager(session), NOW, plan, today=LATE, **bad)  # type: ignore[arg-type]
        note_plan(session, manager(session), NOW, plan, today=LATE, **note)  # type: ignore[arg-type]
        hr = actor(session, Role.HR)
        file = personnel_file(session, hr, "S11", SHANGHAI)
        assert {each.code for each in file.missing} == {
            "standard",
            "result",
            "explained",
            "post",
            "reappraisal",
            "evidence",
        }
        rows = {row["item"]: row for row in file_rows(file)}
        assert rows["training"]["day"] == LATE
        assert rows["post"] == {
            "person": "S11",
            "item": "post",
            "there": False,
            "day": None,
            "what": None,
        }
        for who in (salesperson(session, "S12"), manager(session, "M2")):
            with refused(Kind.MISSING, "plans.nobody"):
                personnel_file(session, who, "S11", SHANGHAI)


def test_who_is_eligible_by_approved_results(tracked: Played) -> None:
    with tracked.database.write() as session:
        people = session.scalars(sa.select(Person).where(Person.code.in_(["S11", "S21"])))
        for person in people:
            person.rank = "专员"
        hr, m1 = actor(session, Role.HR), manager(session)
        session.flush()

        def found(who: object) -> dict[str, bool]:
            (path,) = eligibility(session, who, date(2017, 12, 1))  # type: ignore[arg-type]
            return {each.person.code: each.held is not None for each in path.candidates}

        assert found(hr) == {"S11": False, "S21": False}  # nothing is approved yet
        review_of(session, "S11").total = Decimal("101.5")
        session.execute(sa.update(Cycle).values(state="approved"))
        session.flush()
        assert found(hr) == {"S11": True, "S21": False}
        assert found(m1) == {"S11": True}


def test_a_leaver_is_settled_for_what_they_earned(tracked: Played) -> None:
    with tracked.database.write() as session:
        review, hr = review_of(session, "S11"), actor(session, Role.HR)
        assert settlement_of(session, hr, review, LATE) is None
        session.execute(
            sa.update(Membership)
            .where(Membership.person_id == review.person_id)
            .values(valid_to=date(2017, 11, 1))
        )
        money = {"rule": "commission", "kind": "commission", "currency": "CNY", "exponent": 2}
        for seq, (amount, day) in enumerate([(12_345, None), (500, date(2018, 6, 1))]):
            session.add(
                LedgerEntry(
                    review_id=review.id,
                    person_id=review.person_id,
                    seq=seq,
                    amount_minor=amount,
                    detail={},
                    payable_from=day,
                    entered_at=NOW,
                    **money,
                )
            )
        session.flush()
        left = settlement_of(session, hr, review, LATE)
        assert left is not None
        assert left.settled == {"CNY": Decimal("123.45")}
        assert [each.amount_minor for each in left.later] == [500]
        assert left.is_pending
        assert left.left_on == date(2017, 11, 1)


def test_what_a_path_is_told_of_past_results() -> None:
    def result(total: str, place: int | None) -> Result:
        return Result("2017-Q3", Decimal(total), "A", place, 5)

    assert past_row("P", []) == {"person": "P", "past.cycles": "0"}
    row = past_row("P", [result("90", 4), result("101", 0), result("100", 1), result("80", None)])
    assert row == {
        "person": "P",
        "past.cycles": "4",
        "past.mean_total": "92.7500",
        "past.lowest_total": "80",
        "past.last_total": "90",
        "past.top_grades": "1",
        "past.upper_grades": "2",
        "past.bottom_grades": "1",
    }
