"""A timer happens once, in its time's order, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.organisation import NOW
from workflows.base.database import Database
from workflows.timers import registry
from workflows.timers.operations import (
    FIRST_RETRY,
    LAST_RETRY,
    add_timers,
    drop_timer,
    drop_timers_of,
    fire_due,
    new_timer,
    set_timer,
)
from workflows.timers.service import Timekeeper
from workflows.timers.tables import Timer

HOUR = timedelta(hours=1)
Happened = list[tuple[datetime, str]]


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> Happened:
    """What timers of the kind ``bell`` did, or those of a kind that are rung together.

    One called ``broken`` raises.
    """
    rung: Happened = []

    def ring(_session: Session, due_at: datetime, abouts: Sequence[registry.About]) -> None:
        names = [about["name"] for about in abouts]
        rung.append((due_at, " and ".join(names)))
        if "broken" in names:
            raise ValueError("broken")

    monkeypatch.setitem(registry._declared, "bell", registry.Declared(ring, together=False))
    monkeypatch.setitem(registry._declared, "peal", registry.Declared(ring, together=True))
    return rung


def set_bell(database: Database, name: str, at: datetime, kind: str = "bell") -> None:
    with database.write() as session:
        set_timer(session, kind, name, at, {"name": name})


def test_what_is_due_happens_once_in_the_order_of_its_time(
    database: Database, happened: Happened
) -> None:
    set_bell(database, "second", NOW)
    set_bell(database, "first", NOW - HOUR)
    set_bell(database, "later", NOW + timedelta(microseconds=1))
    assert fire_due(database, NOW) == 2
    assert happened == [(NOW - HOUR, "first"), (NOW, "second")]
    assert fire_due(database, NOW) == 0


def test_one_that_happened_does_not_happen_again_when_set_again(
    database: Database, happened: Happened
) -> None:
    set_bell(database, "once", NOW)
    fire_due(database, NOW)
    set_bell(database, "once", NOW + HOUR)
    assert fire_due(database, NOW + HOUR) == 0
    assert len(happened) == 1


def test_one_that_waits_is_put_off_or_dropped(database: Database, happened: Happened) -> None:
    set_bell(database, "put off", NOW)
    set_bell(database, "put off", NOW + HOUR)
    set_bell(database, "dropped", NOW)
    with database.write() as session:
        drop_timer(session, NOW, "bell", "dropped")
    assert fire_due(database, NOW) == 0
    assert fire_due(database, NOW + HOUR) == 1
    assert happened == [(NOW + HOUR, "put off")]


def test_one_that_fails_is_kept_for_later_and_holds_up_no_other(
    database: Database, happened: Happened
) -> None:
    set_bell(database, "broken", NOW - HOUR)
    set_bell(database, "after", NOW)
    assert fire_due(database, NOW) == 1
    assert [name for _, name in happened] == ["broken", "after"]
    (timer,) = waiting(database)
    assert (timer.state, timer.attempts, timer.error) == ("set", 1, "ValueError: broken")
    assert timer.retry_at == NOW + FIRST_RETRY
    assert fire_due(database, NOW + FIRST_RETRY / 2) == 0
    assert len(happened) == 2, "not before its time comes again"


def test_one_that_fails_waits_twice_as_long_each_time_up_to_a_day(
    database: Database, happened: Happened
) -> None:
    set_bell(database, "broken", NOW)
    at, waits = NOW, []
    for _ in range(13):
        assert fire_due(database, at) == 0
        (timer,) = waiting(database)
        assert timer.retry_at is not None
        waits.append(timer.retry_at - at)
        at = timer.retry_at
    assert waits[:3] == [FIRST_RETRY, FIRST_RETRY * 2, FIRST_RETRY * 4]
    assert waits[-2:] == [LAST_RETRY, LAST_RETRY]


def test_one_that_works_again_is_done_when_it_is_tried(
    database: Database, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_bell(database, "broken", NOW)
    fire_due(database, NOW)

    def mended(_session: Session, due_at: datetime, _abouts: Sequence[registry.About]) -> None:
        happened.append((due_at, "mended"))

    monkeypatch.setitem(registry._declared, "bell", registry.Declared(mended, together=False))
    assert fire_due(database, NOW + HOUR) == 1
    assert happened[-1] == (NOW + FIRST_RETRY, "mended"), "as late as it was tried again"
    assert waiting(database) == []


def test_what_is_done_together_is_all_of_a_moment_and_of_a_kind(
    database: Database, happened: Happened
) -> None:
    set_bell(database, "one", NOW, "peal")
    set_bell(database, "alone", NOW)
    set_bell(database, "two", NOW, "peal")
    set_bell(database, "before", NOW - HOUR, "peal")
    set_bell(database, "later", NOW + HOUR, "peal")
    assert fire_due(database, NOW) == 4
    assert happened == [(NOW - HOUR, "before"), (NOW, "one and two"), (NOW, "alone")]
    assert [each.key for each in waiting(database)] == ["later"]


def test_what_fails_together_is_done_one_by_one(database: Database, happened: Happened) -> None:
    for name in ("one", "broken", "two"):
        set_bell(database, name, NOW, "peal")
    assert fire_due(database, NOW) == 2
    assert [name for _, name in happened] == ["one and broken and two", "one", "broken", "two"]
    assert [(each.key, each.attempts) for each in waiting(database)] == [("broken", 1)]
    assert fire_due(database, NOW + FIRST_RETRY) == 0
    assert happened[-1] == (NOW + FIRST_RETRY, "broken")


def test_what_belongs_to_something_is_dropped_with_it(
    database: Database, happened: Happened
) -> None:
    with database.write() as session:
        owners = ("one", "a"), ("two", "a"), ("three", "b"), ("four", None)
        add_timers(
            session, [new_timer("bell", name, NOW, {"name": name}, owner) for name, owner in owners]
        )
    with database.write() as session:
        drop_timers_of(session, NOW, ["a"])
    assert fire_due(database, NOW) == 2
    assert [name for _, name in happened] == ["three", "four"]


def test_two_who_look_at_once_do_it_once(database: Database, happened: Happened) -> None:
    for number in range(12):
        set_bell(database, f"bell {number}", NOW)
    both = Barrier(2)

    def look() -> int:
        both.wait()
        return fire_due(database, NOW)

    with ThreadPoolExecutor(2) as pool:
        fired = [each.result() for each in [pool.submit(look) for _ in range(2)]]
    assert sum(fired) == len(happened) == 12


def test_the_service_looks_by_its_own_clock(database: Database, happened: Happened) -> None:
    set_bell(database, "soon", NOW)
    rung = Event()
    clock = [NOW - HOUR]

    def now() -> datetime:
        rung.set()
        return clock[0]

    keeper = Timekeeper(database, now)
    keeper.start(0.01)
    assert rung.wait(30)
    assert happened == []
    clock[0] = NOW
    while not happened:
        rung.clear()
        assert rung.wait(30)
    keeper.stop()
    assert [name for _, name in happened] == ["soon"]


def waiting(database: Database) -> list[Timer]:
    with database.read() as session:
        return list(session.scalars(select(Timer).where(Timer.state == "set")))
