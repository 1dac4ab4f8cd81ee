"""By how much a comparison fails: a number, or grades and the points to the nearest of them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from engine.language.expression import (
    Binary,
    Call,
    Compare,
    Expression,
    Member,
    Name,
    Negative,
    Number,
    Text,
)
from engine.measures import rounded_ratio
from engine.model import Grade

_PLACES = 10  # what is shown of a difference, HALF_UP


@dataclass(frozen=True, slots=True)
class Shortfall:
    """``amount`` between the two sides; or ``grades`` away, and the ``points`` that takes.

    ``amount`` is of what ``name`` is called; without one it is a number of no unit. Points are
    None where fewer points would do, or people gave the grade.
    """

    amount: Decimal | None = None
    name: str | None = None
    grades: int | None = None
    points: Decimal | None = None


def shortfall(
    leaf: Expression, row: Mapping[str, Any], grades: tuple[Grade, ...] = ()
) -> Shortfall:
    """Measure a comparison that does not hold; empty where it cannot be told."""
    wanted = _wanted(leaf, grades)
    if wanted is not None:
        return _grades_away(wanted, row, grades)
    if not isinstance(leaf, Compare):
        return Shortfall()
    left, right = _value(leaf.left, row), _value(leaf.right, row)
    if left is None or right is None:
        return Shortfall()
    gap = abs(left - right)
    amount = rounded_ratio(Decimal(gap.numerator), Decimal(gap.denominator), _PLACES)
    sides = (side.name for side in (leaf.left, leaf.right) if isinstance(side, Name))
    return Shortfall(amount, next(sides, None))


def _wanted(leaf: Expression, grades: tuple[Grade, ...]) -> set[str] | None:
    """Return the grades with which ``leaf`` holds, or None where it is not about grades."""
    everything = {grade.code for grade in grades}
    of = leaf.of if isinstance(leaf, Member) else getattr(leaf, "left", None)
    if not isinstance(of, Name) or of.name not in {"grade", "final_grade"}:
        return None
    match leaf:
        case Member():
            return everything & set(leaf.options) if leaf.inside else everything - {*leaf.options}
        case Compare(right=Name(name=code) | Text(value=code)):
            return everything & {code} if leaf.sign == "==" else everything - {code}
        case _:
            return None


def _grades_away(wanted: set[str], row: Mapping[str, Any], grades: tuple[Grade, ...]) -> Shortfall:
    place = {grade.code: number for number, grade in enumerate(grades)}
    has = place.get(row.get("final_grade") or row.get("grade") or "")
    if has is None or not wanted:
        return Shortfall()
    nearest = min((place[code] for code in wanted), key=lambda number: (abs(number - has), number))
    total, given = row.get("total"), row.get("calibrated_grade")
    rises = nearest < has and given is None
    points = grades[nearest].start - total if rises and total is not None else None
    return Shortfall(name="grade", grades=abs(nearest - has), points=points)


def _value(node: Expression, row: Mapping[str, Any]) -> Fraction | None:
    """Compute with the values that are shown; None for what is not applicable or no number."""
    match node:
        case Number():
            return Fraction(node.value)
        case Name():
            value = row.get(node.name)
            return Fraction(value) if isinstance(value, Decimal) else None
        case Negative():
            of = _value(node.of, row)
            return None if of is None else -of
        case Binary():
            return _computed(node.sign, (node.left, node.right), row)
        case Call():
            return _computed(node.function, node.arguments, row)
        case _:
            return None


def _computed(sign: str, of: tuple[Expression, ...], row: Mapping[str, Any]) -> Fraction | None:
    values = [_value(part, row) for part in of]
    known = [value for value in values if value is not None]
    compute = _COMPUTED.get(sign)
    return compute(*known) if compute and len(known) == len(values) else None


def _divided(top: Fraction, bottom: Fraction, otherwise: Fraction | None = None) -> Fraction | None:
    return top / bottom if bottom else otherwise


def _rounded(of: Fraction, places: Fraction) -> Fraction:
    shown = rounded_ratio(Decimal(of.numerator), Decimal(of.denominator), int(places))
    return Fraction(shown or 0)


# What a condition compares; `if` is left out, for its condition is no number.
_COMPUTED: dict[str, Callable[..., Fraction | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "divide": _divided,
    "min": min,
    "max": max,
    "abs": abs,
    "clamp": lambda of, low, high: min(max(of, low), high),
    "round": _rounded,
    "floor": floor,
    "ceil": ceil,
}
