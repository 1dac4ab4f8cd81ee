"""The version that an open cycle is shown under while figures are still to come."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import polars as pl

from engine.compile import compile_policy
from engine.facts import columns
from engine.model import Policy
from engine.version import Version


def live_version(version: Version, facts: pl.DataFrame) -> Version:
    """Return ``version``; where a figure that it requires is not there yet, one that awaits it.

    The results of whoever it is missing for are pending then, and everybody else's are seen.
    """
    required = [column.name for column in columns(version) if column.required]
    if all(facts[name].null_count() == 0 for name in required):
        return version
    return _awaiting(version.policy)


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
    return compile_policy(replace(policy, inputs=inputs, kpis=kpis))
