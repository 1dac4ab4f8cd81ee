"""Check-ins: who holds them, what is carried forward, and who may read them."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor
from tests.played import CODE, Played
from tests.refusing import refused
from tests.workflows.tracking.helping import LATE, manager, review_of, ruled, salesperson
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle
from workflows.log.tables import LogEntry
from workflows.notices.tables import Notice
from workflows.org.tables import Person, Unit
from workflows.tracking.agenda import agenda_of
from workflows.tracking.check_ins import (
    Ending,
    Notes,
    cancel_check_in,
    hold_check_in,
    next_day,
    plan_check_in,
)
from workflows.tracking.finding import find_check_in, find_undertaking
from workflows.tracking.reading import check_in_rows, measures_of
from workflows.tracking.tables import Carried, CheckIn, Undertaking
from workflows.tracking.undertakings import NewMeasure, end_measure
from workflows.tracking.waiting import tracking_tasks

SAID = Notes("跟进三家客户", praise="客户维护细致", problems="赢单率偏低", advice="先确认需求")
TODO = NewMeasure("每周两次陪访", "S11", LATE + timedelta(days=7))


@pytest.fixture
def tracked(game: Played) -> Played:
    return ruled(game)


def planned(game: Played, person: str = "S11", rhythm: str = "weekly", day: date = LATE) -> str:
    with game.database.write() as session:
        review = review_of(session, person)
        by = manager(session)
        made = plan_check_in(
            session,
            by,
            NOW,
            review,
            review.cycle,
            rhythm=rhythm,
            planned_on=day,
            today=LATE,
        )
        return made.public_id


def held(
    game: Played,
    key: str,
    notes: Notes = SAID,
    endings: dict[str, Ending] | None = None,
    new: tuple[NewMeasure, ...] = (),
    by: str = "M1",
) -> None:
    with game.database.write() as session:
        who = manager(session, by)
        check_in = find_check_in(session, who, key)
        hold_check_in(
            session, who, NOW, check_in, notes, endings or {}, new, held_on=LATE, today=LATE
        )


def test_measures_are_carried_from_check_in_to_check_in(tracked: Played) -> None:
    held(tracked, planned(tracked), new=(TODO,))
    with tracked.database.read() as session:
        second = session.scalars(sa.select(CheckIn).where(CheckIn.state == "planned")).one()
        assert second.planned_on == LATE + timedelta(days=7)
        agenda = agenda_of(session, second, LATE)
        assert [item.text for item in agenda if item.kind == "measure"] == [TODO.what]
        said = {item.about["part"]: item.text for item in agenda if item.kind == "last"}
        assert said == {"summary": SAID.summary, "problems": SAID.problems, "advice": SAID.advice}
        measure = session.scalars(sa.select(Undertaking)).one()
    held(tracked, second.public_id)
    with tracked.database.read() as session:
        assert session.scalars(sa.select(Carried.state)).all() == ["open"]
        third = session.scalars(sa.select(CheckIn).where(CheckIn.state == "planned")).one()
    dropped = {measure.public_id: Ending("dropped", "客户已流失")}
    held(tracked, third.public_id, endings=dropped)
    with tracked.database.read() as session:
        assert session.scalars(sa.select(Carried.state).order_by(Carried.id)).all()[-1] == "dropped"
        ended = session.scalars(sa.select(Undertaking)).one()
        assert (ended.state, ended.reason) == ("dropped", "客户已流失")
        assert measures_of(session, review_of(session, "S11")) == [ended]


FAULTS = [
    (Notes(""), {}, (), "tracking.text"),
    (Notes("小结", problems="太慢"), {}, (), "tracking.bare_criticism"),
    (Notes("小结", problems="太慢", praise="认真"), {}, (), "tracking.bare_criticism"),
    (Notes("x" * 4001), {}, (), "tracking.too_long"),
    (SAID, {}, (NewMeasure("", "S11", LATE),), "tracking.text"),
    (SAID, {}, (NewMeasure("陪访", "S12", LATE),), "tracking.owner"),
    (SAID, {}, (NewMeasure("陪访", "S11", None),), "tracking.day"),
    (SAID, {}, (NewMeasure("陪访", "S11", LATE - timedelta(days=1)),), "tracking.day"),
]


def test_what_is_missing_is_told_and_nothing_kept(tracked: Played) -> None:
    key = planned(tracked)
    for notes, endings, new, code in FAULTS:
        with pytest.raises(KaohengError) as caught:
            held(tracked, key, notes, endings, new)
        assert [fault.code for fault in caught.value.faults] == [code]
    with tracked.database.read() as session:
        assert session.scalars(sa.select(CheckIn.state)).all() == ["planned"]
        assert session.scalars(sa.select(Undertaking)).all() == []


def test_a_measure_is_dropped_only_with_a_reason_and_closed_once(tracked: Played) -> None:
    held(tracked, planned(tracked), new=(TODO,))
    with tracked.database.write() as session:
        me = salesperson(session)
        key = session.scalars(sa.select(Undertaking.public_id)).one()
        measure = find_undertaking(session, me, key)
        with refused(Kind.INVALID, "tracking.text"):
            end_measure(session, me, NOW, measure, state="dropped", said=" ")
        with refused(Kind.INVALID, "tracking.measure_state"):
            end_measure(session, me, NOW, measure, state="open", said="")
        end_measure(session, me, NOW, measure, state="done", said="多赢两单")
        with refused(Kind.CONFLICT, "tracking.measure_ended"):
            end_measure(session, me, NOW, measure, state="done", said="")
        assert measure.effect == "多赢两单"


READERS = [
    (Role.SALESPERSON, "S11", True),
    (Role.SALESPERSON, "S12", False),
    (Role.SALESPERSON, "S21", False),
    (Role.MANAGER, "M1", True),
    (Role.MANAGER, "M2", False),
    (Role.HR, None, True),
    (Role.HR_REGION, None, True),
    (Role.AUDITOR, None, True),
]


def test_a_one_to_one_is_for_its_two_and_no_colleague(tracked: Played) -> None:
    key = planned(tracked)
    with tracked.database.read() as session:
        cycle = find_cycle(session, CODE)
        for role, person, sees in READERS:
            who = actor(session, role, person)
            rows = check_in_rows(session, who, cycle)
            assert [row["check_in"] for row in rows] == ([key] if sees else []), (role, person)
            if sees:
                assert find_check_in(session, who, key).public_id == key
                continue
            with refused(Kind.MISSING, "tracking.not_there"):
                find_check_in(session, who, key)


def test_only_who_leads_holds_them(tracked: Played) -> None:
    with tracked.database.write() as session:
        about = review_of(session, "S11")
        when: dict[str, Any] = {"rhythm": "once", "planned_on": LATE, "today": LATE}
        for by in ("M2", "M3"):
            with refused(Kind.DENIED, "access.denied"):
                plan_check_in(session, manager(session, by), NOW, about, about.cycle, **when)
        # Nobody holds one with themselves.
        about.person_id = session.scalars(sa.select(Person.id).where(Person.code == "M1")).one()
        session.flush()
        with refused(Kind.DENIED, "access.oneself"):
            plan_check_in(session, manager(session), NOW, about, about.cycle, **when)


def test_a_teams_meeting_is_open_to_the_team(tracked: Played) -> None:
    with tracked.database.write() as session:
        unit = session.scalars(sa.select(Unit).where(Unit.code == "east-1")).one()
        cycle = find_cycle(session, CODE)
        when: dict[str, Any] = {"rhythm": "monthly", "planned_on": LATE, "today": LATE}
        made = plan_check_in(session, manager(session), NOW, unit, cycle, **when)
        for person, sees in {"S11": True, "S12": True, "S21": False, "S31": False}.items():
            rows = check_in_rows(session, salesperson(session, person), cycle)
            assert [row["check_in"] for row in rows] == ([made.public_id] if sees else [])
        assert all(item.kind in ("measure", "behind") for item in agenda_of(session, made, LATE))


def test_planned_once_and_called_off_with_a_reason(tracked: Played) -> None:
    key = planned(tracked)
    with refused(Kind.CONFLICT, "tracking.planned_already"):
        planned(tracked)
    with refused(Kind.INVALID, "tracking.day"):
        planned(tracked, "S12", day=LATE - timedelta(days=1))
    with refused(Kind.INVALID, "tracking.rhythm"):
        planned(tracked, "S12", rhythm="daily")
    with tracked.database.write() as session:
        who = manager(session)
        check_in = find_check_in(session, who, key)
        with refused(Kind.INVALID, "tracking.text"):
            cancel_check_in(session, who, NOW, check_in, "")
        cancel_check_in(session, who, NOW, check_in, "出差")
    with refused(Kind.CONFLICT, "tracking.not_planned"):
        held(tracked, key)


def test_two_who_record_it_at_once(tracked: Played) -> None:
    key = planned(tracked)
    outcomes: list[str] = []

    def record() -> None:
        try:
            held(tracked, key)
            outcomes.append("held")
        except KaohengError as error:
            outcomes.append(error.kind.name)

    threads = [threading.Thread(target=record) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["CONFLICT", "CONFLICT", "CONFLICT", "held"]
    with tracked.database.read() as session:
        logged = sa.select(sa.func.count()).where(LogEntry.action == "hold_check_in")
        assert session.scalar(logged) == 1


def test_what_waits_and_who_is_told(tracked: Played) -> None:
    key = planned(tracked)
    with tracked.database.read() as session:
        late = NOW  # years after the day that it was planned for
        (task,) = tracking_tasks(session, manager(session), late)
        assert task.link == f"/check-ins/{key}"
        assert tracking_tasks(session, manager(session, "M2"), late) == []
    held(tracked, key, new=(TODO,))
    with tracked.database.read() as session:
        me = salesperson(session)
        (task,) = tracking_tasks(session, me, NOW)
        assert task.link.startswith("/measures/")
        told = session.scalars(
            sa.select(Notice.link).where(Notice.person_id == me.person_id).order_by(Notice.id)
        ).all()
        assert told[0] == f"/check-ins/{key}"
        assert len(told) == 4  # planned, the measure, recorded, and the next one planned


@pytest.mark.parametrize(
    ("rhythm", "day", "then"),
    [
        ("weekly", date(2017, 12, 29), date(2018, 1, 5)),
        ("monthly", date(2018, 1, 31), date(2018, 2, 28)),
        ("monthly", date(2020, 1, 31), date(2020, 2, 29)),
        ("monthly", date(2017, 12, 15), date(2018, 1, 15)),
        ("once", date(2017, 12, 15), None),
    ],
)
def test_when_the_next_one_is(rhythm: str, day: date, then: date | None) -> None:
    assert next_day(rhythm, day) == then
