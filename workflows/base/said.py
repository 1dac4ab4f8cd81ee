"""What the engine tells, in a reader's language: words of ours, names of the data, plain text."""

from __future__ import annotations

from engine.model import Bilingual
from engine.telling.terms import Term
from workflows.base.i18n import gettext


def said(value: Bilingual | Term | str | None, language: str) -> str:
    if isinstance(value, Term):
        return gettext(value.message, language, **value.params)
    return str(getattr(value, language)) if isinstance(value, Bilingual) else value or ""
