"""A comparison in three: what is compared, how, and with what; any other formula is the first."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.errors import N_
from engine.language.expression import Compare, ExpressionError, Member, parse
from engine.sheets.parts import Option
from engine.telling.terms import term

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
