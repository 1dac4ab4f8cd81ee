"""A way of scoring as a small drawing: coordinates and words; the style sheet does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_compact_decimal

from admin.formats import number, percent
from admin.preferences import language
from engine.checking.salvage import readable
from engine.errors import KaohengError
from engine.model import Bilingual
from engine.outlook.curves import Curve, curves
from engine.reader import Path, read
from engine.telling import terms
from engine.telling.terms import Term

WIDTH, HEIGHT = 340, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 20, 26
ROOM = 46  # between two words of the axis
KEPT = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the line that has a name, and what it is worth there."""

    label: Term
    x: int
    y: int
    figure: str
    worth: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """``line`` as SVG's points; ``across`` and ``up`` are words at their places on the axes."""

    name: Bilingual
    path: Path
    line: str
    marks: tuple[Mark, ...]
    across: tuple[tuple[int, str], ...]
    up: tuple[tuple[int, str], ...]
    first: tuple[str, str]
    last: tuple[str, str]
    relative: bool


def drawings(text: str, file: str) -> dict[Path, Drawing]:
    """Return a drawing of every KPI and table of steps that a text lets be drawn, by its place."""
    return {each.path: each for each in _drawn(text, file, language())}


@lru_cache(KEPT)
def _drawn(text: str, file: str, _language: str) -> tuple[Drawing, ...]:
    try:
        policy = readable(read(text, file).root.plain())
    except KaohengError:
        return ()
    if policy is None:
        return ()
    named = {("kpis", each.code): each.name for each in policy.kpis}
    named |= {("steps", each.code): each.name for each in policy.steps}
    return tuple(drawing(each, named[each.section, each.code]) for each in curves(policy))


def drawing(curve: Curve, name: Bilingual) -> Drawing:
    """Lay a curve out on the paper."""
    xs, ys = zip(*curve.points, strict=True)
    low, high = min(*ys, Decimal(0)), max(ys)
    wide, tall = xs[-1] - xs[0], high - low or Decimal(1)

    def across(x: Decimal) -> int:
        return LEFT + int((x - xs[0]) / wide * (WIDTH - LEFT - RIGHT))

    def up(y: Decimal) -> int:
        return HEIGHT - BOTTOM - int((y - low) / tall * (HEIGHT - TOP - BOTTOM))

    unit = "ratio" if curve.relative else curve.unit

    def told(x: Decimal, y: Decimal) -> tuple[str, str]:
        return figure(x, unit), figure(y, curve.worth)

    marks = tuple(Mark(terms.part(at), across(x), up(y), *told(x, y)) for at, (x, y) in curve.marks)
    ends = [(across(x), figure(x, unit)) for x in (xs[0], xs[-1])]
    return Drawing(
        name,
        (curve.section, curve.code),
        " ".join(_bent((across(x), up(y)) for x, y in curve.points)),
        marks,
        tuple(_apart([*((mark.x, mark.figure) for mark in marks), *ends])),
        ((up(low), figure(low, curve.worth)), (up(high), figure(high, curve.worth))),
        told(*curve.points[0]),
        told(*curve.points[-1]),
        curve.relative,
    )


def figure(value: Decimal, unit: str) -> str:
    """Return a figure as short as an axis needs it."""
    if unit == "ratio":
        return percent(round(value, 4))
    if abs(value) >= 10_000:
        return str(format_compact_decimal(value, fraction_digits=1, locale=language()))
    return number(round(value, 2).normalize() + 0)


def _bent(points: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Leave out the points between two that lie on one line."""
    kept: list[tuple[int, int]] = []
    for point in dict.fromkeys(points):
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return (f"{x},{y}" for x, y in kept)


def _straight(one: tuple[int, int], two: tuple[int, int], three: tuple[int, int]) -> bool:
    return (two[0] - one[0]) * (three[1] - one[1]) == (three[0] - one[0]) * (two[1] - one[1])


def _apart(words: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Leave out words that would be written over an earlier one."""
    taken: list[int] = []
    for x, word in words:
        if all(abs(x - other) >= ROOM for other in taken):
            taken.append(x)
            yield x, word
