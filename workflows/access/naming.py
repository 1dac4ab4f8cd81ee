"""Those who may do something, in words in place of codes."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model import Bilingual
from engine.sheets.words import MOVED_BY
from workflows.base.i18n import gettext
from workflows.base.settings import LANGUAGES


def movers_named(movers: Iterable[str]) -> Bilingual:
    """Return who may make a move, as a policy names them, in words."""
    words = [_word(each) for each in movers]
    return Bilingual("、".join(each.zh for each in words), ", ".join(each.en for each in words))


def _word(mover: str) -> Bilingual:
    return Bilingual(*(gettext(MOVED_BY[mover], language) for language in LANGUAGES))
