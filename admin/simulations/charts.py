"""Pairs of bars, before and after, as coordinates; the style sheet does the colours.

Drawn here and not by a script: they are there at once, print, need nothing of the page's
security policy, and the table that stands beside each has the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT, HEAD = 560, 190, 22, 18
MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle with the number that it stands for."""

    x: int
    y: int
    width: int
    height: int
    value: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A bar on each side; ``label`` is empty where there is no room for one."""

    label: str
    middle: int
    before: Bar
    after: Bar


@dataclass(frozen=True, slots=True)
class Pairs:
    """A chart: ``numbered`` when there is room for a number above each bar."""

    pairs: tuple[Pair, ...]
    numbered: bool
    width: int = WIDTH
    height: int = HEIGHT
    ground: int = HEIGHT - FOOT


def pairs(rows: Sequence[tuple[str, int, int]]) -> Pairs | None:
    """Return the chart of rows of label, before and after; None without any."""
    if not rows:
        return None
    most = max(max(before, after) for _, before, after in rows) or 1
    slot = WIDTH // len(rows)
    thick = max(2, min(40, slot * 2 // 5))
    every = -(-len(rows) // MOST_LABELS)

    def bar(middle: int, side: int, value: int) -> Bar:
        tall = value * (HEIGHT - FOOT - HEAD) // most
        tall = max(tall, 2) if value else 0
        left = middle - thick if side == 0 else middle
        return Bar(left, HEIGHT - FOOT - tall, thick - 1, tall, value)

    found = []
    for place, (label, before, after) in enumerate(rows):
        middle = place * slot + slot // 2
        shown = label if place % every == 0 else ""
        found.append(Pair(shown, middle, bar(middle, 0, before), bar(middle, 1, after)))
    return Pairs(tuple(found), numbered=thick >= 16)
