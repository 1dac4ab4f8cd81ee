"""What everybody must come to, worked out with Fraction and plain loops: slow, and right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

Facts = Mapping[str, Any]
# A person's total in hundredths, grade, the rules that hold as bits, and all bonuses in cents.
Outcome = tuple[int, str, int, int]
RULES = ("bonus", "outstanding", "new_business", "quality", "team_lift", "coaching")
GRADES = (("S", 115, "1.5"), ("A", 100, "1.2"), ("B", 80, "1"), ("C", 60, "0.8"), ("D", 0, "0"))
COLLECTION = (("0.7", 0), ("0.85", 70), ("0.95", 100), ("1", 120))
WIN_RATE = (("0.3", 0), ("0.5", 70), ("0.6", 100), ("0.8", 120))


def half_up(value: Fraction, digits: int) -> Fraction:
    return Fraction(floor(value * 10**digits + Fraction(1, 2)), 10**digits)


def on_line(points: tuple[tuple[str, int], ...], at: Fraction) -> Fraction:
    edges = [(Fraction(edge), Fraction(worth)) for edge, worth in points]
    if at <= edges[0][0]:
        return edges[0][1]
    for (left, low), (right, high) in pairwise(edges):
        if at <= right:
            return low + (at - left) * (high - low) / (right - left)
    return edges[-1][1]


def outcome(facts: Facts) -> Outcome:
    """Return what one person comes to; ``facts`` in whole cents, with the team's two sums."""
    attained = half_up(Fraction(facts["revenue"], facts["revenue_target"]), 4)
    customers = half_up(Fraction(facts["customers"], facts["customers_target"]), 4)
    points: dict[str, tuple[int, Fraction | None]] = {
        "revenue": (40, min(attained * 100, Fraction(130))),
        "customers": (15, min(customers * 100, Fraction(120))),
        "win_rate": (15, _line(WIN_RATE, facts["won"], facts["closed"])),
        "collection": (20, _line(COLLECTION, facts["collected"], facts["revenue"])),
        "cycle": (10, _cycle(facts["days"], facts["won"])),
    }
    known = [(weight, worth) for weight, worth in points.values() if worth is not None]
    mean = sum(weight * worth for weight, worth in known) / sum(weight for weight, _ in known)
    total = half_up(min(mean, Fraction(120)), 2)
    grade, _, share = next(each for each in GRADES if total >= each[1])
    lifted = Fraction(facts["team_revenue"], facts["team_target"]) >= Fraction("1.1")
    quality = all((points[name][1] or 0) >= 100 for name in ("collection", "win_rate"))
    holds = (
        grade in "SAB" and attained >= 1,
        grade == "S",
        customers >= Fraction("1.2"),
        quality,
        grade in "SA" and lifted,
        grade == "D" or (grade == "C" and attained < Fraction("0.65")),
    )
    pays = (
        800_000 * Fraction(share),
        Fraction(500_000),
        Fraction(30_000 * facts["customers"]),
        half_up(Fraction(facts["collected"], 200), 0),
        Fraction(100_000),
    )
    paid = sum(pay for pay, held in zip(pays, holds, strict=False) if held)
    bits = sum(1 << place for place, held in enumerate(holds) if held)
    return int(total * 100), grade, bits, int(paid)


def _line(points: tuple[tuple[str, int], ...], top: int, bottom: int) -> Fraction | None:
    return half_up(on_line(points, half_up(Fraction(top, bottom), 6)), 2) if bottom else None


def _cycle(days: int, won: int) -> Fraction | None:
    if not won:
        return None
    mean = Fraction(days, won)
    return Fraction(
        next((worth for edge, worth in ((90, 40), (60, 70), (30, 100)) if mean >= edge), 120)
    )


def outcomes(people: Iterable[Facts]) -> Iterator[Outcome]:
    return map(outcome, people)
