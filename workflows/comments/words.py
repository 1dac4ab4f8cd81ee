"""A field's name in both languages, kept with a thread: the draft may call it otherwise later."""

from __future__ import annotations

from engine.model import Bilingual
from engine.telling.terms import Term
from workflows.base.i18n import gettext


def bilingual(label: Bilingual | Term) -> dict[str, str]:
    """Return a name of the data, or a word of the application, as ``{zh: …, en: …}``."""
    if isinstance(label, Bilingual):
        return {"zh": label.zh, "en": label.en}
    return {language: gettext(label.message, language, **label.params) for language in ("zh", "en")}
