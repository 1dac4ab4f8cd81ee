"""Units over time: from when to when each is there, and what it is part of meanwhile.

Pure: no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.errors import N_, Fault
from engine.errors import Place as At

KINDS = ("company", "region", "team")


@dataclass(frozen=True, slots=True)
class Part:
    """Being part of ``parent`` (a code, or None at the top) over [since, until)."""

    parent: str | None
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class UnitLife:
    """A unit with its parts in order, one after the other without a gap."""

    code: str
    name: str
    kind: str
    parts: tuple[Part, ...]

    @property
    def since(self) -> date:
        return self.parts[0].since

    @property
    def until(self) -> date | None:
        return self.parts[-1].until

    def parent_on(self, day: date) -> str | None:
        """Return what it is part of; before its days the first parent, after them the last."""
        begun = [part for part in self.parts if part.since <= day]
        return (begun[-1] if begun else self.parts[0]).parent

    def is_there(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def as_json(self) -> dict[str, Any]:
        """Return it as the history keeps it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "parts": [
                [part.parent, str(part.since), str(part.until) if part.until else None]
                for part in self.parts
            ],
        }


@dataclass(frozen=True, slots=True)
class WrongUnit:
    """A fault of a unit's part (by its number), and its field: parent, kind, since, until."""

    fault: Fault
    code: str
    number: int
    field: str


def moved_under(life: UnitLife, parent: str | None, day: date) -> UnitLife:
    """Be part of ``parent`` from ``day`` on; what was to come after it is no longer."""
    kept = [part for part in life.parts if part.since < day]
    until = life.until
    if kept:
        kept[-1] = replace(kept[-1], until=day)
    return replace(life, parts=tidied([*kept, Part(parent, day, until)]))


def tidied(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts of which those under the same parent that follow one another are one."""
    found: list[Part] = []
    for part in parts:
        if found and found[-1].parent == part.parent and found[-1].until == part.since:
            found[-1] = replace(found[-1], until=part.until)
        else:
            found.append(part)
    return tuple(found)


def closed(life: UnitLife, day: date) -> UnitLife:
    """Be there no longer from ``day`` on."""
    kept = [part for part in life.parts if part.since < day] or [life.parts[0]]
    return replace(life, parts=(*kept[:-1], replace(kept[-1], until=day)))


def unit_contradictions(lives: Mapping[str, UnitLife]) -> Iterator[WrongUnit]:
    """Give everything about the units that cannot be true."""
    for life in lives.values():
        if life.kind not in KINDS:
            yield _wrong(life, 0, "kind", N_("{kind!r} is no kind of unit."), _KIND, kind=life.kind)
        yield from _of_days(life)
        yield from _of_parents(life, lives)
    yield from _circles(lives)


_KIND = N_("Say company, region or team.")


def _of_days(life: UnitLife) -> Iterator[WrongUnit]:
    for number, part in enumerate(life.parts):
        if part.until is not None and part.until <= part.since:
            yield _wrong(
                life,
                number,
                "until",
                N_("The unit {unit} would end before it begins ({since})."),
                N_("Correct one of the two days."),
                since=part.since.isoformat(),
            )
        if number and life.parts[number - 1].until != part.since:
            yield _wrong(
                life,
                number,
                "since",
                N_("The unit {unit} is part of nothing, or of two, around {since}."),
                N_("Let each row of a unit begin on the day after the one before it ends."),
                since=part.since.isoformat(),
            )


def _of_parents(life: UnitLife, lives: Mapping[str, UnitLife]) -> Iterator[WrongUnit]:
    for number, part in enumerate(life.parts):
        if part.parent is None:
            continue
        parent = lives.get(part.parent)
        if parent is None:
            yield _wrong(
                life,
                number,
                "parent",
                N_("There is no unit {parent!r}, of which {unit} would be part."),
                N_("Add that unit first, or check its code."),
                parent=part.parent,
            )
        elif not _lasts(parent, part):
            yield _wrong(
                life,
                number,
                "parent",
                N_("{unit} would be part of {parent} on days on which {parent} is not there."),
                N_("Move {unit} elsewhere before {parent} ends, or correct the days."),
                parent=part.parent,
            )


def _lasts(parent: UnitLife, part: Part) -> bool:
    if parent.since > part.since:
        return False
    return parent.until is None or (part.until is not None and part.until <= parent.until)


def _circles(lives: Mapping[str, UnitLife]) -> Iterator[WrongUnit]:
    days = sorted({part.since for life in lives.values() for part in life.parts})
    told: set[str] = set()
    for day in days:
        for code, life in lives.items():
            if code not in told and life.is_there(day) and _in_circle(code, lives, day):
                told.add(code)
                number = sum(part.since <= day for part in life.parts) - 1
                yield _wrong(
                    life,
                    number,
                    "parent",
                    N_("{unit} would be part of itself from {since} on."),
                    N_("Choose a unit that is not below it."),
                    since=day.isoformat(),
                )


def _in_circle(code: str, lives: Mapping[str, UnitLife], day: date) -> bool:
    seen: set[str] = set()
    above = lives[code].parent_on(day)
    while above is not None and above not in seen and above in lives:
        if above == code:
            return True
        seen.add(above)
        above = lives[above].parent_on(day)
    return False


def _wrong(
    life: UnitLife, number: int, field: str, message: str, remedy: str, **params: object
) -> WrongUnit:
    about = {"unit": life.code, **params}
    fault = Fault(f"org.unit_{field}", message, remedy, about, At(path=field))
    return WrongUnit(fault, life.code, number, field)
