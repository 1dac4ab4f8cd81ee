"""Messages that travel through marshmallow and still know their code, remedy and values."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError


class Said(str):
    """A message (gettext id) with what a Fault needs; a ``str``, so that marshmallow carries it.

    ``at_key`` points at the name instead of its value; ``offset`` counts characters into a text.
    """

    code: str
    remedy: str
    params: dict[str, Any]
    at_key: bool
    offset: int | None

    def __new__(
        cls,
        code: str,
        message: str,
        remedy: str,
        /,
        *,
        at_key: bool = False,
        offset: int | None = None,
        **params: Any,
    ) -> Said:
        said = super().__new__(cls, message)
        said.code, said.remedy, said.params = code, remedy, params
        said.at_key, said.offset = at_key, offset
        return said


def wrong(code: str, message: str, remedy: str, /, **params: Any) -> ValidationError:
    """Build the marshmallow error for one message; callers raise it."""
    return ValidationError([Said(code, message, remedy, **params)])
