"""Alerts, suggestions and career paths whose conditions can never hold, or always do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from engine.checking.sections import Problem
from engine.errors import N_
from engine.facts import FactColumn
from engine.following import GONE, PAST
from engine.language.expression import Expression
from engine.language.wording import spell
from engine.lint.conditions import always_holds, ways
from engine.lint.ranges import Range, Reach
from engine.lint.rows import never_holds
from engine.model import Policy
from engine.schema.said import Said


def watched(policy: Policy, reach: Reach) -> Iterator[Problem]:
    """Yield what is doubtful in the conditions of alerts and of suggestions for plans."""
    live = _with(reach, GONE)
    for section, entries in (("alerts", policy.alerts), ("plans", policy.plans)):
        for each in entries:
            path = (section, each.code)
            yield from ((path, said) for said in _never(each.when, live))
            if _always(each.when, live):
                yield path, _says_nothing(section, each.when)


def careers(policy: Policy, reach: Reach) -> Iterator[Problem]:
    """Yield the career paths that nobody can be found eligible for."""
    totals = reach.numbers.get("total", Range())
    for each in policy.paths:
        past = _with(reach, *PAST)
        past.numbers["past.cycles"] = Range(Fraction(0), Fraction(each.cycles))
        for name in ("past.mean_total", "past.lowest_total"):
            past.numbers[name] = totals
        yield from ((("paths", each.code), said) for said in _never(each.when, past))


def _with(reach: Reach, *facts: FactColumn) -> Reach:
    """Return what is known of the figures, and how far these facts go at all."""
    more = {
        fact.name: Range(
            None if fact.least is None else Fraction(fact.least),
            None if fact.most is None else Fraction(fact.most),
        )
        for fact in facts
    }
    return replace(reach, numbers={**reach.numbers, **more})


def _never(when: Expression, reach: Reach) -> Iterator[Said]:
    possible = ways(when, reach)
    if possible and not any(way.is_possible for way in possible):
        yield never_holds(possible[0])


def _always(when: Expression, reach: Reach) -> bool:
    return any(all(always_holds(leaf, reach) for leaf in way.leaves) for way in ways(when, reach))


def _says_nothing(section: str, when: Expression) -> Said:
    message = (
        N_("`{condition}` always holds: everybody is alerted, and so nobody is.")
        if section == "alerts"
        else N_("`{condition}` always holds: it is suggested for everybody.")
    )
    return Said(
        "lint.always",
        message,
        N_("Compare with what only some of them have."),
        condition=spell(when),
    )
