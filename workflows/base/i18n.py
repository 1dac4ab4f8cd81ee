"""Two languages through gettext: Chinese first, English complete.

Message ids are English; the Chinese catalogue is in ``workflows/locale``. Flask pages use
the same catalogue through Flask-Babel; the command line and jobs use this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from engine.errors import Fault, KaohengError
from engine.model import Bilingual

LOCALE_FOLDER = Path(__file__).parent.parent / "locale"
DOMAIN = "messages"
_DATE = {"zh": "y年M月d日", "en": "d MMM y"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of ``language``; English is the ids themselves."""
    if language == "en":
        return NullTranslations()
    return Translations.load(LOCALE_FOLDER, [language], DOMAIN)


def gettext(message: str, language: str, /, **params: object) -> str:
    """Translate ``message`` and fill in its ``{name}`` fields."""
    text = translations(language).ugettext(message) if message else ""
    fields = {name: _in_language(value, language) for name, value in params.items()}
    return text.format(**fields) if fields else text


def filled(message: str, language: str, params: Mapping[str, Any]) -> str:
    """Translate a msgid that was kept with its fields; one that is a name in both languages
    (``{"zh": …, "en": …}``) is given in the reader's, and so is a day (``2026-01-31``).
    """
    fields = {name: _read(value, language) for name, value in params.items()}
    return gettext(message, language, **fields)


def day(value: date, language: str) -> str:
    """Return a day as ``language`` writes it."""
    return format_date(value, _DATE[language], locale=language)


def _read(value: object, language: str) -> object:
    if isinstance(value, dict):
        return named(value, language)
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return day(date.fromisoformat(value), language)
        except ValueError:  # what somebody typed
            return value
    return value


def render(fault: Fault, language: str) -> str:
    """Return a fault as one line: where, what is wrong, what to do."""
    parts = [
        gettext(part, language, **fault.params) for part in (fault.message, fault.remedy) if part
    ]
    where = str(fault.place)
    # Chinese sentences follow one another without a space.
    said = ("" if language == "zh" else " ").join(parts)
    return f"{where}: {said}" if where else said


def _in_language(value: object, language: str) -> object:
    return getattr(value, language) if isinstance(value, Bilingual) else value


def render_all(error: KaohengError, language: str) -> list[str]:
    """Return every fault of ``error``, a line each."""
    return [render(fault, language) for fault in error.faults]


def named(name: dict[str, str], language: str) -> str:
    """Return a bilingual name from data (``{zh: …, en: …}``) in ``language``."""
    return name.get(language) or next(iter(name.values()), "")
