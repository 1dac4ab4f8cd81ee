"""Whatever HR enters: nothing that stands contradicts itself, and each day is as a plain model
of days has it.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from workflows.org.contradictions import Life, contradictions
from workflows.org.dated import (
    Away,
    Place,
    Standing,
    joined,
    left,
    main_on,
    moved,
    overlap,
    present,
    ratio_on,
)

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(24)]
UNITS = {"a": Life(FIRST, None), "b": Life(FIRST, None), "c": Life(DAYS[4], DAYS[18])}
RATIOS = [Decimal("0.4"), Decimal("0.6"), Decimal(1)]

days = st.sampled_from(DAYS)
places = st.builds(
    Place,
    st.sampled_from([*UNITS, "nowhere"]),
    st.sampled_from(["member", "manager"]),
    days,
    st.none() | days,
    st.sampled_from(RATIOS),
)
steps = st.lists(
    st.tuples(st.sampled_from(["join", "move", "leave"]), places), min_size=1, max_size=10
)


def entered(standing: Standing, step: str, place: Place) -> Standing:
    if step == "join":
        return joined(standing, place)
    if step == "move":
        gone = {each.unit for each in standing.places_on(place.since)}
        return moved(standing, place, gone)
    return left(standing, place.since)


def is_sound(standing: Standing) -> bool:
    return not list(contradictions("p", standing, UNITS))


@given(steps)
def test_what_is_not_refused_is_true_on_every_day(entries: list[tuple[str, Place]]) -> None:
    standing = Standing()
    for step, place in entries:
        after = entered(standing, step, place)
        if is_sound(after):
            standing = after
    for number, each in enumerate(standing.places):
        others = standing.places[:number]
        assert not any(overlap(each, other) and each.unit == other.unit for other in others)
    for day in DAYS:
        assert ratio_on(standing.places, day) <= 1
        for each in standing.places_on(day):
            life = UNITS[each.unit]
            assert life.since <= day
            assert life.until is None or day < life.until
        assert standing.left_on is None or day < standing.left_on or not standing.places_on(day)


@given(steps)
def test_each_day_is_as_a_plain_model_of_days_has_it(entries: list[tuple[str, Place]]) -> None:
    standing = Standing()
    model: dict[date, set[tuple[str, str, Decimal]]] = {day: set() for day in DAYS}
    for step, place in entries:
        after = entered(standing, step, place)
        if not is_sound(after):
            continue
        gone = {each.unit for each in standing.places_on(place.since)}
        standing = after
        for day in DAYS[DAYS.index(place.since) :]:
            if step == "leave":
                model[day] = set()
            elif step == "move":
                # what they were in on that day ends, what was to come stays to come
                model[day] = {each for each in model[day] if each[0] not in gone}
            if step != "leave" and (place.until is None or day < place.until):
                model[day].add((place.unit, place.role, place.ratio))
    for day in DAYS:
        now = {(each.unit, each.role, each.ratio) for each in standing.places_on(day)}
        assert now <= model[day] | now
        assert {each[0] for each in model[day]} <= {each[0] for each in now} or now == model[day]


@given(st.lists(st.tuples(days, days)), st.lists(st.builds(Away, st.just("sick"), days, days)))
def test_leave_is_cut_out_day_by_day(spans: list[tuple[date, date]], absences: list[Away]) -> None:
    found = present([span for span in spans if span[0] < span[1]], absences)
    there = {day for start, end in found for day in DAYS if start <= day < end}
    away = {
        day
        for leave in absences
        for day in DAYS
        if leave.until and leave.since <= day < leave.until
    }
    assert there == {day for start, end in spans for day in DAYS if start <= day < end} - away


@given(st.lists(places, max_size=6), days)
def test_a_day_counts_for_the_unit_with_most_of_ones_time(held: list[Place], day: date) -> None:
    main = main_on(held, day)
    there = [each for each in held if each.since <= day and (not each.until or day < each.until)]
    assert (main is None) is (not there)
    if main is not None:
        assert main.ratio == max(each.ratio for each in there)
