"""What would change it: the smallest move of one figure that lifts a grade or triggers a grant.

Candidates of all figures are evaluated in one frame; then those between the last that fails
and the first that succeeds, until one step less does not do it. A figure of few steps is
tried step by step, so there the smallest is the smallest of all. One of many (money) is tried
at points first: what holds only between two neighbouring points is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import polars as pl

from engine.model import Bilingual, Policy
from engine.outlook.candidates import Candidate, Given, Standing, Trial
from engine.outlook.levers import Lever, levers
from engine.version import Version

MAX_ROWS = 200_000  # in one frame: candidates × the people who must be in each
DENSE, POINTS, BETWEEN = 500, 128, 48  # steps that are all tried; points at first; then between
FEWEST = 16  # points of a figure in a direction, below which a search says nothing
GRADE = -1  # the goal beside those of the offers, which go by their place


@dataclass(frozen=True, slots=True)
class Difference:
    """A grant that comes, goes or changes: ``before`` and ``after`` are as in a standing."""

    kind: str
    rule: str
    text: Bilingual
    before: Given
    after: Given


@dataclass(frozen=True, slots=True)
class Change:
    """Moving ``lever`` ``by`` so much (below zero: down) leads from ``before`` to ``after``."""

    lever: Lever
    by: Decimal
    before: Standing
    after: Standing
    grants: tuple[Difference, ...]

    @property
    def money(self) -> Decimal:
        """What it is worth, in the policy's currency."""
        return self.after.money - self.before.money


@dataclass(frozen=True, slots=True)
class Outlook:
    """The changes of one person, by figure and size; ``unmoved`` are the figures without any.

    ``crowd``: so many people would have to be in each scenario that nothing was looked for.
    ``calibrated``: the grade was given by people, and no figure moves it.
    """

    person: str
    standing: Standing
    changes: tuple[Change, ...]
    unmoved: tuple[Lever, ...]
    calibrated: bool = False
    crowd: int | None = None


def changes(version: Version, facts: pl.DataFrame, person: str) -> Outlook:
    """Return what would change the result of ``person`` among the people of ``facts``.

    ``version`` is compiled with ``scenarios=True``; ``facts`` are one scope as ``evaluate``
    takes it, without a ``scenario``. A move counts if it lifts the grade, or if something is
    given that was not (or ends) while grade, total and money do not fall. Raises KaohengError
    for a person who is not there.
    """
    trial = Trial(version, facts, person)
    found = levers(version, trial.row, trial.most)
    searches = [
        Search(lever, sign, reach)
        for lever in found
        for sign in (1, -1)
        if (reach := lever.steps(sign))
    ]
    (standing,) = trial.standings([None])
    calibrated = trial.row.get("calibrated_grade") is not None
    room = MAX_ROWS // trial.height // max(len(searches), 1)
    if room < FEWEST:
        return Outlook(person, standing, (), found, calibrated, crowd=trial.height)
    _search(trial, Goals(version.policy, standing), searches, room)
    named = tuple(
        _change(trial, standing, each, count) for each in searches for count in each.smallest()
    )
    moved = {change.lever.name for change in named}
    unmoved = tuple(each for each in found if each.name not in moved)
    return Outlook(person, standing, named, unmoved, calibrated)


class Goals:
    """What is worth naming, against what somebody has."""

    def __init__(self, policy: Policy, start: Standing) -> None:
        self.start = start
        self.ranks = {grade.code: -place for place, grade in enumerate(policy.grades)}

    def reached(self, after: Standing) -> frozenset[int]:
        """Return the goals that ``after`` reaches: ``GRADE``, or the place of an offer."""
        start = self.start
        lifted = self._rank(after) > self._rank(start)
        if not lifted and (
            self._rank(after) < self._rank(start)
            or (after.total or 0) < (start.total or 0)
            or after.money < start.money
        ):
            return frozenset()
        turned = {
            place
            for place, (before, now) in enumerate(zip(start.given, after.given, strict=True))
            if (before is None) != (now is None)
        }
        return frozenset(turned | {GRADE} if lifted else turned)

    def _rank(self, of: Standing) -> int:
        return self.ranks.get(of.grade or "", -len(self.ranks))


class Search:
    """One lever in one direction: what was tried, by the number of steps, and what it reached."""

    def __init__(self, lever: Lever, sign: int, reach: int) -> None:
        self.lever, self.sign, self.reach = lever, sign, reach
        self.tried: dict[int, tuple[Standing | None, frozenset[int]]] = {0: (None, frozenset())}

    def next(self, room: int) -> set[int]:
        """Return the numbers of steps to try now, at most about ``room``; none: it is found."""
        if len(self.tried) == 1:
            return _points(self.reach, room)
        brackets = {(below, first) for below, first in self._brackets() if first - below > 1}
        return {
            count
            for below, first in brackets
            for count in _between(below, first, min(BETWEEN, room // len(brackets)))
        }

    def smallest(self) -> list[int]:
        """Return for each goal reached the fewest steps, once each, in order."""
        return sorted({first for _, first in self._brackets()})

    def _brackets(self) -> Iterator[tuple[int, int]]:
        """Give for each goal the last number of steps tried before the first that reaches it."""
        counts = sorted(self.tried)
        met: set[int] = set()
        for below, count in pairwise(counts):
            goals = self.tried[count][1]
            if goals - met:
                yield below, count
            met |= goals


def _search(trial: Trial, goals: Goals, searches: list[Search], room: int) -> None:
    """Try points for all searches at once, closer and closer, until each has its smallest."""
    while wanted := [(each, count) for each in searches for count in sorted(each.next(room))]:
        found = trial.standings(
            [Candidate(each.lever, each.sign * count) for each, count in wanted]
        )
        for (each, count), standing in zip(wanted, found, strict=True):
            each.tried[count] = (standing, goals.reached(standing))


def _points(reach: int, room: int) -> set[int]:
    """Spread points from 1 to ``reach``: every one of few, else powers of two and even ones."""
    if reach <= min(DENSE, room):
        return set(range(1, reach + 1))
    doubling = {2**power for power in range(reach.bit_length())}
    even = min(POINTS, max(room - len(doubling), 2))
    return doubling | {reach * place // even for place in range(1, even + 1)} - {0}


def _between(below: int, first: int, points: int) -> set[int]:
    """Spread points strictly between two numbers, at least one."""
    gap = first - below
    pieces = min(max(points, 1) + 1, gap)
    return {below + gap * place // pieces for place in range(1, pieces)}


def _change(trial: Trial, before: Standing, search: Search, count: int) -> Change:
    after = search.tried[count][0]
    assert after is not None, "it was tried"
    differences = tuple(
        Difference(offer.kind, offer.rule, offer.text, old, new)
        for offer, old, new in zip(trial.offers, before.given, after.given, strict=True)
        if old != new
    )
    return Change(search.lever, search.lever.step * search.sign * count, before, after, differences)
