"""What the fields of a form are called in words, and finding one again that has moved."""

from __future__ import annotations

from collections.abc import Mapping

from engine.model import Bilingual
from engine.sheets.parts import Field, Sheet
from engine.telling.terms import Term

Label = Bilingual | Term


def trails(of: Sheet) -> dict[str, tuple[Label, ...]]:
    """Say of each field, by name, where it stands: section, table, line, column."""
    return {
        cell.name: tuple(
            label for label in (part.title, grid.label, line.label, cell.label) if label is not None
        )
        for part in of.sections
        for grid in part.grids
        for line in grid.lines
        for cell in line.cells
        if isinstance(cell, Field)
    }


def followed(
    path: str, trail: tuple[object, ...], now: Mapping[str, tuple[object, ...]]
) -> str | None:
    """Return the name of the field that was at ``path`` and called ``trail``; None: no more there.

    A row that was moved keeps what it is called, an entry that was renamed keeps its path: the
    one field that is called so goes first, then the path.
    """
    if now.get(path) == trail:
        return path
    called = [name for name, other in now.items() if other == trail]
    return called[0] if len(called) == 1 else path if path in now else None
