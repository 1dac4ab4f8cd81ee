"""What is said in place of codes: the names of stages and of cycles."""

from __future__ import annotations

from engine.model import Bilingual
from engine.stages import name_of
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


def cycle_name(cycle: Cycle) -> dict[str, str]:
    """Return what people call a cycle: its policy and period."""
    name = cycle.policy_version.policy.name
    return {language: f"{name[language]} {cycle.period}" for language in LANGUAGES}


def cycle_called(cycle: Cycle) -> Bilingual:
    """Return ``cycle_name`` for what is said at once, as a refusal is."""
    return Bilingual(**cycle_name(cycle))
