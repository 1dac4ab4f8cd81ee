"""Pools of teams: what triggers them, and whom they are shared among, to the minor unit."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from babel.numbers import get_currency_precision

from engine.model import Kpi, Policy, Pool
from tests.engine.oracle.formulas import holds, value
from tests.engine.oracle.numbers import Worth, half_up
from tests.engine.oracle.people import Row, Ways
from tests.engine.oracle.scoring import attainment


def pooled(policy: Policy, rows: list[Row]) -> Ways:
    ways = team_figures(policy, rows)
    for pool in policy.pools:
        ways[f"pool.{pool.code}.trigger"] = lambda row, of=pool: triggered(
            policy, of, team(row, rows)
        )
        ways[f"pool.{pool.code}.fund"] = lambda row, of=pool: fund(policy, of, team(row, rows))
        ways[f"pool.{pool.code}.weight"] = lambda row, of=pool: weight(policy, of, row)
        ways[f"pool.{pool.code}.share"] = lambda row, of=pool: share(
            policy, of, row, team(row, rows)
        )
    return ways


def team_figures(policy: Policy, rows: list[Row]) -> Ways:
    """Give what is shown of a team: sums, and attainments of sums."""
    ways: Ways = {"team.size": lambda row: Fraction(len(team(row, rows)))}
    ways |= {
        f"team.{each.code}": lambda row, code=each.code: summed(code, team(row, rows))
        for each in (*policy.measures, *policy.targets)
    }
    for kpi in policy.kpis:
        for name, of in (("actual", kpi.actual), ("target", str(kpi.target))):
            ways[f"team.{kpi.code}.{name}"] = lambda row, of=of: summed(of, team(row, rows))
        ways[f"team.{kpi.code}.attainment"] = lambda row, kpi=kpi: half_up(
            of_sums(kpi, team(row, rows)), policy.rounding.attainment
        )
    return ways


def summed(code: str, members: list[Row]) -> Fraction:
    return sum((row[code] for row in members), Fraction(0))


def team(row: Row, rows: list[Row]) -> list[Row]:
    return sorted(
        (each for each in rows if each["team"] == row["team"]), key=lambda each: each["person"]
    )


def triggered(policy: Policy, pool: Pool, members: list[Row]) -> bool:
    return holds(pool.trigger, lambda name: of_team(policy, pool, members, name))


def fund(policy: Policy, pool: Pool, members: list[Row]) -> Worth:
    found = value(pool.fund, lambda name: of_team(policy, pool, members, name))
    return half_up(found, get_currency_precision(policy.currency))


def of_team(policy: Policy, pool: Pool, members: list[Row], name: str) -> Any:
    """Give a team's figure: a sum, or the attainment of sums."""
    if not name.startswith("team."):
        return members[0][name]
    code, _, part = name.removeprefix("team.").partition(".")
    if not part:
        return Fraction(len(members)) if code == "size" else summed(code, members)
    kpi = next(each for each in policy.kpis if each.code == code)
    exact = of_sums(kpi, members)
    return exact if pool.compare == "exact" else half_up(exact, policy.rounding.attainment)


def of_sums(kpi: Kpi, members: list[Row]) -> Worth:
    actual, target = (summed(str(name), members) for name in (kpi.actual, kpi.target))
    return attainment(kpi, actual, target)


def share(policy: Policy, pool: Pool, row: Row, members: list[Row]) -> Worth:
    if not triggered(policy, pool, members):
        return None
    whole = max(fund(policy, pool, members) or Fraction(0), Fraction(0))
    weights = [each[f"pool.{pool.code}.weight"] for each in members]
    parts = shared(whole, weights, get_currency_precision(policy.currency))
    return next(part for each, part in zip(members, parts, strict=True) if each is row)


def weight(policy: Policy, pool: Pool, row: Row) -> Fraction:
    """Give what a member's share is by: a contribution as it is shown."""
    if pool.eligible is not None and not holds(pool.eligible, row.rewarded):
        return Fraction(0)
    if pool.share == "equal":
        return Fraction(1)
    found = row["total"] if pool.share == "score" else half_up(row[pool.by], shown(policy, pool))
    return max(found or Fraction(0), Fraction(0))


def shown(policy: Policy, pool: Pool) -> int:
    measure = next(each for each in policy.measures if each.code == pool.by)
    return {"money": policy.rounding.money, "count": 4, "days": 4}[measure.unit]


def shared(fund: Fraction, weights: list[Fraction], places: int) -> list[Worth]:
    """Minor units by the largest remainder; the members come sorted by code."""
    total = sum(weights)
    if not total:
        return [None] * len(weights)
    units = [fund * 10**places * each / total for each in weights]
    parts = [floor(each) for each in units]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - units[place], place))
    for place in order[: int(fund * 10**places) - sum(parts)]:
        parts[place] += 1
    return [
        Fraction(part, 10**places) if each else None
        for part, each in zip(parts, weights, strict=True)
    ]
