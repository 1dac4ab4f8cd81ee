"""Definitions in words: the formula as written, and the same with a person's numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.definitions import (
    Appraised,
    Attainment,
    Bands,
    ByLabel,
    Calibrated,
    Conclusion,
    Condition,
    Formula,
    Lookup,
    Mean,
    Ratio,
    Share,
    TeamSum,
    Weight,
    What,
)
from engine.expression import Expression, Name
from engine.model import Table
from engine.plain import plain_number
from engine.wording import spell

Put = Callable[[str], str]


def described(what: What, row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the formula, and the formula with the values of ``row`` in place of names."""

    return _written(what, str), _written(what, _putting(row))


def put_in(formula: Expression, row: Mapping[str, Any]) -> str:
    """Return a formula with the values of ``row`` in place of names."""
    return spell(formula, _putting(row))


def _putting(row: Mapping[str, Any]) -> Put:
    return lambda name: worded(
        row.get("final_grade" if name == "grade" and "final_grade" in row else name), name
    )


def worded(value: object, name: str) -> str:
    """Word a value; a name that is none (a grade's code) stays as it is."""
    if value is None:
        return name if name not in {"team", "person"} and name.isupper() else "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_number(value) if isinstance(value, Decimal) else str(value)


def _written(what: What, put: Put) -> str:  # noqa: PLR0911, PLR0912 (one return per kind)
    match what:
        case Formula() | Condition():
            return spell(what.of, put)
        case Lookup():
            return _bounded(
                f"{_table(what.table)}({spell(what.table.of, put)})", what.floor, what.cap
            )
        case Ratio():
            return f"{put(what.top)} / {put(what.bottom)}"
        case Attainment():
            return _attainment(what, put)
        case Mean():
            top = " + ".join(f"{put(name)} * {plain_number(weight)}" for name, weight in what.terms)
            return _bounded(f"({top}) / weights", what.floor, what.cap)
        case Bands() | ByLabel():
            rows = "; ".join(f"{label}: {plain_number(number)}" for label, number in what.rows)
            return f"{put(what.of)} → [{rows}]"
        case Calibrated():
            return f"{put(what.given)} or {put(what.computed)}"
        case Appraised():
            return f"{put(what.of)} is known"
        case TeamSum():
            return f"team sum of {what.of}" if what.of else "team members"
        case Conclusion():
            return " or ".join(put(rule) for rule in what.rules)
        case Weight():
            return put(what.of) if what.of else "1"
        case Share():
            return f"{put(what.fund)} * {put(what.weight)} / team sum of {what.weight}"
        case _:
            return spell(what.when, put)


def _attainment(what: Attainment, put: Put) -> str:
    actual, target = put(what.actual), put(what.target)
    if what.better == "higher":
        return f"{actual} / {target}"
    return f"{target} / {actual}" if what.form == "ratio" else f"2 - {actual} / {target}"


def _table(table: Table) -> str:
    rows = ", ".join(
        f"{'…' if row.edge is None else plain_number(row.edge)}: {plain_number(row.value)}"
        for row in table.rows
    )
    return f"{table.kind}[{rows}]"


def _bounded(text: str, floor: Decimal | None, cap: Decimal | None) -> str:
    if cap is not None:
        text = f"min({text}, {plain_number(cap)})"
    return text if floor is None else f"max({text}, {plain_number(floor)})"


def shortfall(node: Expression, row: Mapping[str, Any]) -> Decimal | None:
    """Return by how much a comparison fails, where both sides are plain names or numbers."""
    left, right = (
        _plain_value(side, row)
        for side in (getattr(node, "left", None), getattr(node, "right", None))
    )
    return None if left is None or right is None else abs(left - right)


def _plain_value(node: Any, row: Mapping[str, Any]) -> Decimal | None:
    value = row.get(node.name) if isinstance(node, Name) else getattr(node, "value", None)
    return value if isinstance(value, Decimal) else None
