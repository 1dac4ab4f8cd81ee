"""Messages that travel through marshmallow and still know their code, remedy and values."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from marshmallow import ValidationError

from engine.errors import N_
from engine.language.expression import Expression, Name
from engine.reader import nearest


class Said(str):
    """A message (gettext id) with what a Fault needs; a ``str``, so that marshmallow carries it.

    ``at_key`` points at the name instead of its value; ``offset`` counts characters into a text.
    ``part`` is what is wrong in a condition of several texts, or a formula within a table.
    """

    code: str
    remedy: str
    params: dict[str, Any]
    at_key: bool
    offset: int | None
    part: Expression | None

    def __new__(
        cls,
        code: str,
        message: str,
        remedy: str,
        /,
        *,
        at_key: bool = False,
        offset: int | None = None,
        part: Expression | None = None,
        **params: Any,
    ) -> Said:
        said = super().__new__(cls, message)
        said.code, said.remedy, said.params = code, remedy, params
        said.at_key, said.offset, said.part = at_key, offset, part
        return said


def wrong(code: str, message: str, remedy: str, /, **params: Any) -> ValidationError:
    """Build the marshmallow error for one message; callers raise it."""
    return ValidationError([Said(code, message, remedy, **params)])


def unknown_name(name: str, known: Collection[str], at: Name | None = None) -> Said:
    """Say that there is no such name, and which is nearest; ``at`` is where a formula has it."""
    near = nearest(name, list(known))
    return Said(
        "rules.unknown_name",
        N_("There is no `{name}` in this policy."),
        N_("Did you mean `{nearest}`?") if near else N_("Define it, or write another name."),
        offset=at.at or None if at else None,
        part=at,
        name=name,
        nearest=near,
    )
