"""Expression trees → exact columns, with units, bounds and zero denominators checked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, reduce

import polars as pl

from engine.columns import exact
from engine.columns.exact import Exact
from engine.columns.values import Dimension, Flag, Label, Numeric, Refused, Value, product, same
from engine.errors import N_
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
from engine.language.wording import spell
from engine.schema.said import Said

Lookup = Callable[[Name], Value]


def value(node: Expression, lookup: Lookup) -> Value:
    """Compile ``node``; Refused for a wrong unit, a possible division by zero, an overflow."""
    try:
        return _value(node, lookup)
    except exact.TooLarge:
        raise Refused(
            Said(
                "rules.too_large_number",
                N_("`{formula}` could exceed what is computed exactly."),
                N_("Round a part of it first, or give its inputs a `max`."),
                formula=spell(node)[:120],
            )
        ) from None


def _value(node: Expression, lookup: Lookup) -> Value:  # noqa: PLR0911 (one return per kind)
    match node:
        case Number():
            return Numeric(exact.literal(node.value), None)
        case Name():
            return lookup(node)
        case Negative():
            inner = number(node.of, lookup)
            return Numeric(exact.negative(inner.exact), inner.dimension)
        case Binary():
            return _binary(node, lookup)
        case Call(function="known"):
            return Flag(_known(value(node.arguments[0], lookup)))
        case Call():
            return _CALLS[node.function](node, lookup)
        case Compare() | Member() | Not() | Every() | Either():
            return Flag(truth(node, lookup))
        case Text():
            raise Refused(
                Said(
                    "rules.text_value",
                    N_("The text '{text}' cannot be computed with."),
                    N_("Compare a grade with ==, != or in."),
                    text=node.value,
                )
            )


def _known(of: Value) -> pl.Expr:
    """Say where a value is there: neither missing nor not applicable."""
    if not isinstance(of, Numeric):
        return of.column.is_not_null()
    return exact.known(of.exact)


def number(node: Expression, lookup: Lookup) -> Numeric:
    found = value(node, lookup)
    if not isinstance(found, Numeric):
        raise Refused(
            Said(
                "rules.not_a_number",
                N_("`{formula}` is not a number."),
                N_("Use a figure here, or compare it."),
                formula=spell(node)[:120],
            )
        )
    return found


def truth(node: Expression, lookup: Lookup) -> pl.Expr:
    """Compile a condition; null where it is unknown."""
    match node:
        case Compare():
            return _compare(node, lookup)
        case Member():
            found = value(node.of, lookup)
            labels(found, node.options, spell(node.of))
            assert isinstance(found, Label)
            inside = found.column.is_in(_listed(node.options))
            return inside if node.inside else ~inside
        case Not():
            return ~truth(node.of, lookup)
        case Every():
            return reduce(
                lambda left, right: left & right, (truth(each, lookup) for each in node.of)
            )
        case Either():
            return reduce(
                lambda left, right: left | right, (truth(each, lookup) for each in node.of)
            )
        case _:
            found = value(node, lookup)
            if isinstance(found, Flag):
                return found.column
            raise Refused(
                Said(
                    "rules.not_a_condition",
                    N_("`{formula}` is not a condition."),
                    N_("Compare it with something."),
                    formula=spell(node)[:120],
                )
            )


def labels(found: Value, options: tuple[str, ...], shown: str) -> None:
    """Refuse options that the label can never have."""
    if not isinstance(found, Label):
        raise Refused(
            Said(
                "rules.not_a_label",
                N_("`{name}` is not a grade."),
                N_("Only a grade can be compared with names."),
                name=shown,
            )
        )
    for option in options:
        if option not in found.options:
            raise Refused(
                Said(
                    "rules.unknown_grade",
                    N_("There is no grade `{grade}`."),
                    N_("There are: {grades}."),
                    grade=option,
                    grades=", ".join(sorted(found.options)),
                )
            )


@lru_cache(maxsize=1_000)
def _listed(options: tuple[str, ...]) -> pl.Expr:
    """Make the list of many rules' `grade in [S, A]` once."""
    return pl.lit(list(options))


def _compare(node: Compare, lookup: Lookup) -> pl.Expr:
    pair = _label_pair(node, lookup)
    if pair is not None:
        label, option = pair
        return label.column == option if node.sign == "==" else label.column != option
    left, right = number(node.left, lookup), number(node.right, lookup)
    same(left.dimension, right.dimension)
    return exact.compare(node.sign, left.exact, right.exact)


