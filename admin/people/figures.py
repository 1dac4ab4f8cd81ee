"""Numbers, names and formulas from the engine as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask

from admin.formats import money, number, percent
from admin.preferences import language, translate
from engine.errors import N_
from engine.model import Bilingual
from engine.schema.policy import exponent
from engine.telling.describe import Wording, worded
from workflows.cycles.scored import Scored
from workflows.reviews.trace import units_of

# Units whose values are words, also where these look like numbers.
_WORDS = ("", "label", "date")
_STATES = {"appraised": N_("appraised"), "not_appraisable": N_("not appraisable")}


def register(app: Flask) -> None:
    app.jinja_env.filters.update(figure=figure, kept_figure=kept_figure, named=named, signed=signed)


def named(name: Bilingual) -> str:
    """Return a policy's own name in this request's language."""
    return name.zh if language() == "zh" else name.en


def figure(value: object, unit: str, currency: str, digits: int = 10) -> str:
    """Return a value of the engine in its unit; what is not applicable is a dash.

    It has as many decimals as it has, and points those that the policy shows.
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return translate(N_("yes")) if value else translate(N_("no"))
    if not isinstance(value, Decimal):
        return translate(_STATES[value]) if value in _STATES else str(value)
    if unit == "money":
        return _money(value, currency)
    if unit == "ratio":
        return percent(value)
    return number(value, digits if unit == "points" and digits < 10 else None)


def kept_figure(text: str | None, unit: str, currency: str) -> str:
    """Return a value of the engine that was kept as a text, in its unit: an appeal's, a seal's."""
    if text in ("True", "False"):
        return figure(text == "True", unit, currency)
    try:
        return figure(Decimal(text) if text and unit not in _WORDS else text, unit, currency)
    except InvalidOperation:  # a state or a label, whatever its unit is called
        return figure(text, unit, currency)


def signed(value: Decimal, unit: str, currency: str) -> str:
    """Return a difference in its unit, with its sign."""
    return f"{'−' if value < 0 else '+'}{figure(abs(value), unit, currency)}"


def _money(value: Decimal, currency: str) -> str:
    """Show the currency's decimals, and more only where there are more."""
    places = exponent(currency)
    minor = value.scaleb(places)
    whole = minor.to_integral_value()
    return money(int(whole), currency, places) if whole == minor else f"{number(value)} {currency}"


def wording_of(scope: Scored, titles: Mapping[str, Bilingual]) -> Wording:
    """Return how formulas of ``scope`` read: titles for names, values in their units."""
    units = units_of(scope)
    currency = scope.version.policy.currency

    def name_of(name: str) -> str:
        return f"“{named(titles[name])}”" if name in titles else name

    def value_of(value: object, name: str) -> str:
        known = isinstance(value, Decimal | bool)
        return figure(value, units.get(name, ""), currency) if known else worded(value, name)

    def say(message: str, /, **params: Any) -> str:
        if isinstance(name := params.get("name"), str) and name in titles:
            params["name"] = name_of(name)
        return translate(message, **params)

    return Wording(name_of, value_of, say)
