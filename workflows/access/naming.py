"""Those who may do something, in words in place of codes."""

from __future__ import annotations

from collections.abc import Iterable

from engine.errors import N_
from engine.model import Bilingual
from engine.sheets.words import MOVED_BY
from workflows.base.i18n import gettext
from workflows.base.settings import LANGUAGES

# Roles that move no review, so that policies do not name them.
_MORE = {"administrator": N_("Administrator"), "auditor": N_("Auditor")}


def movers_named(movers: Iterable[str]) -> Bilingual:
    """Return who may make a move, as a policy names them, in words."""
    words = [_word(each) for each in movers]
    return Bilingual("、".join(each.zh for each in words), ", ".join(each.en for each in words))


def _word(mover: str) -> Bilingual:
    return Bilingual(*(gettext((MOVED_BY | _MORE)[mover], language) for language in LANGUAGES))
