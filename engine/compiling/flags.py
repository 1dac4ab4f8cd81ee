"""How the truth of a comparison is called as a column."""

from __future__ import annotations

from engine.language.expression import Expression
from engine.language.wording import spell


def flag_name(leaf: Expression) -> str:
    """Name a leaf's column; equal leaves of several rules share it."""
    return f"? {spell(leaf)}"
