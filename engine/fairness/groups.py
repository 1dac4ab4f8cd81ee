"""Teams whose grades differ more than their results, and managers who judge apart from the rest.

Grades are counted in steps from the worst, so that a difference of one is one grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.errors import N_
from engine.fairness.signs import Apart, Kind, Sign, Tally, apart, shown
from engine.model import Policy

LEAST = 3  # people in a team of which anything is said
HALF = Fraction(1, 2)  # of a grade
TEN = Fraction(10)  # points
Row = Mapping[str, Any]
Groups = Mapping[str, Sequence[Row]]

TEAM = N_(
    "Its grades lie {grades} grades from the others', its totals only {results} grades' worth"
    " ({points} points); {people} people."
)
CALIBRATES = N_(
    "Calibration moved its grades by {moved} on average, the others' by {others}; {people} people."
)
RATES = N_(
    "Ratings lie {rated} points from the others', measured results {measured}; {people} people."
)


def of_teams(policy: Policy, groups: Groups) -> Iterator[Sign]:
    """Give the teams whose final grades stand apart from the others' further than their totals."""
    width = _width(policy)
    if width is None:
        return
    steps = _steps(policy)
    graded = _each(groups, lambda row: steps.get(row["final_grade"]))
    scored = _each(groups, lambda row: row["total"])
    for team, grades in graded.items():
        totals = scored.get(team)
        if totals is None:
            continue
        worth = totals.by / width
        if abs(grades.by - worth) >= HALF and abs(grades.by) > abs(worth):
            numbers = {
                "grades": shown(grades.by),
                "results": shown(worth),
                "points": shown(totals.by),
            }
            yield _sign("team_grades", team, TEAM, numbers, grades)


def of_managers(policy: Policy, groups: Groups) -> Iterator[Sign]:
    """Give the teams whose grades calibration moved, or whose raters judge, apart from the rest."""
    steps = _steps(policy)
    for team, moved in _each(groups, lambda row: _moved(steps, row)).items():
        if abs(moved.by) >= HALF:
            numbers = {"moved": shown(moved.group), "others": shown(moved.rest)}
            yield _sign("manager_calibrates", team, CALIBRATES, numbers, moved)
    measured_of = _each(groups, lambda row: _weighed(policy, row, rated=False))
    for team, rated in _each(groups, lambda row: _weighed(policy, row, rated=True)).items():
        measured = measured_of.get(team)
        if measured is None or abs(rated.by - measured.by) < TEN:
            continue
        if abs(rated.by) > abs(measured.by):
            numbers = {"rated": shown(rated.by), "measured": shown(measured.by)}
            yield _sign("manager_rates", team, RATES, numbers, rated)


def _each(
    groups: Groups, value: Callable[[Row], Decimal | Fraction | int | None]
) -> dict[str, Apart]:
    """Set each team against all others, by the values that are known."""
    tallies = {
        team: Tally.of(Fraction(each) for each in map(value, rows) if each is not None)
        for team, rows in groups.items()
    }
    whole = sum(tallies.values(), Tally())
    found = {team: apart(own, whole - own) for team, own in tallies.items() if own.count >= LEAST}
    return {team: each for team, each in found.items() if each is not None}


def _moved(steps: Mapping[str, int], row: Row) -> int | None:
    """Return how many grades calibration moved somebody up; nothing where it did not look."""
    before, after = steps.get(row["grade"]), steps.get(row["final_grade"])
    return None if before is None or after is None else after - before


def _weighed(policy: Policy, row: Row, *, rated: bool) -> Fraction | None:
    """Return the weighted mean of the points that people gave, or of those that were measured."""
    known = [
        (Fraction(row[f"{kpi.code}.points"]), Fraction(kpi.weight))
        for kpi in policy.kpis
        if bool(kpi.raters) is rated and row.get(f"{kpi.code}.points") is not None
    ]
    weight = sum((each for _, each in known), Fraction(0))
    return sum((points * each for points, each in known), Fraction(0)) / weight if weight else None


def _steps(policy: Policy) -> dict[str, int]:
    """Number the grades from the worst, which is 0."""
    return {grade.code: place for place, grade in enumerate(reversed(policy.grades))}


def _width(policy: Policy) -> Fraction | None:
    """Return how many points a grade is wide on average, the open ones left out."""
    edges = [grade.start for grade in policy.grades[:-1]]
    if len(edges) < 2:
        return None
    return Fraction(max(edges) - min(edges)) / (len(edges) - 1)


def _sign(kind: Kind, team: str, message: str, numbers: dict[str, Any], found: Apart) -> Sign:
    return Sign(kind, team, None, message, numbers | {"people": found.size}, found.noise)