def _label_pair(node: Compare, lookup: Lookup) -> tuple[Label, str] | None:
    """Recognise ``grade == S``, where S is a grade's code and no named value."""
    if (
        node.sign not in {"==", "!="}
        or not isinstance(node.right, (Name, Text))
        or not isinstance(node.left, Name)
    ):
        return None
    found = lookup(node.left)
    if not isinstance(found, Label):
        return None
    option = node.right.name if isinstance(node.right, Name) else node.right.value
    labels(found, (option,), node.left.name)
    return found, option


def _binary(node: Binary, lookup: Lookup) -> Numeric:
    left, right = number(node.left, lookup), number(node.right, lookup)
    if node.sign in "+-":
        unit = same(left.dimension, right.dimension)
        other = right.exact if node.sign == "+" else exact.negative(right.exact)
        return Numeric(exact.add(left.exact, other), unit)
    if node.sign == "*":
        return Numeric(
            exact.multiply(left.exact, right.exact), product(left.dimension, right.dimension)
        )
    try:
        return Numeric(
            exact.divide(left.exact, right.exact), product(left.dimension, right.dimension, -1)
        )
    except exact.MayBeZero:
        raise Refused(
            Said(
                "rules.division",
                N_("`{formula}` may be zero, and is divided by."),
                N_("Write divide(a, b, value when b is 0), or max(b, 1), or give it a `min`."),
                formula=spell(node.right)[:120],
            )
        ) from None


def _extreme(pick: Callable[[Exact, Exact], Exact]) -> Callable[[Call, Lookup], Numeric]:
    def compiled(node: Call, lookup: Lookup) -> Numeric:
        values = [number(each, lookup) for each in node.arguments]
        unit: Dimension = reduce(same, (each.dimension for each in values))
        return Numeric(_halved(pick, [each.exact for each in values]), unit)

    return compiled


def _halved(pick: Callable[[Exact, Exact], Exact], values: list[Exact]) -> Exact:
    """Pick among halves of halves: each step names its values several times over."""
    if len(values) == 1:
        return values[0]
    middle = len(values) // 2
    return pick(_halved(pick, values[:middle]), _halved(pick, values[middle:]))


def _round(node: Call, lookup: Lookup) -> Numeric:
    of, digits = number(node.arguments[0], lookup), node.arguments[1]
    if not isinstance(digits, Number) or digits.value not in range(11):
        raise Refused(
            Said(
                "rules.round",
                N_("round needs the number of places, 0 to 10."),
                N_("Write round(x, 2)."),
            )
        )
    return Numeric(exact.rounded(of.exact, int(digits.value)), of.dimension)


def _clamp(node: Call, lookup: Lookup) -> Numeric:
    of, low, high = (number(each, lookup) for each in node.arguments)
    unit = same(same(of.dimension, low.dimension), high.dimension)
    return Numeric(exact.least(exact.greatest(of.exact, low.exact), high.exact), unit)


def _if(node: Call, lookup: Lookup) -> Numeric:
    condition, yes, no = node.arguments
    first, second = number(yes, lookup), number(no, lookup)
    unit = same(first.dimension, second.dimension)
    return Numeric(exact.choose(truth(condition, lookup), first.exact, second.exact), unit)


def _divide(node: Call, lookup: Lookup) -> Numeric:
    top, bottom, otherwise = (number(each, lookup) for each in node.arguments)
    unit = same(product(top.dimension, bottom.dimension, -1), otherwise.dimension)
    quotient = exact.divide(top.exact, bottom.exact, zero_is_null=True)
    return Numeric(
        exact.choose(
            exact.compare("==", bottom.exact, exact.literal(Decimal(0))), otherwise.exact, quotient
        ),
        unit,
    )


def _abs(node: Call, lookup: Lookup) -> Numeric:
    of = number(node.arguments[0], lookup)
    return Numeric(exact.absolute(of.exact), of.dimension)


def _floor(node: Call, lookup: Lookup) -> Numeric:
    of = number(node.arguments[0], lookup)
    return Numeric(exact.floor(of.exact), of.dimension)


def _ceil(node: Call, lookup: Lookup) -> Numeric:
    of = number(node.arguments[0], lookup)
    return Numeric(exact.negative(exact.floor(exact.negative(of.exact))), of.dimension)


_CALLS: dict[str, Callable[[Call, Lookup], Numeric]] = {
    "min": _extreme(exact.least),
    "max": _extreme(exact.greatest),
    "round": _round,
    "clamp": _clamp,
    "if": _if,
    "divide": _divide,
    "abs": _abs,
    "floor": _floor,
    "ceil": _ceil,
}
