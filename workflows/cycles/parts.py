"""The rows that a cycle is scored on: one a person, or one for each part of the period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.model import Policy, Target
from workflows.cycles.presence import Stay, counts_days, days_of, stays
from workflows.cycles.tables import Cycle
from workflows.reviews.moves import reviews_of
from workflows.targets.cascade import apportion
from workflows.targets.operations import targets_of_people

# What is had whole in every part of a period, and is not shared out among the parts.
_INDIVISIBLE = frozenset({"ratio", "points", "number"})


@dataclass(frozen=True, slots=True)
class Part:
    """A row of facts: a person's team, their records of [start, end), their days, their targets.

    ``label`` tells a person's parts apart (the first day, so that they sort by time), ``joined``
    is when those whom they manage are counted.
    """

    person_id: int
    person: str
    team: str | None
    label: str
    start: date
    end: date
    joined: date
    days: int
    targets: dict[str, Decimal]


def parts_of(session: Session, cycle: Cycle, policy: Policy) -> list[Part]:
    """Return the rows of everybody in the cycle, by person's code and then by time.

    Without segments a row is for the whole period; its days are those in post all the same.
    """
    present: dict[int, list[Stay]] = {}
    if counts_days(policy):
        present = stays(session, policy.scope.role, cycle.starts_on, cycle.ends_on)
    targets = targets_of_people(session, cycle)
    found: list[Part] = []
    for review in reviews_of(session, cycle):
        own = targets.get(review.person_id, {})
        there = present.get(review.person_id, [])
        team = review.team.code if review.team else None
        if policy.presence.segments and there:
            shared = _shared(policy, own, there)
            found += [_segment(stay, amounts) for stay, amounts in zip(there, shared, strict=True)]
        else:
            joined = there[0].start if there else cycle.starts_on
            found.append(
                Part(
                    review.person_id,
                    review.person.code,
                    team,
                    cycle.starts_on.isoformat(),
                    cycle.starts_on,
                    cycle.ends_on,
                    joined,
                    days_of(there),
                    own,
                )
            )
    return found


def _segment(stay: Stay, targets: dict[str, Decimal]) -> Part:
    return Part(
        stay.person.id,
        stay.person.code,
        stay.team.code,
        stay.start.isoformat(),
        stay.start,
        stay.end,
        stay.start,
        stay.days,
        targets,
    )


def _shared(policy: Policy, own: dict[str, Decimal], there: list[Stay]) -> list[dict[str, Decimal]]:
    """Give each part its targets: what days make smaller later, and a share of the others."""
    days = [stay.days for stay in there]
    amounts = {rule.code: _amounts(rule, own[rule.code], days) for rule in policy.targets}
    return [{code: each[place] for code, each in amounts.items()} for place in range(len(there))]


def _amounts(rule: Target, amount: Decimal, days: list[int]) -> list[Decimal]:
    if rule.prorate or rule.unit in _INDIVISIBLE:
        return [amount] * len(days)
    return apportion(amount, days, rule.round_to)
