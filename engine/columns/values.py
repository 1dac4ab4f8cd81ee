"""What a name stands for while a policy is compiled: a number and unit, a label or a flag."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from engine.columns.exact import Exact
from engine.errors import N_
from engine.schema.said import Said

# Powers of money and of days; counts, ratios and points are plain numbers. None: a bare literal,
# which fits every unit (`won_revenue >= 100000`).
Dimension = tuple[int, int] | None
DIMENSIONS: dict[str, Dimension] = {"money": (1, 0), "days": (0, 1)}
PLAIN: Dimension = (0, 0)


class Refused(Exception):  # noqa: N818 (it refuses one formula, not the program)
    """A definition that cannot be compiled, with what to say about it."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number and its unit; ``span`` bounds its value, where a fraction's own bounds are far."""

    exact: Exact
    dimension: Dimension
    span: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A text such as a grade; null when there is none."""

    column: pl.Expr
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Flag:
    """A truth, unknown (null) where one of its values is."""

    column: pl.Expr


Value = Numeric | Label | Flag


def dimension(unit: str) -> Dimension:
    return DIMENSIONS.get(unit, PLAIN)


def same(left: Dimension, right: Dimension) -> Dimension:
    """Return the unit that both have, a bare literal taking the other's; or raise Refused."""
    if left is None or right is None:
        return right if left is None else left
    if left != right:
        raise Refused(
            Said(
                "rules.units",
                N_("This puts together {left} and {right}."),
                N_("Compare and add only figures of one unit."),
                left=worded(left),
                right=worded(right),
            )
        )
    return left


def product(left: Dimension, right: Dimension, sign: int = 1) -> Dimension:
    if left is None or right is None:
        known = left if right is None else right
        return (
            None
            if known in {None, PLAIN}
            else (known if right is None or sign > 0 else _power(known, -1))
        )
    return (left[0] + sign * right[0], left[1] + sign * right[1])


def _power(of: Dimension, sign: int) -> Dimension:
    return None if of is None else (of[0] * sign, of[1] * sign)


def worded(of: Dimension) -> str:
    names = {None: "number", (0, 0): "number", (1, 0): "money", (0, 1): "days"}
    return names.get(of) or f"money^{of[0] if of else 0} days^{of[1] if of else 0}"
