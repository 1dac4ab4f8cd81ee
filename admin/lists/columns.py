"""What a list shows of a row, and by what it can be narrowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Boolean, ColumnElement, Select, false, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from admin.services import services
from engine.errors import N_
from workflows.accounts.tables import Account

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
    """A choice among the values that the rows have; ``shown`` gives a value's wording.

    ``blank`` is the msgid of choosing none of them.
    """

    name: str
    label: str
    column: Sortable
    shown: Callable[[str], str] = str
    is_day: ClassVar[bool] = False
    blank: ClassVar[str] = N_("All")

    def condition(self, value: str) -> ColumnElement[bool]:
        """Return what holds for the rows that the choice of ``value`` leaves."""
        if isinstance(self.column.type, Boolean):
            return self.column == (value == "True")
        return self.column == value

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each value that the visible ``rows`` have, with its wording."""
        values = rows.with_only_columns(self.column, maintain_column_froms=True).distinct()
        present = sorted(str(value) for value in session.scalars(values) if value is not None)
        return [(value, self.shown(value)) for value in present]


@dataclass(frozen=True, slots=True)
class AccountFilter(Filter):
    """A choice among the accounts that a column names by their pseudonyms."""

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each account's pseudonym with its user name, by user name."""
        values = rows.with_only_columns(self.column, maintain_column_froms=True).distinct()
        present = set(session.scalars(values))
        names = dict(
            session.execute(
                select(Account.public_id, Account.username).where(Account.public_id.in_(present))
            ).all()
        )
        shown = ((value, names.get(value, self.shown(value))) for value in present)
        return sorted(shown, key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class DayFilter(Filter):
    """From the beginning of a day, or until its end, in the organisation's time zone."""

    until: bool = False
    is_day: ClassVar[bool] = True

    def condition(self, value: str) -> ColumnElement[bool]:
        """Return the half-open bound; what is no day leaves no row."""
        try:
            day = date.fromisoformat(value)
            day = day + timedelta(days=1) if self.until else day
        except (ValueError, OverflowError):
            return false()
        midnight = datetime(day.year, day.month, day.day, tzinfo=services().settings.timezone)
        return self.column < midnight if self.until else self.column >= midnight

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return nothing to choose among: a day is typed."""
        return []
