"""Expression tree → text: the canonical spelling, and a formula with its numbers put in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

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

_LEVEL = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "sign": 7}


def spell(expression: Expression, value: Callable[[str], str] = str) -> str:
    """Return ``expression`` as text that parses to the same tree; ``value`` words each name."""
    return _spell(expression, value, 0)


def _spell(node: Expression, value: Callable[[str], str], outer: int) -> str:
    level, text = _worded(node, value)
    return f"({text})" if level < outer else text


def _worded(  # noqa: PLR0911 (one return per kind)
    node: Expression, value: Callable[[str], str]
) -> tuple[int, str]:
    match node:
        case Number():
            return 9, node.shown
        case Text():
            return 9, _quoted(node.value)
        case Name():
            return 9, value(node.name)
        case Negative():
            return 7, f"-{_spell(node.of, value, 7)}"
        case Binary():
            level = _LEVEL[node.sign]
            return (
                level,
                f"{_spell(node.left, value, level)} {node.sign} "
                f"{_spell(node.right, value, level + 1)}",
            )
        case Call():
            return (
                9,
                f"{node.function}({', '.join(_spell(each, value, 0) for each in node.arguments)})",
            )
        case Compare():
            return 4, f"{_spell(node.left, value, 5)} {node.sign} {_spell(node.right, value, 5)}"
        case Member():
            word = "in" if node.inside else "not in"
            return (
                4,
                f"{_spell(node.of, value, 5)} {word} [{', '.join(map(_option, node.options))}]",
            )
        case Not():
            return 3, f"not {_spell(node.of, value, 3)}"
        case Every():
            return 2, " and ".join(_spell(each, value, 3) for each in node.of)
        case Either():
            return 1, " or ".join(_spell(each, value, 2) for each in node.of)


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _option(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII) else _quoted(text)


def names(expression: Expression) -> list[Name]:
    """Give every name in ``expression``, in the order of writing, with repetitions."""
    match expression:
        case Name():
            return [expression]
        case Binary() | Compare():
            return names(expression.left) + names(expression.right)
        case Negative() | Not() | Member():
            return names(expression.of)
        case Call():
            return [name for each in expression.arguments for name in names(each)]
        case Every() | Either():
            return [name for each in expression.of for name in names(each)]
        case _:
            return []


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
