"""How far each named value can go, and which labels a name can have.

Taken from what the policy declares: caps, floors, the rows of tables, the limits of inputs.
Bounds are safe: a value may not reach them, but never passes them. What is not understood
has none. KPIs count as applicable, and grades as nobody has calibrated them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from graphlib import TopologicalSorter
from typing import NamedTuple

from engine.compiling.references import references
from engine.definitions import (
    Attainment,
    Bands,
    ByLabel,
    Calibrated,
    Definition,
    Formula,
    Lookup,
    Lowered,
    Mean,
    Ratio,
)
from engine.facts import MOST, wanted
from engine.language.expression import Binary, Call, Expression, Name, Negative, Number
from engine.lint.spans import Bound
from engine.model import AnyTable, DecisionTable, GridTable, LineTable, Policy, Table


class Range(NamedTuple):
    low: Bound = None
    high: Bound = None


ANY, POSITIVE = Range(), Range(Fraction(0))


@dataclass(frozen=True, slots=True)
class Reach:
    """``numbers`` and ``labels`` by name; a name in neither can be anything."""

    numbers: dict[str, Range] = field(default_factory=dict)
    labels: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, node: Expression) -> Range:
        """Return how far a formula can go."""
        match node:
            case Number():
                return _only(node.value)
            case Name():
                return self.numbers.get(node.name, ANY)
            case Negative():
                return _negative(self.of(node.of))
            case Binary():
                return _BINARY[node.sign](self.of(node.left), self.of(node.right))
            case Call():
                worth = _CALLS.get(node.function)
                return worth([self.of(each) for each in node.arguments]) if worth else ANY
            case _:
                return ANY


def reach(policy: Policy, definitions: Sequence[Definition]) -> Reach:
    """Return the ranges of facts and definitions."""
    found = _facts(policy)
    known = {each.name: each for each in definitions}
    needs = {name: references(each) & set(known) for name, each in known.items()}
    for each in (known[name] for name in TopologicalSorter(needs).static_order()):
        match each.what:
            case Bands(of=of, rows=rows):
                found.labels[each.name] = _reached(found.numbers.get(of, ANY), rows)
            case Calibrated(computed=computed) if computed in found.labels:
                found.labels[each.name] = found.labels[computed]
            case Lowered(of=Bands(of=of, rows=rows), rows=lowering):
                reached = _reached(found.numbers.get(of, ANY), rows)
                found.labels[each.name] = reached | {label for _, label in lowering}
            case _:
                range_ = _range(each, found)
                found.numbers[each.name] = range_ if each.exact else _rounded(range_, each.digits)
    return found


def _facts(policy: Policy) -> Reach:
    """Take the limits of facts that somebody declared, and not what merely fits the columns."""
    found = Reach()
    for want in wanted(policy):
        if want.type == "number":
            widest = Decimal(MOST[want.unit])
            found.numbers[want.name] = Range(
                None if want.least == -widest else Fraction(want.least),
                None if want.most == widest else Fraction(want.most),
            )
        elif want.labels:
            found.labels[want.name] = frozenset(want.labels)
    return found


def _range(definition: Definition, known: Reach) -> Range:  # noqa: PLR0911 (one return per kind)
    numbers = known.numbers
    match definition.what:
        case Formula(of=of):
            return known.of(of)
        case Lookup(table=table, floor=floor, cap=cap, gate=gate):
            worth = clamped(_looked_up(table, known), floor, cap)
            return worth if gate is None else hull([worth, _only(Decimal(0))])
        case Ratio(top=top, bottom=bottom):
            return _quotient(numbers.get(top, ANY), numbers.get(bottom, ANY))
        case Attainment() as what:
            return _attainment(what, numbers)
        case Mean(terms=terms, floor=floor, cap=cap):
            return clamped(_mean(terms, numbers), floor, cap)
        case ByLabel(of=of, rows=rows):
            labels = known.labels.get(of)
            return hull(
                [_only(worth) for label, worth in rows if labels is None or label in labels]
            )
        case _:
            return ANY


def _only(value: Decimal) -> Range:
    return Range(Fraction(value), Fraction(value))


def hull(ranges: Sequence[Range]) -> Range:
    """Return the range that covers all of them; anything where there is none."""
    if not ranges:
        return ANY
    lows, highs = ([each[place] for each in ranges] for place in (0, 1))
    return Range(_all_known(lows, min), _all_known(highs, max))


def clamped(of: Range, floor: Decimal | None, cap: Decimal | None) -> Range:
    if cap is not None:
        of = _least([of, _only(cap)])
    return of if floor is None else _greatest([of, _only(floor)])


def _rounded(of: Range, digits: int) -> Range:
    def half_up(bound: Bound) -> Bound:
        if bound is None:
            return None
        exact = Decimal(bound.numerator) / Decimal(bound.denominator)
        return Fraction(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))

    return Range(*map(half_up, of))


def _reached(of: Range, rows: Sequence[tuple[str, Decimal]]) -> frozenset[str]:
    """Give the labels of the bands that ``of`` can fall into; the last one is open below."""
    found, above = set(), None
    for place, (label, edge) in enumerate(rows):
        low = None if place == len(rows) - 1 else Fraction(edge)
        beyond = low is not None and of.high is not None and of.high < low
        short = above is not None and of.low is not None and of.low >= above
        if not beyond and not short:
            found.add(label)
        above = low
    return frozenset(found)


def _looked_up(table: AnyTable, known: Reach) -> Range:
    match table:
        case Table(kind="steps" | "interpolate"):
            return hull([_only(row.value) for row in table.rows])
        case LineTable(points=points, before=before):
            ends = [point.value for point in points] + ([] if before is None else [before])
            return hull([known.of(each) for each in ends])
        case GridTable(values=values):
            return hull([_only(value) for value in values])
        case DecisionTable(hit="first" | "unique", rows=rows):
            return hull([known.of(row.value) for row in rows if row.value is not None])
        case Table(after=None) if known.of(table.of).low is not None:
            low = known.of(table.of).low or Fraction(0)
            return POSITIVE if low >= 0 and min(row.value for row in table.rows) >= 0 else ANY
        case _:
            return ANY


def _attainment(what: Attainment, numbers: Mapping[str, Range]) -> Range:
    actual, target = numbers.get(what.actual, ANY), numbers.get(what.target, ANY)
    zero_or_full = [Range(Fraction(0), Fraction(1))]
    if what.better == "lower" and what.form == "ratio":
        return hull([_quotient(target, actual), *zero_or_full])
    quotient = _quotient(actual, target)
    if what.better == "higher":
        return hull([quotient, *zero_or_full])
    return hull([_sum(_only(Decimal(2)), _negative(quotient)), *zero_or_full])


def _mean(terms: Sequence[tuple[str, Decimal | str]], numbers: Mapping[str, Range]) -> Range:
    """Put all terms together; where a weight is a person's own, any of them may count most."""
    ranges = {name: numbers.get(name, ANY) for name, _ in terms}
    fixed = [(name, weight) for name, weight in terms if isinstance(weight, Decimal) and weight]
    if len(fixed) < len([weight for _, weight in terms if weight]):
        return hull(list(ranges.values()))
    weights = sum((weight for _, weight in fixed), Decimal(0))
    total = _only(Decimal(0))
    for name, weight in fixed:
        total = _sum(total, _product(ranges[name], _only(weight / weights)))
    return total


