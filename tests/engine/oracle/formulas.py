"""What a formula or condition is, worked out on Fractions; None: not known.

``row`` gives what a name stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import Any

from engine.language.expression import (
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
from tests.engine.oracle.numbers import divided, half_up

Look = Callable[[str], Any]


def holds(node: Expression, row: Look) -> bool:
    """A condition holds only when it is known to: what is unknown is not true, negated or not."""
    return truth(node, row) is True


def truth(node: Expression, row: Look) -> bool | None:
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


def compared(node: Compare, row: Look) -> bool | None:
    left = value(node.left, row)
    if left is None:
        return None
    word = isinstance(left, str) and isinstance(node.right, Name)
    right = node.right.name if word else value(node.right, row)  # type: ignore[union-attr]
    if right is None:
        return None
    return {
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
        "==": lambda: left == right,
        "!=": lambda: left != right,
    }[node.sign]()  # type: ignore[no-any-return]


def value(node: Expression, row: Look) -> Any:  # noqa: PLR0911 (one return per kind of node)
    match node:
        case Number():
            return Fraction(node.value)
        case Text():
            return node.value
        case Name():
            return row(node.name)
        case Negative():
            inner = value(node.of, row)
            return None if inner is None else -inner
        case Binary():
            return combined(node.sign, value(node.left, row), value(node.right, row))
        case Call():
            return called(node, row)
        case _:
            return truth(node, row)


def combined(sign: str, left: Fraction | None, right: Fraction | None) -> Fraction | None:
    if left is None or right is None:
        return None
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }[sign]()


def called(node: Call, row: Look) -> Any:
    """Work out a function; ``if``, ``divide`` and ``known`` look at what they need."""
    first, *rest = node.arguments
    if node.function == "known":
        return value(first, row) is not None
    if node.function == "if":
        condition = truth(first, row)
        return None if condition is None else value(rest[0 if condition else 1], row)
    if node.function == "divide":
        bottom = value(rest[0], row)
        return value(rest[1], row) if bottom == 0 else divided(value(first, row), bottom, None)
    found = [value(each, row) for each in node.arguments]
    return None if None in found else SIMPLE[node.function](*found)


SIMPLE: dict[str, Callable[..., Fraction | None]] = {
    "min": min,
    "max": max,
    "round": lambda of, digits: half_up(of, int(digits)),
    "clamp": lambda of, low, high: min(max(of, low), high),
    "floor": lambda of: Fraction(floor(of)),
    "ceil": lambda of: Fraction(ceil(of)),
    "abs": abs,
}
