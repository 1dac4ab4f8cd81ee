"""A timer happens once, in its time's order, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.organisation import NOW
from workflows.base.database import Database
from workflows.timers import registry
from workflows.timers.operations import drop_timer, fire_due, set_timer
from workflows.timers.tables import Timer

HOUR = timedelta(hours=1)
Happened = list[tuple[datetime, str]]


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> Happened:
    """What timers of the kind ``bell`` did; one called ``broken`` raises."""
    rung: Happened = []

    def ring(_session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
        rung.append((due_at, about["name"]))
        if about["name"] == "broken":
            raise ValueError("broken")

    monkeypatch.setitem(registry._declared, "bell", ring)
    return rung


def set_bell(database: Database, name: str, at: datetime) -> None:
    with database.write() as session:
        set_timer(session, "bell", name, at, {"name": name})


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


def test_one_that_fails_is_not_done(database: Database, happened: Happened) -> None:
    set_bell(database, "broken", NOW)
    with pytest.raises(ValueError, match="broken"):
        fire_due(database, NOW)
    with database.read() as session:
        assert session.scalars(select(Timer.state)).all() == ["set"]
