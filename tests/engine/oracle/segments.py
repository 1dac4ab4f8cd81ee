"""Parts of a period put together: points and total by days, amounts and targets added up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.model import Policy
from tests.engine.oracle.numbers import half_up, mean
from tests.engine.oracle.people import Row

DIVISIBLE = {"money", "count", "days"}


def together(policy: Policy, parts: list[Row]) -> list[dict[str, Any]]:
    """Return what is known of each person: of all other facts, the last part's."""
    people: dict[str, list[Row]] = {}
    for part in sorted(parts, key=lambda row: row["segment"]):
        people.setdefault(part["person"], []).append(part)
    return [of_person(policy, own) for own in people.values()]


def of_person(policy: Policy, own: list[Row]) -> dict[str, Any]:
    last, known = own[-1], {each["state"] for each in own}
    found = {name: last[name] for name in own[-1].given} | {"segment": None}
    found |= {name: sum((each[name] for each in own), Fraction(0)) for name in added(policy)}
    for name, digits in by_days(policy).items():
        worth = mean((each[name], each["days_in_post"]) for each in own)
        found[name] = half_up(worth, digits)
    total = found["total.before_veto"]
    found["state"] = next(
        (state for state in ("too_short", "pending") if state in known),
        "not_appraisable" if total is None else "appraised",
    )
    if found["state"] != "appraised":
        found["total.before_veto"] = None
    return found


def added(policy: Policy) -> list[str]:
    return [
        "days_in_post",
        *(each.code for each in policy.measures if not each.ratio and each.period == "this"),
        *(each.code for each in policy.targets if each.prorate or each.unit in DIVISIBLE),
    ]


def by_days(policy: Policy) -> dict[str, int]:
    points = policy.rounding.points
    return {
        **{f"{kpi.code}.points": points for kpi in policy.kpis},
        **{f"dimension.{each.code}": points for each in policy.dimensions},
        "total.before_veto": policy.rounding.total,
    }
