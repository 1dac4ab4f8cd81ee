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
    """Leave out a place that is only what the program calls a field, or a code of the sentence."""
    at = fault.place.path
    if at is None or fault.place != Place(path=at):
        return fault
    is_code = "@" in at or _FIELD.fullmatch(at) or at in fault.params.values()
    return replace(fault, place=NOWHERE) if is_code else fault


def _words(fault: Fault) -> str:
    parts = (fault.message, fault.remedy)
    return " ".join(i18n.gettext(part, language(), **fault.params) for part in parts if part)
