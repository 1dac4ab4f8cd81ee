"""Expression tree → text: the canonical spelling, and a formula with its numbers put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

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

# The language's own words, for the catalogue: formulas are read in Chinese as well.
WORDS = (
    N_("and"),
    N_("or"),
    N_("not"),
    N_("in"),
    N_("not in"),
    N_("min"),
    N_("max"),
    N_("round"),
    N_("clamp"),
    N_("if"),
    N_("divide"),
    N_("abs"),
    N_("known"),
    N_("floor"),
    N_("ceil"),
)
_LEVEL = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "sign": 7}


def spell(
    expression: Expression,
    value: Callable[[str], str] = str,
    say: Callable[[str], str] = str,
) -> str:
    """Return ``expression`` as text that parses to the same tree.

    ``value`` words each name and ``say`` each of ``WORDS``, for readers in place of the reader.
    """
    return _spell(expression, value, say, 0)


def _spell(
    node: Expression, value: Callable[[str], str], say: Callable[[str], str], outer: int
) -> str:
    level, text = _worded(node, value, say)
    return f"({text})" if level < outer else text


def _worded(  # noqa: PLR0911 (one return per kind)
    node: Expression, value: Callable[[str], str], say: Callable[[str], str]
) -> tuple[int, str]:
    def within(part: Expression, outer: int) -> str:
        return _spell(part, value, say, outer)

    match node:
        case Number():
            return 9, node.shown
        case Text():
            return 9, _quoted(node.value)
        case Name():
            return 9, value(node.name)
        case Negative():
            return 7, f"-{within(node.of, 7)}"
        case Binary():
            level = _LEVEL[node.sign]
            return level, f"{within(node.left, level)} {node.sign} {within(node.right, level + 1)}"
        case Call():
            arguments = ", ".join(within(each, 0) for each in node.arguments)
            return 9, f"{say(node.function)}({arguments})"
        case Compare():
            return 4, f"{within(node.left, 5)} {node.sign} {within(node.right, 5)}"
        case Member():
            word = say("in" if node.inside else "not in")
            return 4, f"{within(node.of, 5)} {word} [{', '.join(map(_option, node.options))}]"
        case Not():
            return 3, f"{say('not')} {within(node.of, 3)}"
        case Every():
            return 2, f" {say('and')} ".join(within(each, 3) for each in node.of)
        case Either():
            return 1, f" {say('or')} ".join(within(each, 2) for each in node.of)


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _option(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII) else _quoted(text)


def names(expression: Expression) -> list[Name]:
    """Give every name in ``expression``, in the order of writing, with repetitions."""
    return [each for each in parts(expression) if isinstance(each, Name)]


def parts(expression: Expression) -> Iterator[Expression]:
    """Give the expression and everything that it is made of, in the order of writing."""
    yield expression
    match expression:
        case Name() | Number() | Text():
            return
        case Binary() | Compare():
            inner: tuple[Expression, ...] = (expression.left, expression.right)
        case Negative() | Not() | Member():
            inner = (expression.of,)
        case Call():
            inner = expression.arguments
        case Every() | Either():
            inner = expression.of
    for each in inner:
        yield from parts(each)


def terms(node: Expression) -> list[Expression]:
    """Give the comparisons of a condition as they are written, or a formula itself."""
    match node:
        case Every() | Either():
            return [term for each in node.of for term in terms(each)]
        case Not():
            return terms(node.of)
        case _:
            return [node]


def rewritten(node: Expression, change: Callable[[Name], Expression]) -> Expression:
    """Return the tree with every name replaced by what ``change`` makes of it."""

    def again(part: Expression) -> Expression:
        return rewritten(part, change)

    match node:
        case Name():
            return change(node)
        case Binary() | Compare():
            return replace(node, left=again(node.left), right=again(node.right))
        case Negative() | Not() | Member():
            return replace(node, of=again(node.of))
        case Call():
            return replace(node, arguments=tuple(again(each) for each in node.arguments))
        case Every() | Either():
            return replace(node, of=tuple(again(each) for each in node.of))
        case _:
            return node
