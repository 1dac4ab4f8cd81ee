"""What a list shows of a row, and by what it can be narrowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

Sortable = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``label`` is a msgid, ``value`` reads a row, ``kind`` names the macro in
    ``cells.html`` that shows it; one with ``order`` can be sorted by.
    """

    name: str
    label: str
    value: Callable[[Any], Any]
    kind: str = "text"
    order: Sortable | None = None

    @property
    def is_number(self) -> bool:
        return self.kind in ("number", "money", "total", "percent")


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice among the values that the rows have; ``shown`` gives a value's wording."""

    name: str
    label: str
    column: Sortable
    shown: Callable[[str], str] = str

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each value that the visible ``rows`` have, with its wording."""
        values = rows.with_only_columns(self.column, maintain_column_froms=True).distinct()
        present = sorted(str(value) for value in session.scalars(values) if value is not None)
        return [(value, self.shown(value)) for value in present]
