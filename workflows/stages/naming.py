"""What is said in place of codes: the names of stages, of those who move reviews, of cycles."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model import Bilingual
from engine.sheets.words import MOVED_BY
from engine.stages import name_of
from workflows.base.i18n import gettext
from workflows.base.settings import LANGUAGES
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review


def stage_name(cycle: Cycle, stage: str) -> Bilingual:
    """Return what the policy that a cycle runs under calls one of its stages."""
    return name_of(pinned_policy(cycle), stage)


def stage_of(review: Review) -> Bilingual:
    """Return what the stage that a review is in is called."""
    return stage_name(review.cycle, review.stage)


def movers_named(movers: Iterable[str]) -> Bilingual:
    """Return who may make a move, as a policy names them, in words."""
    words = [_word(each) for each in movers]
    return Bilingual("、".join(each.zh for each in words), ", ".join(each.en for each in words))


def _word(mover: str) -> Bilingual:
    return Bilingual(*(gettext(MOVED_BY[mover], language) for language in LANGUAGES))


def cycle_name(cycle: Cycle) -> dict[str, str]:
    """Return what people call a cycle: its policy and period."""
    name = cycle.policy_version.policy.name
    return {language: f"{name[language]} {cycle.period}" for language in LANGUAGES}
