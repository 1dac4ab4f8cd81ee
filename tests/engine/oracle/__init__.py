"""What a policy gives, worked out a second way: Fraction and plain loops, person by person.

Written from the language's rules, not from the engine: it shares the model and the parsed
formulas, and nothing that computes. None is "not applicable".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.model import Policy
from tests.engine.oracle.figures import Cells, declared, facts, figures
from tests.engine.oracle.grants import Given, given
from tests.engine.oracle.people import Row, Ways
from tests.engine.oracle.pools import pooled
from tests.engine.oracle.rewards import rewards
from tests.engine.oracle.scoring import scoring
from tests.engine.oracle.segments import together

__all__ = ["Given", "Row", "given", "outcome", "refused"]


def outcome(policy: Policy, cells: Sequence[Cells]) -> list[Row]:
    """Return everybody's values by name: numbers as Fraction, grades as text, rules as truth."""
    return stages(policy, cells)[-1]


def refused(policy: Policy, cells: Sequence[Cells]) -> set[str]:
    """Name those whose facts the policy does not take, in a part of the period or in all of it."""
    rows = [row for stage in stages(policy, cells) for row in stage]
    return {row["person"] for row in rows if "refuse" in declared(policy, row)}


def stages(policy: Policy, cells: Sequence[Cells]) -> list[list[Row]]:
    """Work out the parts of the period, where anybody has several, and then everybody."""
    rows = worked_out(policy, [facts(policy, each) for each in cells])
    if len({row["person"] for row in rows}) == len(rows):
        return [rows]
    return [rows, worked_out(policy, together(policy, rows))]


def worked_out(policy: Policy, people: Sequence[Mapping[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    ways: Ways = {
        **figures(policy),
        **scoring(policy, rows),
        **rewards(policy, rows),
        **pooled(policy, rows),
    }
    rows += [Row(each, ways) for each in people]
    return rows
