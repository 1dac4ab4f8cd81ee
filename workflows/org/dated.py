"""Where somebody belongs over time: what each step makes of it, and what contradicts itself.

Pure: no database. Every period is half-open, ``until`` is the first day after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

MEMBER, MANAGER = "member", "manager"
ROLES = (MEMBER, MANAGER)
WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Place:
    """Belonging to a unit as ``member`` or ``manager``; ``ratio`` is the share of their time."""

    unit: str
    role: str
    since: date
    until: date | None = None
    ratio: Decimal = WHOLE


@dataclass(frozen=True, slots=True)
class Away:
    """A long leave; open while the day of return is not known."""

    kind: str
    since: date
    until: date | None = None


Span = Place | Away
S = TypeVar("S", Place, Away)


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is known of where somebody belongs; ``left_on`` is their first day not there."""

    places: tuple[Place, ...] = ()
    absences: tuple[Away, ...] = ()
    left_on: date | None = None

    def places_on(self, day: date) -> tuple[Place, ...]:
        return tuple(each for each in self.places if holds(each, day))

    def as_json(self) -> dict[str, Any]:
        """Return it as the history keeps it."""
        return {
            "places": [
                [each.unit, each.role, *_days(each), str(each.ratio)] for each in self.places
            ],
            "absences": [[each.kind, *_days(each)] for each in self.absences],
            "left_on": self.left_on.isoformat() if self.left_on else None,
        }


def holds(span: Span, day: date) -> bool:
    """Say whether a span has a day in it."""
    return span.since <= day and (span.until is None or day < span.until)


def overlap(one: Span, other: Span) -> bool:
    """Say whether two spans have a day in common."""
    return _begins_before(one, other.until) and _begins_before(other, one.until)


def joined(standing: Standing, place: Place) -> Standing:
    """Come into a unit; whoever had left by then is back."""
    left_on = standing.left_on
    back = left_on is not None and place.since >= left_on
    places = _ordered([*standing.places, place])
    return replace(standing, places=places, left_on=None if back else left_on)


def moved(standing: Standing, place: Place, leaving: Iterable[str]) -> Standing:
    """Leave the units ``leaving`` on the day that ``place`` begins, and be there from then on."""
    gone = set(leaving)
    kept = [
        _ended(each, place.since) if each.unit in gone and holds(each, place.since) else each
        for each in standing.places
    ]
    return replace(standing, places=_ordered([*filter(None, kept), place]))


def left(standing: Standing, day: date) -> Standing:
    """Be there no longer from ``day`` on: every place and every leave ends by then."""
    places = [_ended(each, day) if holds(each, day) else each for each in standing.places]
    absences = [_ended(each, day) if holds(each, day) else each for each in standing.absences]
    return Standing(tuple(filter(None, places)), tuple(filter(None, absences)), day)


def away(standing: Standing, leave: Away) -> Standing:
    """Be on long leave; one that begins on the same day is told anew."""
    others = [each for each in standing.absences if each.since != leave.since]
    absences = sorted([*others, leave], key=lambda each: each.since)
    return replace(standing, absences=tuple(absences))


def present(
    spans: Iterable[tuple[date, date]], absences: Iterable[Away]
) -> list[tuple[date, date]]:
    """Cut leaves out of spans of days, each [start, end) and in their order."""
    found = list(spans)
    for leave in absences:
        cut: list[tuple[date, date]] = []
        for start, end in found:
            until = leave.until or end
            cut += [(start, min(end, leave.since)), (max(start, until), end)]
        found = [(start, end) for start, end in cut if start < end]
    return found


def main_on(places: Iterable[Place], day: date) -> Place | None:
    """Return the place that somebody's day counts for: most of their time, then the earliest."""
    there = [each for each in places if holds(each, day)]
    return min(there, key=lambda each: (-each.ratio, each.since), default=None)


def changes(places: Iterable[Place]) -> list[date]:
    """Return every day on which a place begins or has ended."""
    days = {day for each in places for day in (each.since, each.until) if day is not None}
    return sorted(days)


def ratio_on(places: Iterable[Place], day: date) -> Decimal:
    """Return the share of a member's time that their units have together on a day."""
    shares = (each.ratio for each in places if each.role == MEMBER and holds(each, day))
    return sum(shares, Decimal(0))


def together(places: Mapping[int, Place]) -> Iterator[tuple[int, int]]:
    """Give each two places, by key, that are in the same unit at the same time."""
    keys = list(places)
    for number, key in enumerate(keys):
        for other in keys[:number]:
            same_unit = places[key].unit == places[other].unit
            if same_unit and overlap(places[key], places[other]):
                yield other, key


def _begins_before(span: Span, until: date | None) -> bool:
    return until is None or span.since < until


def _ended(span: S, day: date) -> S | None:
    """Return a span that ends on ``day``; None where nothing is left of it."""
    return replace(span, until=day) if span.since < day else None


def _ordered(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda each: (each.since, each.unit, each.role)))


def _days(span: Span) -> list[str | None]:
    return [span.since.isoformat(), span.until.isoformat() if span.until else None]
