"""The same policy in plain Python, on whole numbers: exact, and as quick as Python goes."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contestants.contestant import Contestant, with_teams
from benchmarks.outcomes import Facts, Outcome

# Edges in millionths, points, and the slope from the edge before as a fraction of points.
COLLECTION = ((700_000, 0), (850_000, 70), (950_000, 100), (1_000_000, 120))
WIN_RATE = ((300_000, 0), (500_000, 70), (600_000, 100), (800_000, 120))


def _line(points: tuple[tuple[int, int], ...], at: int) -> int:
    """Return the points in hundredths."""
    left, low = points[0]
    if at <= left:
        return low * 100
    for right, high in points[1:]:
        if at <= right:
            run = right - left
            return (200 * (low * run + (at - left) * (high - low)) + run) // (2 * run)
        left, low = right, high
    return low * 100


def one(row: Facts) -> Outcome:
    target, revenue = row["revenue_target"], row["revenue"]
    attained = (20_000 * revenue + target) // (2 * target)
    aim = row["customers_target"]
    customers = (20_000 * row["customers"] + aim) // (2 * aim)
    closed, won = row["closed"], row["won"]
    rate = _line(WIN_RATE, (2_000_000 * won + closed) // (2 * closed))
    points = 40 * min(attained, 13_000) + 15 * min(customers, 12_000) + 15 * rate
    weights, collection = 70, 0
    if revenue:
        collection = _line(COLLECTION, (2_000_000 * row["collected"] + revenue) // (2 * revenue))
        points += 20 * collection
        weights += 20
    if won:
        days = row["days"]
        mean = 4_000 if days >= 90 * won else 7_000 if days >= 60 * won else 0
        points += 10 * (mean or (10_000 if days >= 30 * won else 12_000))
        weights += 10
    total = min((2 * points + weights) // (2 * weights), 12_000)
    if total >= 10_000:
        grade, share = ("S", 15) if total >= 11_500 else ("A", 12)
    elif total >= 6_000:
        grade, share = ("B", 10) if total >= 8_000 else ("C", 8)
    else:
        grade, share = "D", 0
    held, paid = 0, 0
    if total >= 8_000 and attained >= 10_000:
        held, paid = 1, 80_000 * share
    if total >= 11_500:
        held, paid = held | 2, paid + 500_000
    if customers >= 12_000:
        held, paid = held | 4, paid + 30_000 * row["customers"]
    if collection >= 10_000 and rate >= 10_000:
        held, paid = held | 8, paid + (row["collected"] + 100) // 200
    if total >= 10_000 and 10 * row["team_revenue"] >= 11 * row["team_target"]:
        held, paid = held | 16, paid + 100_000
    if grade == "D" or (grade == "C" and attained < 6_500):
        held |= 32
    return total, grade, held, paid


def _run(rows: Sequence[Facts]) -> list[Outcome]:
    return [one(row) for row in rows]


BY_HAND = Contestant(rows=1_000_000, prepare=with_teams, run=_run, told=list)
