"""Texts as read before: whoever types asks of nearly the same text several times a second."""

from __future__ import annotations

from functools import lru_cache

from engine.canonical import from_canonical
from engine.model import Policy
from engine.reader import read
from engine.sheets.editable import sheet
from engine.sheets.parts import Sheet

KEPT = 8  # a few megabytes of the largest policies


@lru_cache(KEPT)
def form_of(text: str, file: str) -> Sheet:
    """Return the form of a text. Raises ``KaohengError`` where it does not read as entries."""
    return sheet(read(text, file))


@lru_cache(KEPT)
def model_of(canonical: str) -> Policy:
    """Return the policy of a version's canonical form."""
    return from_canonical(canonical)
