"""The values of a form in words: references by what they name, formulas and conditions read out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from admin.preferences import language, translate
from engine.errors import N_
from engine.language.expression import ExpressionError, parse
from engine.language.wording import spell
from engine.model import Bilingual
from engine.sheets.conditions import SIGNS, compared
from engine.sheets.names import OF_KPI
from engine.sheets.parts import Field, Group, Sheet
from engine.sheets.typed import words
from engine.telling import terms
from engine.telling.terms import Term

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_THOUSANDS = re.compile(r"(?<=\d)_(?=\d{3})")
_MEANT = {each.value: each.meaning for each in SIGNS}
JOINED = {"all": N_("and"), "any": N_("or")}


def said(value: Bilingual | Term | str) -> str:
    """Return a word of the application, a name of the data, or a text, in this language."""
    if isinstance(value, Term):
        return translate(value.message, **value.params)
    return str(getattr(value, language())) if isinstance(value, Bilingual) else value


@dataclass(frozen=True, slots=True)
class Worder:
    """Words values; ``known`` is what the policy's names are called, by where they may stand."""

    known: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, sheet: Sheet) -> Worder:
        return cls(
            {
                where: {each.value: said(each.meaning) for each in options}
                for where, options in sheet.known.items()
            }
        )

    def value(self, of: Field) -> str:
        """Return a field's value in words; empty where it is not given."""
        if not of.value:
            return ""
        if of.options:
            meant = (said(each.meaning) for each in of.options if each.value == of.value)
            return next(meant, of.value)
        if of.kind == "words":
            comma = "、" if language() == "zh" else ", "
            return comma.join(self._called(each, of) for each in words(of.value))
        if of.kind == "condition":
            return self.comparison(of.value)
        if of.kind == "formula":
            return self.formula(of.value)
        called = self._called(of.value, of)
        if called == of.value and of.kind in {"text", "code"}:
            called = self.named(of.value)
        return called if called != of.value else _grouped(of.value)

    def _called(self, value: str, of: Field) -> str:
        if "stages" in of.names or of.path[-1] == "stages":
            return self.known.get("stages", {}).get(value, value)
        return next(
            (self.known[each][value] for each in of.names if value in self.known.get(each, {})),
            value,
        )

    def condition(self, of: Group, inside: bool = False) -> str:
        """Return a condition as a sentence; one within another is in brackets."""
        parts = [
            self.value(each) if isinstance(each, Field) else self.condition(each, inside=True)
            for each in of.elements
            if isinstance(each, (Field, Group))
        ]
        if of.form == "one":
            return "".join(parts)
        if of.form == "not":
            return f"{translate('not')} ({''.join(parts)})"
        joined = f" {translate(JOINED[of.form])} ".join(parts)
        return f"({joined})" if inside and len(parts) > 1 else joined

    def comparison(self, text: str) -> str:
        of = compared(text)
        if not of.sign:
            return self.formula(text)
        return f"{self.formula(of.left)} {said(_MEANT[of.sign])} {self._right(of.right)}"

    def _right(self, text: str) -> str:
        if text.startswith("["):
            return ("、" if language() == "zh" else ", ").join(words(text.strip("[] ")))
        return self.formula(text)

    def formula(self, text: str) -> str:
        """Return a formula with its names in words; as it is written where it does not read."""
        try:
            told = spell(parse(text), self.named, translate)
        except ExpressionError:
            return text
        return _grouped(told.replace(" * ", " × ").replace(" / ", " ÷ "))

    def named(self, name: str) -> str:
        if name in OF_KPI:
            return said(terms.part(name))
        return self.known["values"].get(name, name)

    def in_text(self, value: object) -> object:
        """Return a text in which the policy's names are called by what they mean."""
        if not isinstance(value, str):
            return value
        return _NAME.sub(lambda found: self.known["values"].get(found[0], found[0]), value)


def _grouped(text: str) -> str:
    """Write the thousands of the numbers in a text as people read them."""
    return _THOUSANDS.sub(",", text)
