"""How many of each grade the policy guides a group to, and where the group is now.

The arithmetic is exact: shares become whole people by largest remainder, the better grade first
where remainders are equal, so that a group's guide always sums to its people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal

from engine.model import ByResult, Calibration
from engine.model.calibration import Shares
from workflows.targets.cascade import apportion

Limit = Literal["at_most", "at_least"]
ONE_PERSON = Decimal(1)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody on the board. ``unit`` is the one that the policy groups by, ``above`` its parent.

    ``counted`` is False for whoever is left out of the distribution. ``total`` is measured;
    ``actual`` and ``target`` are those of the KPI that the group's result goes by, if any.
    """

    person: str
    unit: str = ""
    above: str = ""
    post: str | None = None
    counted: bool = True
    total: Decimal | None = None
    actual: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """People among whom the distribution holds: ``people`` are those who count, by code.

    ``result`` is the group's own, None where it has none; ``guide`` is how many of each grade,
    in the policy's order, and sums to how many people there are.
    """

    units: tuple[str, ...]
    post: str | None
    people: tuple[str, ...]
    result: Fraction | None
    guide: Mapping[str, int]

    @property
    def is_merged(self) -> bool:
        return len(self.units) > 1


@dataclass(frozen=True, slots=True)
class Line:
    """A grade of a group: how many are guided, were measured (``before``) and have it ``now``."""

    grade: str
    guide: int
    before: int
    now: int
    limit: Limit | None

    @property
    def exceeded(self) -> int:
        """By how many the limit is exceeded."""
        if self.limit == "at_most":
            return max(0, self.now - self.guide)
        return max(0, self.guide - self.now) if self.limit == "at_least" else 0


def groups_of(guide: Calibration, grades: Sequence[str], places: Iterable[Place]) -> list[Group]:
    """Return the groups of a board, by post and unit; who does not count is in none."""
    apart: dict[tuple[str, str], dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for place in places:
        post = (place.post or "") if guide.posts_apart else ""
        apart[(post, place.above)][place.unit].append(place)
    found = []
    for (post, _), units in sorted(apart.items()):
        for merged in _merged(units, guide.least_people):
            members = [place for unit in merged for place in units[unit]]
            if any(place.counted for place in members):
                found.append(_group(guide, grades, merged, post or None, members))
    return found


def lines_of(
    guide: Calibration,
    group: Group,
    before: Mapping[str, str | None],
    now: Mapping[str, str | None],
) -> list[Line]:
    """Compare a group with its guide; ``before`` and ``now`` are grades by people's codes.

    Who is not in them is guided, and not counted.
    """
    was, has = (Counter(each[p] for p in group.people if p in each) for each in (before, now))
    return [
        Line(grade, count, was[grade], has[grade], limit_of(guide, grade))
        for grade, count in group.guide.items()
    ]


def limit_of(guide: Calibration, grade: str) -> Limit | None:
    """Return from which side a grade is limited; with no limit declared, each is from above."""
    if grade in guide.at_least:
        return "at_least"
    if grade in guide.at_most or not (guide.at_most or guide.at_least):
        return "at_most"
    return None


def shares_for(guide: Calibration, result: Fraction | None) -> dict[str, Fraction]:
    """Return the shares of a group with this result; they sum to one."""
    usual = {grade: Fraction(share) for grade, share in guide.distribution}
    named = _named(guide.by_result, result)
    if named is None:
        return usual
    best = {grade: Fraction(share) for grade, share in named}
    others = {grade: share for grade, share in usual.items() if grade not in best}
    left, among = 1 - sum(best.values()), sum(others.values())
    # Where nobody shares what is left, there is nothing left: the checks of the policy say so.
    return best | {grade: left * share / (among or 1) for grade, share in others.items()}


def guide_for(shares: Mapping[str, Fraction], grades: Sequence[str], people: int) -> dict[str, int]:
    """Share ``people`` out over the grades by largest remainder."""
    whole = lcm(*(share.denominator for share in shares.values()))
    weights = [int(shares.get(grade, Fraction(0)) * whole) for grade in grades]
    counts = apportion(Decimal(people), weights, ONE_PERSON)
    return {grade: int(count) for grade, count in zip(grades, counts, strict=True)}


def _named(by_result: ByResult | None, result: Fraction | None) -> Shares | None:
    if by_result is None or result is None:
        return None
    return next((row.shares for row in by_result.rows if result >= Fraction(row.start)), None)


def _merged(units: Mapping[str, Sequence[Place]], least: int) -> list[tuple[str, ...]]:
    """Put units with too few people together, and with the smallest other where that is too few."""
    size = {unit: sum(place.counted for place in places) for unit, places in units.items()}
    small = sorted(unit for unit in units if size[unit] < least)
    large = sorted((unit for unit in units if size[unit] >= least), key=lambda u: (size[u], u))
    if small and large and sum(size[unit] for unit in small) < least:
        small, large = sorted([*small, large[0]]), large[1:]
    together = [tuple(small)] if small else []
    return sorted([*together, *((unit,) for unit in large)])


def _group(
    guide: Calibration,
    grades: Sequence[str],
    units: tuple[str, ...],
    post: str | None,
    members: Sequence[Place],
) -> Group:
    people = tuple(sorted(place.person for place in members if place.counted))
    result = _result(guide.by_result, members)
    shares = shares_for(guide, result)
    return Group(units, post, people, result, guide_for(shares, grades, len(people)))


def _result(by_result: ByResult | None, members: Sequence[Place]) -> Fraction | None:
    """Return the attainment of all members together, or their mean total."""
    if by_result is None:
        return None
    if by_result.kpi is None:
        totals = [Fraction(place.total) for place in members if place.total is not None]
        return sum(totals, Fraction(0)) / len(totals) if totals else None
    measured = [
        (Fraction(place.actual), Fraction(place.target))
        for place in members
        if place.actual is not None and place.target is not None
    ]
    target = sum((each[1] for each in measured), Fraction(0))
    return sum((each[0] for each in measured), Fraction(0)) / target if target > 0 else None
