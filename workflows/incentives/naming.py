"""What the rules that give incentives are called."""

from __future__ import annotations

from engine.model import Pool, Rule, Step
from workflows.base.settings import LANGUAGES
from workflows.cycles.pinned import pinned_policy
from workflows.incentives.tables import LedgerEntry


def rule_name(entry: LedgerEntry) -> dict[str, str]:
    """Return what the policy of an entry's cycle calls the rule, step or pool that gave it.

    It is the code itself where the policy has no such thing.
    """
    policy = pinned_policy(entry.review.cycle)
    granting: tuple[Rule | Step | Pool, ...] = (*policy.rules, *policy.steps, *policy.pools)
    for each in granting:
        if each.code == entry.rule:
            return {"zh": each.name.zh, "en": each.name.en}
    return dict.fromkeys(LANGUAGES, entry.rule)
