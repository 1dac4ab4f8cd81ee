"""The policy that a cycle pinned, read and compiled once: a version never changes."""

from __future__ import annotations

from functools import lru_cache

from engine.canonical import from_canonical
from engine.compile import compile_policy
from engine.model import Policy
from engine.version import Version
from workflows.cycles.tables import Cycle


def pinned_policy(cycle: Cycle) -> Policy:
    """Return the policy of the cycle's version."""
    return _policy(cycle.policy_version.digest, cycle.policy_version.canonical)


def pinned_version(cycle: Cycle) -> Version:
    """Return the cycle's version, ready to evaluate."""
    return _compiled(cycle.policy_version.digest, cycle.policy_version.canonical)


# The text is part of the key: a digest that somebody made up must not lend its rules to others.
@lru_cache(maxsize=64)
def _policy(digest: str, canonical: str) -> Policy:  # noqa: ARG001
    return from_canonical(canonical)


@lru_cache(maxsize=64)
def _compiled(digest: str, canonical: str) -> Version:
    return compile_policy(_policy(digest, canonical))
