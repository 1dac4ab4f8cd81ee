"""What is said of a word that is not one of those that may stand at a place."""

from __future__ import annotations

from engine.errors import N_
from engine.reader import nearest
from engine.schema.said import Said


def unknown_word(name: str, known: tuple[str, ...], *, at_key: bool = False) -> Said:
    return Said(
        "rules.unknown_word",
        N_("There is no `{name}` here."),
        N_("Write one of: {known}. Nearest: {nearest}."),
        at_key=at_key,
        name=name,
        known=", ".join(known),
        nearest=nearest(name, list(known)) or "-",
    )
