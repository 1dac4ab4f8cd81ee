"""Lint 方案体检: what is doubtful in a policy that has no fault.

Faults refuse a policy; findings warn, and people may decide that all is meant. They are found
in two ways. By reading: bounds of every value say which rows, grades and rules nothing can
reach. By evaluating: facts on both sides of every threshold say where pay jumps or falls.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.branches import branches
from engine.checking.sections import Problem
from engine.compile import compile_policy
from engine.errors import Fault
from engine.lint.clauses import gaps, in_tables, overlaps, ruled
from engine.lint.flow import flow
from engine.lint.following import careers, watched
from engine.lint.kpis import idle, twice
from engine.lint.names import unused
from engine.lint.pay import pay
from engine.lint.ranges import reach
from engine.lint.rows import unreachable
from engine.lint.sweep import no_pause
from engine.model import Policy
from engine.reader import Tree
from engine.schema.placing import fault


def findings(policy: Policy, tree: Tree, pause: Callable[[], None] = no_pause) -> list[Fault]:
    """Return every finding in a policy without faults, by its position in the ``tree``.

    It takes a second for a large policy; ``pause`` is called now and then, and may raise.
    """
    found = [fault(said, tree, path) for path, said in problems(policy, pause)]
    return sorted(found, key=lambda each: (each.place.sort_key(), each.code))


def problems(policy: Policy, pause: Callable[[], None] = no_pause) -> list[Problem]:
    """Return every finding with its path in the file; KaohengError where the policy has faults."""
    version = compile_policy(policy)
    bounds, ways = reach(policy, version.definitions), branches(version.definitions)
    return [
        *idle(policy, bounds),
        *twice(policy, version.definitions),
        *unreachable(ways, bounds),
        *gaps(ruled(policy), bounds),
        *overlaps(ruled(policy), bounds),
        *in_tables(version.definitions, bounds),
        *watched(policy, bounds),
        *careers(policy, bounds),
        *flow(policy),
        *unused(policy, version.definitions),
        *pay(policy, ways, pause),
    ]
