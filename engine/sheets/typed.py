"""What somebody typed into a field → what is to be written, where that is another thing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.sheets.conditions import Comparison, compared, joined
from engine.sheets.edit import Change
from engine.sheets.parts import SEPARATORS, Field

# A condition's sign and what follows it are fields of their own beside the first.
SIGN, RIGHT = ":sign", ":right"


def typed_value(field: Field, typed: Mapping[str, str]) -> str | None:
    """Return a field's value as typed, in one text; None where the form did not send it."""
    if field.kind == "condition":
        return _condition(field, typed)
    if field.name not in typed:
        return None
    return " ".join(typed[field.name].split())


def change(field: Field, value: str) -> Change:
    """Return what to write for a field's value in one text."""
    if not value:
        return None
    return words(value) if field.kind == "words" else value


def words(value: str) -> list[str]:
    return [each for each in re.split(rf"\s*[{SEPARATORS}]\s*", value.strip()) if each]


def differs(field: Field, value: str) -> bool:
    """Say whether a value is another one than the field has, however it is spaced."""
    match field.kind:
        case "words":
            return words(value) != words(field.value)
        case "condition":
            return compared(value) != compared(field.value)
        case _:
            return value != " ".join(field.value.split())


def _condition(field: Field, typed: Mapping[str, str]) -> str | None:
    """Join the three parts; those that were not sent are as they were."""
    names = (field.name, field.name + SIGN, field.name + RIGHT)
    if not any(name in typed for name in names):
        return None
    before = compared(field.value)
    left, sign, right = (
        typed.get(name, kept).strip() for name, kept in zip(names, before, strict=True)
    )
    if compared(left).sign:
        return left  # a whole comparison typed in one
    return joined(Comparison(left, sign, right))
