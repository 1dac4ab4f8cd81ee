"""What is typed into records of tracking and plans: it has a length, and nothing is made of it."""

from __future__ import annotations

from datetime import date

from engine.errors import N_, Fault, Place

LONGEST = 4000


def text_faults(where: str, text: str, missing: str | None = None) -> list[Fault]:
    """Return what is wrong with a text at the field ``where``; ``missing`` says that one is needed.

    ``missing`` is a msgid marked with ``N_``.
    """
    if missing is not None and not text.strip():
        return [Fault("tracking.text", missing, N_("Fill it in."), place=Place(path=where))]
    if len(text) > LONGEST:
        return [
            Fault(
                "tracking.too_long",
                N_("This text is too long to be kept here."),
                N_("Shorten it to {most} characters."),
                {"most": LONGEST},
                Place(path=where),
            )
        ]
    return []


def day_faults(
    where: str, day: date | None, missing: str, *, until: date | None = None
) -> list[Fault]:
    """Return what is wrong with a day; ``until`` is the last that it may be."""
    if day is None or (until is not None and day > until):
        return [
            Fault(
                "tracking.day",
                missing,
                N_("Give a day, such as 2026-03-31."),
                place=Place(path=where),
            )
        ]
    return []
