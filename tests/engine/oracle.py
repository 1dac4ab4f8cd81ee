"""What a policy gives, worked out a second way: Fraction and plain loops, one person at a time.

Written from the language's rules, not from the engine: it shares the model and the parsed
formulas, and nothing that computes. None is "not applicable".
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from engine.expression import (
    Binary,
    Call,
    Compare,
    Either,
    Every,
    Expression,
    Member,
    Name,
    Negative,
    Not,
    Number,
    Text,
)
from engine.model import AnyTable, Kpi, Policy, Pool
from tests.engine.oracle_tables import looked_up

Row = dict[str, Any]


def half_up(value: Fraction | None, digits: int) -> Fraction | None:
    if value is None:
        return None
    whole = floor(abs(value) * 10**digits + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def outcome(policy: Policy, facts: list[Row]) -> dict[str, Row]:
    """Return every value by person: numbers as Fraction, grades as text, rules as truth."""
    rows = [measured(policy, dict(fact)) for fact in facts]
    for row in rows:
        granted(policy, row)
    for pool in policy.pools:
        paid(policy, pool, rows)
    return {row["person"]: row for row in rows}


def measured(policy: Policy, row: Row) -> Row:
    for constant in policy.constants:
        row[constant.code] = Fraction(constant.value)
    for measure in policy.measures:
        if measure.ratio:
            top, bottom = (row[name] for name in measure.ratio)
            row[measure.code] = divided(
                top, bottom, Fraction(0) if measure.if_zero == "zero" else None
            )
    for kpi in policy.kpis:
        scored(policy, kpi, row)
    if policy.kpis:
        total = mean([(row[f"{kpi.code}.points"], Fraction(kpi.weight)) for kpi in policy.kpis])
        row["total"] = half_up(
            bounded(total, policy.total.floor, policy.total.cap), policy.rounding.total
        )
        row["grade"] = (
            None
            if row["total"] is None
            else next(
                (grade.code for grade in policy.grades if row["total"] >= grade.start),
                policy.grades[-1].code,
            )
        )
    return row


def divided(
    top: Fraction | None, bottom: Fraction | None, zero: Fraction | None
) -> Fraction | None:
    if top is None or bottom is None:
        return None
    return top / bottom if bottom else zero


def bounded(value: Fraction | None, low: Decimal | None, high: Decimal | None) -> Fraction | None:
    if value is None:
        return None
    if high is not None:
        value = min(value, Fraction(high))
    return value if low is None else max(value, Fraction(low))


def mean(terms: list[tuple[Fraction | None, Fraction]]) -> Fraction | None:
    known = [(points, weight) for points, weight in terms if points is not None]
    weights = sum(weight for _, weight in known)
    return (
        sum((points * weight for points, weight in known), Fraction(0)) / weights
        if weights
        else None
    )


def scored(policy: Policy, kpi: Kpi, row: Row) -> None:
    actual = row[kpi.actual]
    row[f"{kpi.code}.actual"] = actual
    if kpi.target is not None:
        target = row[kpi.target] if isinstance(kpi.target, str) else Fraction(kpi.target)
        row[f"{kpi.code}.target"] = target
        row[f"{kpi.code}.attainment"] = half_up(
            attained(kpi, actual, target), policy.rounding.attainment
        )
    own = {name: row.get(f"{kpi.code}.{name}") for name in ("actual", "target", "attainment")}
    for name, anchor in (("threshold", kpi.threshold), ("stretch", kpi.stretch)):
        if anchor is not None:
            own[name] = row[anchor] if isinstance(anchor, str) else Fraction(anchor)
    if kpi.score is None:
        attainment = own["attainment"]
        points = None if attainment is None else attainment * 100
    elif isinstance(kpi.score, AnyTable):
        points = looked_up(kpi.score, lambda formula: value(formula, {**row, **own}))
    else:
        points = value(kpi.score, {**row, **own})
    points = bounded(points, kpi.floor, kpi.cap)
    if kpi.gate is not None and (own["attainment"] is None or own["attainment"] < kpi.gate):
        points = None if own["attainment"] is None else Fraction(0)
    row[f"{kpi.code}.points"] = half_up(points, policy.rounding.points)


def attained(kpi: Kpi, actual: Fraction | None, target: Fraction | None) -> Fraction | None:
    worth = {"full": Fraction(1), "zero": Fraction(0), "not_applicable": None}
    if kpi.better == "higher":
        return divided(actual, target, worth[kpi.if_zero_target])
    if kpi.form == "ratio":
        return divided(target, actual, worth[kpi.if_zero_actual])
    if actual is None or target is None:
        return None
    return 2 - actual / target if target else worth[kpi.if_zero_target]


def granted(policy: Policy, row: Row) -> None:
    if policy.kpis:
        row["final_grade"] = row.get("calibrated_grade") or row["grade"]
        row["coefficient"] = next(
            (
                Fraction(grade.coefficient)
                for grade in policy.grades
                if grade.code == row["final_grade"]
            ),
            None,
        )
    for rule in policy.rules:
        row[f"rule.{rule.code}"] = holds(rule.when, seen(row))
        for place, action in enumerate(rule.then, 1):
            if action.conclude:
                row[action.conclude] = row.get(action.conclude, False) or row[f"rule.{rule.code}"]
            if action.amount is not None:
                row[f"rule.{rule.code}.amount{place}"] = half_up(
                    value(action.amount, seen(row)), policy.rounding.money
                )
    for step in policy.steps:
        found = (
            looked_up(step.table, lambda formula: value(formula, seen(row)))
            if step.table
            else value(step.formula, seen(row))
        )  # type: ignore[arg-type]
        row[step.code] = half_up(
            found, step.digits if step.digits is not None else policy.rounding.money
        )


def seen(row: Row) -> Row:
    return {**row, "grade": row.get("final_grade")}


def paid(policy: Policy, pool: Pool, rows: list[Row]) -> None:
    for team in {row["team"] for row in rows}:
        members = sorted(
            (row for row in rows if row["team"] == team), key=lambda row: row["person"]
        )
        sums = team_sums(policy, pool, members)
        trigger = holds(pool.trigger, sums)
        fund = half_up(value(pool.fund, sums), 2) or Fraction(0)
        weights = [weight(pool, row) for row in members]
        for row, share in zip(members, shared(max(fund, Fraction(0)), weights), strict=True):
            row[f"pool.{pool.code}.trigger"] = trigger
            row[f"pool.{pool.code}.share"] = share if trigger else None


def team_sums(policy: Policy, pool: Pool, members: list[Row]) -> Row:
    names = [
        each.code
        for each in (*policy.measures, *policy.targets)
        if not getattr(each, "ratio", None)
    ]
    sums: Row = {f"team.{name}": sum((row[name] for row in members), Fraction(0)) for name in names}
    for kpi in policy.kpis:
        if isinstance(kpi.target, str) and f"team.{kpi.actual}" in sums:
            exact = attained(kpi, sums[f"team.{kpi.actual}"], sums[f"team.{kpi.target}"])
            shown = half_up(exact, policy.rounding.attainment)
            sums[f"team.{kpi.code}.attainment"] = exact if pool.compare == "exact" else shown
    return sums


def weight(pool: Pool, row: Row) -> Fraction:
    if pool.eligible is not None and not holds(pool.eligible, seen(row)):
        return Fraction(0)
    worth = {
        "equal": Fraction(1),
        "score": row.get("total"),
        "contribution": row.get(pool.by or ""),
    }[pool.share]
    return max(worth or Fraction(0), Fraction(0))


def shared(fund: Fraction, weights: list[Fraction]) -> list[Fraction | None]:
    """Cents by the largest remainder; the members come sorted by code."""
    total = sum(weights)
    if not total:
        return [None] * len(weights)
    cents = [fund * 100 * each / total for each in weights]
    parts = [floor(each) for each in cents]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - cents[place], place))
    for place in order[: int(fund * 100) - sum(parts)]:
        parts[place] += 1
    return [
        Fraction(part, 100) if each else None for part, each in zip(parts, weights, strict=True)
    ]


def holds(node: Expression, row: Row) -> bool:
    """A condition holds only when it is known to: what is unknown is not true, negated or not."""
    return truth(node, row) is True


def truth(node: Expression, row: Row) -> bool | None:
    match node:
        case Every():
            found = [truth(each, row) for each in node.of]
            return False if False in found else None if None in found else True
        case Either():
            found = [truth(each, row) for each in node.of]
            return True if True in found else None if None in found else False
        case Not():
            inner = truth(node.of, row)
            return None if inner is None else not inner
        case Member():
            label = value(node.of, row)
            return None if label is None else (label in node.options) == node.inside
        case Compare():
            return compared(node, row)
        case _:
            found_ = value(node, row)
            assert found_ is None or isinstance(found_, bool)
            return found_


def compared(node: Compare, row: Row) -> bool | None:
    left = value(node.left, row)
    right: Any = node.right.name if isinstance(left, str) and isinstance(node.right, Name) else None
    right = value(node.right, row) if right is None else right
    if left is None or right is None:
        return None
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }[node.sign]


def value(node: Expression, row: Row) -> Any:  # noqa: PLR0911
    match node:
        case Number():
            return Fraction(node.value)
        case Text():
            return node.value
        case Name():
            return row.get(node.name)
        case Negative():
            inner = value(node.of, row)
            return None if inner is None else -inner
        case Binary():
            left, right = value(node.left, row), value(node.right, row)
            if left is None or right is None:
                return None
            return (
                {"+": left + right, "-": left - right, "*": left * right}.get(node.sign)
                if node.sign != "/"
                else left / right
            )
        case Call():
            return called(node, row)
        case _:
            return truth(node, row)


def called(node: Call, row: Row) -> Any:  # noqa: PLR0911
    if node.function == "if":
        condition = truth(node.arguments[0], row)
        return None if condition is None else value(node.arguments[1 if condition else 2], row)
    if node.function == "divide":
        top, bottom = value(node.arguments[0], row), value(node.arguments[1], row)
        if bottom == 0:
            return value(node.arguments[2], row)
        return divided(top, bottom, None)
    found = [value(each, row) for each in node.arguments]
    if None in found:
        return None
    match node.function:
        case "min":
            return min(found)
        case "max":
            return max(found)
        case "round":
            return half_up(found[0], int(found[1]))
        case "clamp":
            return min(max(found[0], found[1]), found[2])
        case "floor":
            return Fraction(floor(found[0]))
        case "ceil":
            return Fraction(ceil(found[0]))
        case _:
            return abs(found[0])
