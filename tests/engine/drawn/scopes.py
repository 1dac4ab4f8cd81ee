"""A drawn policy, and people whose facts it takes."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from engine.compile import compile_policy
from engine.errors import KaohengError
from engine.model import Policy
from engine.policies import load
from engine.version import Version
from tests.engine.drawn.people import people
from tests.engine.oracle import refused

# A number for each person; the facts follow from it.
SEEDS = st.lists(st.integers(0, 2**32), min_size=15, max_size=35)
# One failing policy is as good as the smallest, and is there at once.
ONCE = settings(deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
# What is drawn may be more than is computed exactly; such a policy is refused when it is read.
TOO_LARGE = {"rules.too_large", "rules.too_large_number"}
Cells = list[dict[str, str]]


def read(text: str) -> Policy | None:
    """Load a drawn policy; None where its numbers could get too large, which is nobody's error."""
    try:
        return load(text, "policy.yaml")
    except KaohengError as error:
        if not {fault.code for fault in error.faults} <= TOO_LARGE:
            raise
        return None


def scope(text: str, seeds: list[int]) -> tuple[Version, Cells] | None:
    """Compile a drawn policy and draw people whose facts it takes; None without any."""
    policy = read(text)
    if policy is None:
        return None
    cells = people(policy, seeds)
    out = refused(policy, cells)
    taken = [each for each in cells if each["person"] not in out]
    return (compile_policy(policy), taken) if taken else None
