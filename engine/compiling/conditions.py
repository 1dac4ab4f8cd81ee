"""Conditions → leaf comparisons and the alternatives in which they hold together.

``not`` is pushed down to the leaves first, so that an unknown value (null) never makes a
rule hold, negated or not: a leaf that is unknown is simply not true.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from engine.columns.values import Refused
from engine.errors import N_
from engine.language.expression import Compare, Either, Every, Expression, Member, Not
from engine.running.decisions import MAX_FLAGS
from engine.schema.said import Said

MAX_ALTERNATIVES = 64
_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def pushed(node: Expression, positive: bool = True) -> Expression:
    """Return the condition with every ``not`` at a leaf."""
    match node:
        case Not():
            return pushed(node.of, not positive)
        case Every() | Either():
            terms = tuple(pushed(each, positive) for each in node.of)
            return Every(terms) if isinstance(node, Every) == positive else Either(terms)
        case Compare() if not positive:
            return replace(node, sign=_OPPOSITE[node.sign])
        case Member() if not positive:
            return replace(node, inside=not node.inside)
        case _:
            return node if positive else Not(node)


def alternatives(node: Expression) -> list[tuple[Expression, ...]]:
    """Return the sets of leaves that make a pushed condition hold; Refused for too many."""
    match node:
        case Either():
            found = [each for term in node.of for each in alternatives(term)]
        case Every():
            parts = [alternatives(term) for term in node.of]
            size = 1
            for part in parts:
                size *= len(part)
            _limit(size)
            found = [tuple(leaf for part in choice for leaf in part) for choice in product(*parts)]
        case _:
            found = [(node,)]
    _limit(len(found))
    distinct = [tuple(dict.fromkeys(each)) for each in found]
    _limit_length(max(map(len, distinct)))
    return distinct


def leaves(node: Expression) -> list[Expression]:
    """Give the leaf comparisons of a pushed condition, once each, in the order of writing."""
    if isinstance(node, (Every, Either)):
        return list(dict.fromkeys(leaf for each in node.of for leaf in leaves(each)))
    return [node]


def _limit(count: int) -> None:
    if count > MAX_ALTERNATIVES:
        raise Refused(
            Said(
                "rules.condition_size",
                N_("The condition has more than {limit} combinations."),
                N_("Split it into several rules."),
                limit=MAX_ALTERNATIVES,
            )
        )


def _limit_length(count: int) -> None:
    if count > MAX_FLAGS:
        raise Refused(
            Said(
                "rules.condition_size",
                N_("The condition asks for more than {limit} comparisons at once."),
                N_("Let a rule before it conclude a part of them, and ask for that."),
                limit=MAX_FLAGS,
            )
        )
