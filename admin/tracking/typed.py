"""What a form of tracking or of a plan says, read from the request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request

from admin.refusals import by_field
from engine.errors import KaohengError
from workflows.tracking.check_ins import Ending, Notes
from workflows.tracking.undertakings import OPEN, NewMeasure

# How many new measures one form takes; another check-in takes more.
MEASURES = 3


def said(error: KaohengError) -> list[str]:
    """Return what is wrong with a form in words; its fields have their labels, not our names."""
    return [words for of_field in by_field(error).values() for words in of_field]


def text(name: str) -> str:
    return request.form.get(name, "").strip()


def day(name: str) -> date | None:
    """Return the day in a field; None where there is none, or no day."""
    try:
        return date.fromisoformat(text(name))
    except ValueError:
        return None


def notes() -> Notes:
    return Notes(text("summary"), text("praise"), text("problems"), text("advice"))


def measures() -> list[NewMeasure]:
    """Return the measures that were typed; a row with neither words nor a day is none."""
    rows = (f"measure-{number}" for number in range(1, MEASURES + 1))
    return [
        NewMeasure(text(f"{row}-what"), text(f"{row}-owner"), day(f"{row}-due"))
        for row in rows
        if text(f"{row}-what") or text(f"{row}-due")
    ]


def endings() -> Mapping[str, Ending]:
    """Return what is to become of open measures, by their public ids."""
    prefix = "state-"
    found = {}
    for name, state in request.form.items():
        if name.startswith(prefix) and state != OPEN:
            key = name.removeprefix(prefix)
            found[key] = Ending(state, text(f"said-{key}"))
    return found
