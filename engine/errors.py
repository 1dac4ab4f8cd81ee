"""The one error type: what is wrong, where, and what to do about it.

Messages are gettext ids written where they are raised and translated where they
are shown (page, API or command line), so that the engine needs no locale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for a marker)
    """Mark ``message`` for the catalogue without translating it."""
    return message


class Kind(StrEnum):
    """What sort of refusal this is; each surface maps it to its own code (status, exit code)."""

    INVALID = "invalid"
    DENIED = "denied"
    MISSING = "missing"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is: a file with line and column, a sheet's cell, a field's path, or a part.

    ``line`` and ``column`` count from 1; ``path`` is dotted, as in ``kpis.revenue.weight``.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        """Return ``file:line:column (path)`` with what is known, which editors can jump to."""
        where = ":".join(
            str(part) for part in (self.file, self.line, self.column) if part is not None
        )
        if self.cell:
            where = f"{where} {self.sheet}!{self.cell}" if self.sheet else f"{where} {self.cell}"
        if self.path:
            where = f"{where} ({self.path})" if where else self.path
        return where

    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.file or "", self.line or 0, self.column or 0, self.path or "", self.cell or "")


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong.

    ``code`` is stable and dotted (``rules.duplicate_key``). ``message`` and ``remedy`` are
    gettext ids with ``{name}`` fields filled from ``params``.
    """

    code: str
    message: str
    remedy: str = ""
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    place: Place = NOWHERE

    def __str__(self) -> str:
        """Return the untranslated line; surfaces translate with ``workflows.base.i18n.render``."""
        where = f"{self.place}: " if str(self.place) else ""
        remedy = f" {self.remedy.format(**self.params)}" if self.remedy else ""
        return f"{where}{self.message.format(**self.params)}{remedy}"


class KaohengError(Exception):
    """A refusal with all of its faults, in the order of their places."""

    def __init__(self, faults: Iterable[Fault], kind: Kind = Kind.INVALID) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.place.sort_key()))
        self.kind = kind
        super().__init__("\n".join(str(fault) for fault in self.faults))


def refuse(
    code: str,
    message: str,
    remedy: str = "",
    /,
    *,
    kind: Kind = Kind.INVALID,
    place: Place = NOWHERE,
    **params: Any,
) -> KaohengError:
    """Build the error for a single fault; callers raise it: ``raise refuse(...)``."""
    return KaohengError([Fault(code, message, remedy, params, place)], kind)
