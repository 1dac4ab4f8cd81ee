"""A refusal on the form that it belongs to: in words, with everything that was typed."""

from __future__ import annotations

from collections.abc import Mapping

from admin.preferences import language
from engine.errors import Fault, KaohengError
from workflows.base import i18n


def lines(error: KaohengError | None) -> list[str]:
    """Return every fault as a line in the reader's language: where, what, what to do."""
    return i18n.render_all(error, language()) if error else []


def by_field(error: KaohengError | None) -> Mapping[str | None, list[str]]:
    """Return the faults' words by the field that they belong to; None where it is no field's."""
    found: dict[str | None, list[str]] = {}
    for fault in error.faults if error else ():
        found.setdefault(fault.place.path, []).append(_words(fault))
    return found


def _words(fault: Fault) -> str:
    parts = (fault.message, fault.remedy)
    return " ".join(i18n.gettext(part, language(), **fault.params) for part in parts if part)
