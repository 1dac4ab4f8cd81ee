"""Where a policy goes one way or another: rows of tables, grades, rules, the sides of an ``if``.

Each branch is a condition in the policy's own language, so that the compiler can say which
facts take it (coverage of cases) and the linter whether any can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.definitions import Bands, Condition, Decided, Definition, Lookup
from engine.forms.shared import placed_formulas
from engine.language.expression import Call, Compare, Expression, Name, Not
from engine.language.wording import parts
from engine.model import Bilingual
from engine.reader import Path
from engine.tables.branches import reached

# ``unruled`` is a rule that does not hold, ``no`` a condition that does not.
Kind = Literal["row", "grade", "rule", "unruled", "yes", "no"]


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to go: taken where ``when`` holds. ``of`` is the definition that branches."""

    kind: Kind
    of: Definition
    path: Path
    when: Expression


def branches(definitions: Sequence[Definition]) -> list[Branch]:
    """List every branch, in the order of the definitions."""
    return [branch for each in definitions for branch in _branches(each)]


def watching(found: Sequence[Branch]) -> list[Definition]:
    """Return a definition for each branch, named by its number, for a version to be compiled."""
    return [
        Definition(
            watched(number),
            Bilingual("", ""),
            Condition(branch.when),
            "flag",
            branch.path,
            measured=branch.of.measured,
        )
        for number, branch in enumerate(found)
    ]


def watched(number: int) -> str:
    """Name the column that says who takes a branch; no policy has such a name."""
    return f"branch {number}"


def _branches(definition: Definition) -> Iterator[Branch]:
    path = definition.path
    match definition.what:
        case Lookup(table=table, gate=gate):
            for below, when in reached(table):
                yield Branch("row", definition, (*path, *below), when)
            if gate is not None:
                yield from _sides(definition, path, gate)
        case Bands(rows=rows):
            for place, (label, _) in enumerate(rows):
                when = Compare("==", Name(definition.name), Name(label))
                yield Branch("grade", definition, (*path, place), when)
        case Decided(when=when):
            yield Branch("rule", definition, path, when)
            yield Branch("unruled", definition, path, Not(Name(definition.name)))
        case Condition(of=when):
            yield from _sides(definition, path, when)
        case _:
            pass
    for at, formula in placed_formulas(definition):
        for node in parts(formula):
            if isinstance(node, Call) and node.function == "if":
                yield from _sides(definition, at, node.arguments[0])


def _sides(definition: Definition, path: Path, when: Expression) -> Iterator[Branch]:
    yield Branch("yes", definition, path, when)
    yield Branch("no", definition, path, Not(when))
