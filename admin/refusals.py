"""A refusal on the form that it belongs to: in words, with everything that was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from admin.preferences import language
from engine.errors import NOWHERE, Fault, KaohengError, Place
from workflows.base import i18n

_FIELD = re.compile(r"[a-z_]+")


def lines(error: KaohengError | None) -> list[str]:
    """Return every fault as a line in the reader's language: where, what, what to do."""
    return [i18n.render(_on_page(fault), language()) for fault in error.faults] if error else []


def by_field(error: KaohengError | None) -> Mapping[str | None, list[str]]:
    """Return the faults' words by the field that they belong to; None where it is no field's."""
    found: dict[str | None, list[str]] = {}
    for fault in error.faults if error else ():
        found.setdefault(fault.place.path, []).append(_words(fault))
    return found


def _on_page(fault: Fault) -> Fault:
    """Leave out a place that the sentence names itself, or that only the program calls so."""
    at = fault.place.path
    if at is None or fault.place != Place(path=at):
        return fault
    is_said = at in fault.params.values() or ("person" in fault.params and "." not in at)
    return replace(fault, place=NOWHERE) if is_said or "@" in at or _FIELD.fullmatch(at) else fault


def _words(fault: Fault) -> str:
    parts = (fault.message, fault.remedy)
    return " ".join(i18n.gettext(part, language(), **fault.params) for part in parts if part)
