"""What a policy gives, worked out a second way: Fraction and plain loops, person by person.

Written from the language's rules, not from the engine: it shares the model and the parsed
formulas, and nothing that computes. None is "not applicable".
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.model import Policy
from tests.engine.oracle.figures import Cells, declared, facts, figures
from tests.engine.oracle.grants import Given, given
from tests.engine.oracle.people import Row, Ways
from tests.engine.oracle.pools import pooled
from tests.engine.oracle.rewards import rewards
from tests.engine.oracle.scoring import scoring

__all__ = ["Given", "Row", "given", "outcome", "refused"]


def outcome(policy: Policy, cells: Sequence[Cells]) -> list[Row]:
    """Return everybody's values by name: numbers as Fraction, grades as text, rules as truth."""
    rows: list[Row] = []
    ways: Ways = {
        **figures(policy),
        **scoring(policy, rows),
        **rewards(policy, rows),
        **pooled(policy, rows),
    }
    rows += [Row(facts(policy, each), ways) for each in cells]
    return rows


def refused(policy: Policy, rows: Sequence[Row]) -> set[str]:
    """Name those whose facts the policy does not take."""
    return {row["person"] for row in rows if "refuse" in declared(policy, row)}
