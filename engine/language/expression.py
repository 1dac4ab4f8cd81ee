"""The small language of formulas and conditions: text → tree.

Precedence from loose to tight: ``or``, ``and``, ``not``, comparison and ``in``,
``+ -``, ``* /``, sign. Functions are the ones in ``FUNCTIONS`` and nothing else, so a
formula can neither reach outside of the facts nor run for long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from engine.errors import N_

MAX_DIGITS = 28
MAX_DEPTH = 40
MAX_TOKENS = 400
FUNCTIONS = {
    "min": (2, 20),
    "max": (2, 20),
    "round": (2, 2),
    "clamp": (3, 3),
    "if": (3, 3),
    "divide": (3, 3),
    "abs": (1, 1),
    "known": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
}
COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
NUMBER = re.compile(r"[+-]?[0-9]+(_[0-9]+)*(\.[0-9]+)?%?")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?%?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*)"
    r"|(?P<text>'[^']*'|\"[^\"]*\")|(?P<sign><=|>=|==|!=|[-+*/()<>,\[\]]))"
)


@dataclass(frozen=True, slots=True)
class Number:
    """An exact literal; ``shown`` is how it was written (``40%``)."""

    value: Decimal
    shown: str


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """A named value; ``at``, its offset in the text, is no part of its identity."""

    name: str
    at: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class Binary:
    """``+ - * /``."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negative:
    of: Expression


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Member:
    """``grade in [S, A]``; ``inside`` is False for ``not in``."""

    of: Expression
    options: tuple[str, ...]
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Every:
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: Expression


Expression = (
    Number | Text | Name | Binary | Negative | Call | Compare | Member | Every | Either | Not
)


class ExpressionError(ValueError):
    """An unreadable formula: ``message`` and ``remedy`` are gettext ids, ``at`` an offset."""

    def __init__(self, at: int, message: str, remedy: str, **params: object) -> None:
        super().__init__(message.format(**params))
        self.at, self.message, self.remedy, self.params = at, message, remedy, params


def number(text: str) -> Decimal:
    """Return the exact value of ``12``, ``1_000.50`` or ``40%``; ValueError for anything else."""
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(text)
    bare = text.strip().replace("_", "").rstrip("%")
    if sum(mark.isdigit() for mark in bare) > MAX_DIGITS:
        raise ValueError(text)
    value = Decimal(bare)
    return value.scaleb(-2) if text.strip().endswith("%") else value


