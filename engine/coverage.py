"""Coverage 覆盖: which rows, grades, rules and cases of an ``if`` no worked example reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from engine.branches import Branch, branches, watched, watching
from engine.cases import Case
from engine.cells import typed
from engine.checking.sections import Problem
from engine.compile import compile_policy
from engine.errors import N_, Fault
from engine.evaluate import evaluate
from engine.facts import SCENARIO
from engine.forms.scorecard import definitions
from engine.language.expression import Not
from engine.language.wording import spell
from engine.model import Policy
from engine.reader import Tree
from engine.schema.placing import fault
from engine.schema.said import Said
from engine.version import Version


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many branches the policy has, and those that no case takes, by their position."""

    branches: int
    unreached: tuple[Fault, ...]

    @property
    def reached(self) -> int:
        return self.branches - len(self.unreached)


def coverage(policy: Policy, cases: Sequence[Case], tree: Tree) -> Coverage:
    """Evaluate all cases, each a scope of its own, and say which branches nobody took.

    ``tree`` is the policy's text, for the places. Raises KaohengError where facts do not fit.
    """
    own = definitions(policy)
    ways = branches(own)
    version = compile_policy(policy, scenarios=True, written=[*own, *watching(ways)])
    taken = _taken(version, cases, len(ways))
    faults = [fault(said, tree, path) for path, said in _unreached(ways, taken)]
    return Coverage(len(ways), tuple(sorted(faults, key=lambda each: each.place.sort_key())))


def _taken(version: Version, cases: Sequence[Case], count: int) -> set[int]:
    facts = [
        typed(
            version.facts,
            [{**row, SCENARIO.name: case.code} for row in case.facts],
            case.file,
            [case.line] * len(case.facts),
        )
        for case in cases
    ]
    columns = [watched(number) for number in range(count)]
    if not facts or not columns:
        return set()
    flags = evaluate(version, pl.concat(facts), only=columns).frame.select(pl.col(columns).any())
    return {number for number, column in enumerate(columns) if flags[column][0]}


def _unreached(ways: Sequence[Branch], taken: set[int]) -> list[Problem]:
    return [
        (branch.path, _said(branch)) for number, branch in enumerate(ways) if number not in taken
    ]


def _said(branch: Branch) -> Said:
    message = {
        "row": N_("No case reaches this row: {condition}."),
        "grade": N_("No case comes to {condition}."),
        "rule": N_("In no case does `{name}` hold."),
        "unruled": N_("`{name}` holds in every case."),
        "yes": N_("In no case does `{condition}` hold."),
        "no": N_("In every case `{condition}` holds."),
    }[branch.kind]
    asked = branch.when.of if isinstance(branch.when, Not) else branch.when
    return Said(
        f"coverage.{branch.kind}",
        message,
        N_("Add a case for it."),
        name=branch.of.name.removeprefix("rule."),
        condition=spell(asked),
    )
