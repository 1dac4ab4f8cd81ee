"""The version that people are scored under while figures, or the targets of some, are to come."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import polars as pl

from engine.compile import compile_policy
from engine.facts import columns, target_fact
from engine.model import Policy, Target
from engine.version import Version


def live_version(version: Version, facts: pl.DataFrame) -> Version:
    """Return ``version``; where a figure that it requires is not there yet, one that awaits it.

    The results of whoever it is missing for are pending then, and everybody else's are seen.
    """
    required = [column.name for column in columns(version) if column.required]
    if all(facts[name].null_count() == 0 for name in required):
        return version
    return _awaiting(version.policy)


def scored_version(version: Version, facts: pl.DataFrame) -> Version:
    """Return ``version``; where somebody has no target, one under which their result waits.

    The facts alone decide, so that a replay of the same facts gives the same bytes.
    """
    targets = [target_fact(rule) for rule in version.policy.targets]
    if all(name not in facts.columns or facts[name].null_count() == 0 for name in targets):
        return version
    return _without_targets(version.policy)


@lru_cache(maxsize=16)
def _without_targets(policy: Policy) -> Version:
    return compile_policy(replace(policy, targets=_pending(policy)))


def _pending(policy: Policy) -> tuple[Target, ...]:
    return tuple(replace(each, if_missing="pending") for each in policy.targets)


@lru_cache(maxsize=16)
def _awaiting(policy: Policy) -> Version:
    inputs = tuple(
        replace(each, if_missing="pending") if each.if_missing == "refuse" else each
        for each in policy.inputs
    )
    kpis = tuple(
        replace(each, if_unrated="pending") if each.if_unrated == "refuse" else each
        for each in policy.kpis
    )
    targets = _pending(policy)
    return compile_policy(replace(policy, inputs=inputs, kpis=kpis, targets=targets))