def parse(text: str) -> Expression:
    """Parse a formula or condition; raise ExpressionError at the offset of the first fault."""
    parser = _Parser(text)
    result = parser.either()
    if parser.kind != "end":
        parser.fail(
            N_("`{token}` is not expected here."), N_("Check the brackets and the signs before it.")
        )
    return result


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.next, self.depth, self.count = text, 0, 0, 0, 0
        self.kind, self.mark = "end", ""
        self.advance()

    def advance(self) -> str:
        """Step to the next token and return the one left behind."""
        left = self.mark
        self.count += 1
        if self.count > MAX_TOKENS:
            self.fail(
                N_("The formula has more than {limit} words and signs."),
                N_("Split it into named steps."),
                limit=MAX_TOKENS,
            )
        rest = len(self.text) - len(self.text[self.next :].lstrip())
        self.at = rest
        if rest >= len(self.text):
            self.kind, self.mark, self.next = "end", "", rest
            return left
        found = _TOKEN.match(self.text, self.next)
        if not found:
            self.mark = self.text[rest]
            self.fail(
                N_("`{token}` is not part of the language."),
                N_("Use names, numbers, + - * / ( ), comparisons, and, or, not, in."),
            )
        self.kind, self.mark, self.next = (
            str(found.lastgroup),
            found.group(found.lastgroup or 0),
            found.end(),
        )
        return left

    def fail(self, message: str, remedy: str, **params: object) -> NoReturn:
        raise ExpressionError(self.at, message, remedy, **{"token": self.mark or "…", **params})

    def expect(self, token: str) -> None:
        if self.mark != token or self.kind == "text":
            self.fail(
                N_("`{expected}` is missing before `{token}`."),
                N_("Close what was opened."),
                expected=token,
            )
        self.advance()

    def word(self, name: str) -> bool:
        if self.kind == "name" and self.mark == name:
            self.advance()
            return True
        return False

    def either(self) -> Expression:
        terms = [self.every()]
        while self.word("or"):
            terms.append(self.every())
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def every(self) -> Expression:
        terms = [self.negated()]
        while self.word("and"):
            terms.append(self.negated())
        return terms[0] if len(terms) == 1 else Every(tuple(terms))

    def negated(self) -> Expression:
        if self.word("not"):
            self.deeper()
            result = Not(self.negated())
            self.depth -= 1
            return result
        return self.comparison()

    def comparison(self) -> Expression:
        left = self.sum()
        if self.kind == "sign" and self.mark in COMPARISONS:
            sign = self.advance()
            return Compare(sign, left, self.sum())
        if self.word("in"):
            return Member(left, self.options())
        if self.word("not"):
            if not self.word("in"):
                self.fail(N_("`in` is missing before `{token}`."), N_("Write `not in [A, B]`."))
            return Member(left, self.options(), inside=False)
        return left

    def options(self) -> tuple[str, ...]:
        self.expect("[")
        found: list[str] = []
        while not (self.kind == "sign" and self.mark == "]"):
            if self.kind not in {"name", "text"}:
                self.fail(N_("`{token}` is not a name."), N_("List names in brackets: [S, A]."))
            found.append(self.advance().strip("'\""))
            if self.mark != "]":
                self.expect(",")
        self.advance()
        return tuple(found)

    def sum(self) -> Expression:
        left = self.product()
        while self.kind == "sign" and self.mark in {"+", "-"}:
            left = Binary(self.advance(), left, self.product())
        return left

    def product(self) -> Expression:
        left = self.factor()
        while self.kind == "sign" and self.mark in {"*", "/"}:
            left = Binary(self.advance(), left, self.factor())
        return left

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(N_("The formula is nested too deeply."), N_("Split it into named steps."))

    def factor(self) -> Expression:
        self.deeper()
        result = self._factor()
        self.depth -= 1
        return result

    def _factor(self) -> Expression:
        if self.kind == "sign" and self.mark == "-":
            self.advance()
            return Negative(self.factor())
        if self.kind == "sign" and self.mark == "(":
            self.advance()
            inner = self.either()
            self.expect(")")
            return inner
        if self.kind == "number":
            return self.literal()
        if self.kind == "text":
            return Text(self.advance()[1:-1])
        if self.kind == "name":
            return self.named()
        return self.fail(
            N_("A value is missing before `{token}`."), N_("Write a name or a number here.")
        )

    def literal(self) -> Number:
        try:
            value = number(self.mark)
        except ValueError:
            self.fail(
                N_("The number {token} has too many digits."),
                N_("At most {limit} digits are read."),
                limit=MAX_DIGITS,
            )
        return Number(value, self.advance())

    def named(self) -> Expression:
        at, name = self.at, self.advance()
        if not (self.kind == "sign" and self.mark == "("):
            return Name(name, at)
        if name not in FUNCTIONS:
            self.at, self.mark = at, name
            self.fail(
                N_("There is no function `{token}`."),
                N_("There are: {functions}."),
                functions=", ".join(sorted(FUNCTIONS)),
            )
        return Call(name, self.arguments(name))

    def arguments(self, name: str) -> tuple[Expression, ...]:
        self.advance()
        found = [self.either()]
        while self.kind == "sign" and self.mark == ",":
            self.advance()
            found.append(self.either())
        least, most = FUNCTIONS[name]
        if not least <= len(found) <= most:
            self.fail(
                N_("`{function}` takes {least} to {most} values and has {count}."),
                N_("Check the commas."),
                function=name,
                least=least,
                most=most,
                count=len(found),
            )
        self.expect(")")
        return tuple(found)
