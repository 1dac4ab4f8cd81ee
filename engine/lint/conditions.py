"""What a condition lets through: boxes of values, one for each way in which it can hold.

A box says of each compared quantity which values it may have. What cannot be understood
(a conclusion, a formula against a formula of another shape) is kept under its own wording,
so that equal things still meet and different ones are never mistaken for each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.columns.values import Refused
from engine.compiling.conditions import alternatives, pushed
from engine.language.expression import (
    Binary,
    Compare,
    Expression,
    Member,
    Name,
    Negative,
    Number,
    Text,
)
from engine.language.wording import spell
from engine.lint.ranges import Range, Reach
from engine.lint.spans import EVERYTHING, Spans, between, common, compared

Values = Spans | frozenset[str]
Box = Mapping[str, Values]
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_HOLDS: frozenset[str] = frozenset({"holds"})


@dataclass(frozen=True, slots=True)
class Way:
    """One set of comparisons that makes a condition hold; ``box`` is what they leave.

    ``bounds`` are the values that the same quantities can have at all; ``by_itself`` says
    whether each comparison could hold without the others.
    """

    leaves: tuple[Expression, ...]
    box: Box
    bounds: Box
    by_itself: bool

    @property
    def is_possible(self) -> bool:
        return all(self.box.values())


def ways(condition: Expression, reach: Reach) -> list[Way]:
    """Return every way in which a condition holds; none where there are too many to look at."""
    try:
        found = alternatives(pushed(condition))
    except Refused:
        return []
    return [_way(leaves, reach) for leaves in found]


def always_holds(leaf: Expression, reach: Reach) -> bool:
    """Say whether a comparison holds for every value that its quantity can have."""
    found = _quantity(leaf, reach)
    if found is None:
        return False
    _, values, possible = found
    if isinstance(values, frozenset):
        return isinstance(possible, frozenset) and possible <= values
    return (
        possible != EVERYTHING
        and not isinstance(possible, frozenset)
        and (common(values, possible) == possible)
    )


def overlap(left: Box, right: Box) -> Box | None:
    """Return what two boxes over the same quantities share; None where that is nothing."""
    if set(left) != set(right):
        return None
    shared = {key: _common(left[key], right[key]) for key in left}
    return shared if all(shared.values()) else None


def within(inner: Box, outer: Box) -> bool:
    """Say whether everything in ``inner`` is in ``outer``."""
    return all(key in inner and _common(inner[key], outer[key]) == inner[key] for key in outer)


def _way(leaves: tuple[Expression, ...], reach: Reach) -> Way:
    box: dict[str, Values] = {}
    bounds: dict[str, Values] = {}
    by_itself = True
    for leaf in leaves:
        key, values, possible = _quantity(leaf, reach) or (spell(leaf), _HOLDS, _HOLDS)
        bounds[key] = possible
        box[key] = _common(box.get(key, possible), values)
        by_itself = by_itself and bool(_common(possible, values))
    return Way(leaves, box, bounds, by_itself)


def _common(left: Values, right: Values) -> Values:
    if isinstance(left, frozenset) and isinstance(right, frozenset):
        return left & right
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    return common(left, right)


def _quantity(leaf: Expression, reach: Reach) -> tuple[str, Values, Values] | None:
    """Return what a comparison looks at, what it lets through, and what is possible at all."""
    match leaf:
        case Member(of=Name(name=name), options=options, inside=inside):
            return _labelled(name, frozenset(options), inside, reach)
        case Compare(
            left=Name(name=name), right=Name() | Text() as right, sign="==" | "!=" as sign
        ):
            if _named(name, reach) in reach.labels:
                option = right.name if isinstance(right, Name) else right.value
                return _labelled(name, frozenset({option}), sign == "==", reach)
            return _numeric(leaf, reach)
        case Compare():
            return _numeric(leaf, reach)
        case _:
            return None


def _named(name: str, reach: Reach) -> str:
    return "final_grade" if name == "grade" and "final_grade" in reach.labels else name


def _labelled(
    name: str, options: frozenset[str], inside: bool, reach: Reach
) -> tuple[str, Values, Values] | None:
    possible = reach.labels.get(_named(name, reach))
    if possible is None:
        return None
    return name, options if inside else possible - options, possible


def _numeric(leaf: Compare, reach: Reach) -> tuple[str, Values, Values]:
    """Look at ``left - right`` where neither is a constant, in the same order for equal pairs."""
    left, right, sign = leaf.left, leaf.right, leaf.sign
    if _constant(left, reach) is not None or (
        _constant(right, reach) is None and spell(right) < spell(left)
    ):
        left, right, sign = right, left, _TURNED[sign]
    edge = _constant(right, reach)
    if edge is None:
        both = Binary("-", left, right)
        return spell(both), compared(sign, Fraction(0)), _possible(reach.of(both))
    return spell(left), compared(sign, edge), _possible(reach.of(left))


def _constant(node: Expression, reach: Reach) -> Fraction | None:
    if not isinstance(node, Number | Name | Negative | Binary):
        return None
    low, high = reach.of(node)
    return low if low == high else None


def _possible(of: Range) -> Spans:
    return between(of.low, of.high)
