"""What is typed into the forms of goals, as figures and fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import request

from engine.errors import N_, Place, refuse
from workflows.goals.claims import Ability
from workflows.goals.cutting import Part, Way
from workflows.goals.edits import Taken
from workflows.goals.stating import Fields


def amount(name: str, default: Decimal | None = None) -> Decimal:
    """Return the number in a field: plain, grouped, or a percentage; refuse what is none."""
    found = number(request.form.get(name, ""), name)
    if found is not None:
        return found
    if default is not None:
        return default
    raise _no_number("", name)


def number(text: str, name: str) -> Decimal | None:
    """Return the number that a text means; None where it is empty."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not plain:
        return None
    try:
        value = Decimal(plain.removesuffix("%"))
    except InvalidOperation:
        raise _no_number(text, name) from None
    if not value.is_finite() or abs(value) > 10**15:
        raise _no_number(text, name)
    return value / 100 if plain.endswith("%") else value


def taken() -> Taken:
    return "reserve" if request.form.get("taken") == "reserve" else "siblings"


def seen() -> int | None:
    return request.form.get("seen", type=int)


def day(name: str) -> date | None:
    """Return the day in a field; None where there is none."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(
            "goals.day",
            N_("“{text}” is not a day."),
            N_("Write it as 2026-01-31."),
            place=Place(path=name),
            text=text[:40],
        ) from None


def fields() -> Fields:
    """Return the fields of a goal, as SMART asks for them."""
    form = request.form
    return Fields(
        title=form.get("title", ""),
        what=form.get("what", ""),
        measure=form.get("measure", ""),
        quantity=number(form.get("quantity", ""), "quantity"),
        unit=form.get("unit", ""),
        due_on=day("due_on"),
        parent=form.get("parent", ""),
        strategy=form.get("strategy", ""),
    )


def way() -> Way:
    """Return how a goal is to be shared out."""
    form = request.form
    into = form.get("into", "")
    reserve = form.get("reserve", "").strip()
    given = number(reserve, "reserve") or Decimal(0)
    is_rate = reserve.endswith(("%", "％"))
    return Way(
        into=into,
        by=form.get("by", ""),
        factor=amount("factor", Decimal(1)),
        unit=number(form.get("unit", ""), "unit"),
        reserve=Decimal(0) if is_rate else given,
        rate=given if is_rate else None,
        parts=() if into == "org" else _parts(form.get("parts", "")),
        ability=_ability(form),
        reason=form.get("reason", ""),
    )


def _parts(text: str) -> tuple[Part, ...]:
    """Read a line each of: name, ratio, reason, with blanks or tabs between them."""
    found = []
    for line in text.splitlines():
        words = line.split(maxsplit=2)
        if words:
            ratio = number(words[1], "parts") if len(words) > 1 else None
            reason = words[2] if len(words) > 2 else ""
            found.append(Part(words[0], Decimal(1) if ratio is None else ratio, reason))
    return tuple(found)


def _ability(form: Mapping[str, str]) -> Ability:
    newcomer = number(form.get("newcomer", ""), "newcomer")
    months = form.get("newcomer_months", "")
    return Ability(
        newcomer_months=int(months) if newcomer is not None and months.isdecimal() else 0,
        newcomer=Decimal(1) if newcomer is None else newcomer,
        ranks=_ratios(form.get("ranks", ""), "ranks"),
        market=_ratios(form.get("market", ""), "market"),
    )


def _ratios(text: str, name: str) -> dict[str, Decimal]:
    found = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2:
            value = number(words[1], name)
            assert value is not None
            found[words[0]] = value
        elif words:
            raise refuse(
                "goals.ratio_line",
                N_("“{line}” is not a code and a ratio."),
                N_("Write a line each, such as: east 0.9"),
                place=Place(path=name),
                line=line[:60],
            )
    return found


def _no_number(text: str, name: str) -> Exception:
    return refuse(
        "goals.no_number",
        N_("“{text}” is not a number."),
        N_("Write it as 200000, 1.05 or 5%."),
        place=Place(path=name),
        text=text[:40],
    )
