"""Conditions on a form: comparisons in three, and all, any or none of several.

A comparison is what is compared, how, and with what; any other formula is the first.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from engine.errors import N_
from engine.language.expression import Compare, ExpressionError, Member, parse
from engine.reader import Node, Path
from engine.sheets.parts import Field, Group, Label, Option, child
from engine.sheets.parts import text as text_of
from engine.sheets.words import forms
from engine.telling import terms
from engine.telling.terms import term

GROUPS = ("all", "any", "not")  # what a condition may be beside a text

_TOKEN = re.compile(
    r"\s*(?:'[^']*'|\"[^\"]*\"|(?P<sign><=|>=|==|!=|<|>|\bnot\s+in\b|\bin\b)"
    r"|(?P<open>[(\[])|(?P<close>[)\]])|[A-Za-z_][\w.]*|.)",
    re.DOTALL,
)
# How two values are compared; without a sign, what is written holds by itself.
SIGNS = (
    Option(">=", term(N_("is at least"))),
    Option(">", term(N_("is more than"))),
    Option("<=", term(N_("is at most"))),
    Option("<", term(N_("is less than"))),
    Option("==", term(N_("is"))),
    Option("!=", term(N_("is not"))),
    Option("in", term(N_("is one of"))),
    Option("not in", term(N_("is none of"))),
    Option("", term(N_("holds (a formula)"))),
)


class Comparison(NamedTuple):
    """The text on both sides of a sign; without a sign all of it is ``left``."""

    left: str
    sign: str
    right: str


def compared(text: str) -> Comparison:
    """Take a condition's text apart; what is no plain comparison stays whole."""
    try:
        whole = parse(text)
    except ExpressionError:
        return Comparison(text, "", "")
    if isinstance(whole, (Compare, Member)):
        depth = 0
        for found in _TOKEN.finditer(text):
            depth += bool(found["open"]) - bool(found["close"])
            if found["sign"] and depth == 0:
                left, right = text[: found.start("sign")], text[found.end("sign") :]
                return Comparison(left.strip(), " ".join(found["sign"].split()), right.strip())
    return Comparison(text, "", "")


def joined(of: Comparison) -> str:
    """Return the condition's text; a list may come without its brackets."""
    left, sign, right = (part.strip() for part in of)
    if not sign:
        return left
    if sign.endswith("in") and right and not right.startswith("["):
        right = f"[{', '.join(filter(None, re.split('[,，、 ]+', right)))}]"
    return f"{left} {sign} {right}".strip()


def condition(path: Path, called: Label, node: Node | None) -> Group:
    """Return the form of a condition: one comparison, or all, any or none of several."""
    word = next((each for each in GROUPS if child(node, each)), "one")
    several = word in {"all", "any"} and len(child(node, word).items or ()) > 1  # type: ignore[union-attr]
    options = forms(GROUPS if several else ("one", *GROUPS))
    if word == "one":
        title = terms.part("when")
        field = Field(path, title, text_of(node), "condition", names=("values",), required=True)
        return Group(path, called, (field,), form=word, forms=options, ops=("add",))
    inner = child(node, word)
    if word == "not":
        elements = (condition((*path, word), called, inner),)
        return Group(path, called, elements, form=word, forms=options)
    terms_of = tuple(
        replace(group, ops=("remove", *(group.ops if group.form != "one" else ())))
        for place, each in enumerate((inner and inner.items) or ())
        for group in [condition((*path, word, place), terms.row(place + 1), each)]
    )
    return Group(path, called, terms_of, form=word, forms=options, ops=("add",))
