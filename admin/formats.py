"""Dates, numbers and money as the reader's language writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_datetime
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
)
from flask import Flask
from markupsafe import Markup

from admin.preferences import language, translate
from admin.services import services
from engine.errors import N_
from workflows.base import i18n
from workflows.base.clock import today
from workflows.org.tables import ALWAYS

_DATE_TIME = {"zh": "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"}

Number = Decimal | int


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        instant=instant,
        iso_day=date.fromisoformat,
        day=day,
        day_at=day_at,
        amount_in=amount_in,
        last_day=last_day,
        since=since,
        number=number,
        percent=percent,
        money=money,
        in_language=in_language,
        breakable=breakable,
        filled=filled,
        decimal=Decimal,
        json=canonical_json,
    )


def filled(message: str, params: Mapping[str, Any]) -> str:
    """Return a msgid in the reader's language with its fields filled in.

    A field that is a name in both languages (``{"zh": …, "en": …}``) is given in the reader's.
    """
    return i18n.filled(message, language(), params)


def instant(value: datetime) -> str:
    """Return a moment in the organisation's time zone, to the minute."""
    return format_datetime(
        value, _DATE_TIME[language()], tzinfo=services().settings.timezone, locale=language()
    )


def day(value: date) -> str:
    return i18n.day(value, language())


def day_at(moment: datetime) -> str:
    """Return the day that a moment falls on in the organisation's time zone."""
    return day(today(moment, services().settings.timezone))


def since(start: date) -> str:
    """Return a membership's first day; what no source dates has always been so."""
    return translate(N_("always")) if start == ALWAYS else day(start)


def last_day(end: date) -> str:
    """Return the last day of a period that ends before ``end``."""
    return day(end - timedelta(days=1))


def number(value: Number, places: int | None = None) -> str:
    """Return ``value`` grouped, with ``places`` decimals or as many as it has; never rounded
    to fewer than it has unless ``places`` says so.
    """
    pattern = "#,##0.##########" if places is None else f"#,##0.{'0' * places}"
    return format_decimal(value, pattern.rstrip("."), locale=language())


def percent(share: Decimal) -> str:
    """Return a share of one as a percentage with the decimals it has."""
    return format_percent(share, "#,##0.########%", locale=language())


def money(minor: int, currency: str, exponent: int) -> str:
    """Return an amount of ``minor`` units, with the currency's sign where the language has one."""
    amount = Decimal(minor).scaleb(-exponent)
    sign = get_currency_symbol(currency, locale=language())
    sign = f"{sign} " if sign.isalpha() else sign
    pattern = f"'{sign}'#,##0.{'0' * exponent}".rstrip(".")
    return format_currency(
        amount, currency, f"{pattern};−{pattern}", locale=language(), currency_digits=False
    )


def amount_in(amount: Decimal, currency: str) -> str:
    """Return an amount of the currency's main unit, as ``money`` writes it."""
    exponent = get_currency_precision(currency)
    return money(int(amount.scaleb(exponent)), currency, exponent)


def in_language(name: dict[str, str]) -> str:
    """Return a bilingual name from the data in this request's language."""
    return i18n.named(name, language())


def canonical_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def breakable(text: str) -> Markup:
    """Let a long code break after its punctuation, so that it fits a narrow screen."""
    escaped = Markup.escape(text)
    for mark in "/@._-":
        escaped = escaped.replace(mark, Markup(f"{mark}<wbr>"))  # noqa: S704 (our own marks)
    return escaped