def _sum(left: Range, right: Range) -> Range:
    return Range(
        None if left.low is None or right.low is None else left.low + right.low,
        None if left.high is None or right.high is None else left.high + right.high,
    )


def _negative(of: Range) -> Range:
    return Range(
        None if of.high is None else -of.high,
        None if of.low is None else -of.low,
    )


def _product(left: Range, right: Range) -> Range:
    corners = [
        one * other for one in left if one is not None for other in right if other is not None
    ]
    if len(corners) == 4:
        return Range(min(corners), max(corners))
    for one, other in ((left, right), (right, left)):
        if one.low is not None and one.low == one.high:
            return _scaled(other, one.low)
    return POSITIVE if _is_positive(left) and _is_positive(right) else ANY


def _scaled(of: Range, by: Fraction) -> Range:
    found = Range(*(None if bound is None else bound * by for bound in of))
    return found if by >= 0 else Range(found.high, found.low)


def _quotient(top: Range, bottom: Range) -> Range:
    """Bound ``top / bottom`` where the bottom is not negative; what is over zero has no value."""
    if bottom.low is None or bottom.low < 0 or not _is_positive(top):
        return ANY
    assert top.low is not None
    low = Fraction(0) if not bottom.high else top.low / bottom.high
    high = None if top.high is None or bottom.low == 0 else top.high / bottom.low
    return Range(low, high)


def _is_positive(of: Range) -> bool:
    return of.low is not None and of.low >= 0


def _all_known(bounds: Sequence[Bound], pick: Callable[[Sequence[Fraction]], Fraction]) -> Bound:
    known = [each for each in bounds if each is not None]
    return pick(known) if len(known) == len(bounds) else None


def _any_known(bounds: Sequence[Bound], pick: Callable[[Sequence[Fraction]], Fraction]) -> Bound:
    known = [each for each in bounds if each is not None]
    return pick(known) if known else None


def _least(of: Sequence[Range]) -> Range:
    return Range(
        _all_known([each.low for each in of], min), _any_known([each.high for each in of], min)
    )


def _greatest(of: Sequence[Range]) -> Range:
    return Range(
        _any_known([each.low for each in of], max), _all_known([each.high for each in of], max)
    )


def _widened(of: Range) -> Range:
    """Allow for rounding, by at most one."""
    return _sum(of, Range(Fraction(-1), Fraction(1)))


_BINARY: dict[str, Callable[[Range, Range], Range]] = {
    "+": _sum,
    "-": lambda left, right: _sum(left, _negative(right)),
    "*": _product,
    "/": _quotient,
}
_CALLS: dict[str, Callable[[Sequence[Range]], Range]] = {
    "min": _least,
    "max": _greatest,
    "clamp": lambda of: _least([_greatest(of[:2]), of[2]]),
    "if": lambda of: hull(of[1:]),
    "divide": lambda of: hull([_quotient(of[0], of[1]), of[2]]),
    "floor": lambda of: _widened(of[0]),
    "ceil": lambda of: _widened(of[0]),
    "round": lambda of: _widened(of[0]),
    "abs": lambda of: _greatest([of[0], _negative(of[0]), POSITIVE]),
}
