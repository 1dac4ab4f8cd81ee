"""Steps, looks across people, rules with their conclusions, and what the law holds back."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from engine.model import AnyTable, Guardrails, Policy, Rule, Step
from tests.engine.oracle.formulas import holds, value
from tests.engine.oracle.numbers import Worth, half_up, mean
from tests.engine.oracle.people import Row, Ways
from tests.engine.oracle.tables import looked_up

PENALTIES = {"deduction", "rate", "warning", "discipline"}
PLACES = {"count": 0, "ratio": 4, "points": 2, "days": 2}


def rewards(policy: Policy, rows: list[Row]) -> Ways:
    ways: Ways = {
        "final_grade": lambda row: row["calibrated_grade"] or row["grade"],
        "coefficient": lambda row: {
            grade.code: Fraction(grade.coefficient) for grade in policy.grades
        }.get(row["final_grade"]),
    }
    for step in policy.steps:
        ways[step.code] = lambda row, step=step: half_up(
            taken(step, row, rows, policy), digits(policy, step)
        )
    for rule in policy.rules:
        ways[f"rule.{rule.code}"] = lambda row, rule=rule: decided(policy, rule, row)
        for action in rule.then:
            if action.conclude:
                ways[action.conclude] = lambda row, name=action.conclude: concluded(
                    policy, name, row
                )
        for place, action in enumerate(rule.then, 1):
            if action.amount is not None:
                ways[f"rule.{rule.code}.amount{place}"] = lambda row, at=(rule, place): half_up(
                    amount(policy, *at, row), policy.rounding.money
                )
    return ways | limits(policy)


def digits(policy: Policy, step: Step) -> int:
    if step.digits is not None:
        return step.digits
    named = {"money": policy.rounding.money, "points": policy.rounding.points}
    return named.get(step.unit, PLACES.get(step.unit, 0))


def taken(step: Step, row: Row, rows: list[Row], policy: Policy) -> Worth:
    if step.over is not None:
        return across(step, row, rows, policy)
    if isinstance(step.table, AnyTable):
        return looked_up(step.table, lambda formula: value(formula, row.rewarded))
    assert step.formula is not None
    return value(step.formula, row.rewarded)  # type: ignore[no-any-return]


def across(step: Step, row: Row, rows: list[Row], policy: Policy) -> Worth:
    """Look over those who count in the row's own group."""
    over = step.over
    assert over
    mark = None if over.among == "all" else over.among

    def figure(each: Row) -> Worth:
        return Fraction(1) if over.of is None else value(over.of, each.rewarded)  # type: ignore[no-any-return]

    if mark is not None and row[mark] is None:
        return None
    group = [each for each in rows if mark is None or each[mark] == row[mark]]
    those = [each for each in group if over.where is None or holds(over.where, each.rewarded)]
    if over.take == "rank" and policy.guardrails and policy.guardrails.protected:
        those = [each for each in those if each[policy.guardrails.protected] is None]
    found = [worth for each in those if (worth := figure(each)) is not None]
    if over.take in {"rank", "share"}:
        own = figure(row) if any(each is row for each in those) else None
        if own is None:
            return None
        if over.take == "share":
            whole = sum(found, Fraction(0))
            return own / whole if whole else None
        better = [each for each in found if (each > own if over.best == "highest" else each < own)]
        return Fraction(1 + len(better if over.ties == "competition" else set(better)))
    return summed_up(over.take, found)


def summed_up(take: str, found: list[Fraction]) -> Worth:
    match take:
        case "count":
            return Fraction(len(found))
        case "sum":
            return sum(found, Fraction(0))
        case "mean":
            return mean((each, Fraction(1)) for each in found)
        case "min":
            return min(found, default=None)
        case _:
            return max(found, default=None)


def limits(policy: Policy) -> Ways:
    """Give what the law lets a policy take, and whom it protects."""
    guard, ways = policy.guardrails, Ways()
    if guard and guard.protected:
        ways["protected"] = lambda row: row[guard.protected] is not None
    if guard and guard.wage and guard.minimum_wage:
        ways["deduction.limit"] = lambda row: rounded_down(
            may_be_taken(guard, row), policy.rounding.money
        )
    return ways


def rounded_down(value: Worth, digits: int) -> Worth:
    """Never a part of a cent more than the law allows."""
    return None if value is None else Fraction(floor(value * 10**digits), 10**digits)


def may_be_taken(guard: Guardrails, row: Row) -> Worth:
    """A part of the wage, and nothing of the minimum wage."""
    wage, least = row[guard.wage], row[guard.minimum_wage]
    if wage is None or least is None:
        return None
    return max(min(wage * Fraction(guard.deduction_rate), wage - least), Fraction(0))


def amount(policy: Policy, rule: Rule, place: int, row: Row) -> Worth:
    """Work out what a rule gives; what it takes is negative, within what the law leaves."""
    action = rule.then[place - 1]
    assert action.amount is not None
    found: Worth = value(action.amount, row.rewarded)
    if action.grant != "deduction":
        return found
    left = row["deduction.limit"]
    if found is None or left is None:
        return None
    for name in taken_before(policy, rule, place, row):
        left += row[name] or 0
    return -max(min(found, left), Fraction(0))


def taken_before(policy: Policy, rule: Rule, place: int, row: Row) -> Iterator[str]:
    """Name the deductions, in the file's order, that come first and hold."""
    for other in policy.rules:
        for number, action in enumerate(other.then, 1):
            if (other.code, number) == (rule.code, place):
                return
            if action.grant == "deduction" and row[f"rule.{other.code}"]:
                yield f"rule.{other.code}.amount{number}"


def decided(policy: Policy, rule: Rule, row: Row) -> bool:
    """A rule that takes something holds for nobody whom the law protects."""
    protected = policy.guardrails.protected if policy.guardrails else None
    takes = any(action.grant in PENALTIES for action in rule.then)
    if takes and protected and row[protected] is not None:
        return False
    return holds(rule.when, row.rewarded)


def concluded(policy: Policy, name: str, row: Row) -> bool:
    return any(
        row[f"rule.{rule.code}"]
        for rule in policy.rules
        if any(action.conclude == name for action in rule.then)
    )
