"""What every part of a policy shares: names in both languages, units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["money", "count", "ratio", "points", "days", "number"]


InputUnit = Literal["money", "count", "ratio", "points", "days", "number", "label"]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A name that HR sees, in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Return the English one: what a line says that nobody has translated."""
        return self.en
