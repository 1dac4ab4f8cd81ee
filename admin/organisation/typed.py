"""What a form of the organisation says: days, shares, and texts, refused in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from flask import request

from engine.errors import N_, Place, refuse


class Belonging(TypedDict):
    """That somebody belongs to a unit from a day on: as what, and with how much of their time."""

    unit: str
    day: date
    reason: str
    role: str
    ratio: Decimal


def belonging() -> Belonging:
    """Return what the fields say of the unit that somebody joins."""
    return Belonging(
        unit=text("unit"),
        day=day("day"),
        reason=text("reason"),
        role=text("role"),
        ratio=ratio("ratio"),
    )


def day(name: str) -> date:
    """Return the day of a field that must have one."""
    found = day_or_none(name)
    if found is None:
        raise refuse(
            "org.day_needed",
            N_("The day is missing."),
            N_("Choose the day from which it counts."),
            place=Place(path=name),
        )
    return found


def day_or_none(name: str) -> date | None:
    """Return the day of a field, or None where it is empty; refuse what is no day."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise refuse(
            "org.no_day",
            N_("{text!r} is no day."),
            N_("Write it as 2026-01-31."),
            place=Place(path=name),
            text=text,
        ) from None


def ratio(name: str) -> Decimal:
    """Return a share of somebody's time: ``0.6`` or ``60%``; empty is all of it."""
    text = request.form.get(name, "").strip() or "1"
    try:
        share = Decimal(text.removesuffix("%"))
        if not share.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise refuse(
            "org.no_ratio",
            N_("{text!r} is no share of somebody's time."),
            N_("Give a share above 0 and at most 1, as 0.6, with at most four decimals."),
            place=Place(path=name),
            text=text,
        ) from None
    return share / 100 if text.endswith("%") else share


def text(name: str) -> str:
    return request.form.get(name, "").strip()
