"""Where a policy goes one way or another: rows of tables, grades, rules, the sides of an ``if``.

Each branch is a condition in the policy's own language, so that the compiler can say which
facts take it (coverage of cases) and the linter whether any can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.definitions import Bands, Condition, Decided, Definition, Lookup
from engine.expression import Call, Compare, Every, Expression, Name, Not
from engine.forms import formulas_of, literal
from engine.model import Bilingual, Table
from engine.reader import Path
from engine.wording import parts

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
    match definition.what:
        case Lookup(table=Table() as table):
            yield from _table(definition, table)
        case Bands(rows=rows):
            for place, (label, _) in enumerate(rows):
                when = Compare("==", Name(definition.name), Name(label))
                yield Branch("grade", definition, (*definition.path, place), when)
        case Decided(when=when):
            yield Branch("rule", definition, definition.path, when)
            yield Branch("unruled", definition, definition.path, Not(Name(definition.name)))
        case Condition(of=when):
            yield Branch("yes", definition, definition.path, when)
            yield Branch("no", definition, definition.path, Not(when))
        case _:
            pass
    for formula in formulas_of(definition.what):
        for node in parts(formula):
            if isinstance(node, Call) and node.function == "if":
                yield Branch("yes", definition, definition.path, node.arguments[0])
                yield Branch("no", definition, definition.path, Not(node.arguments[0]))


def _table(definition: Definition, table: Table) -> Iterator[Branch]:
    path = definition.path[:-1] if definition.path[-1] == "of" else definition.path
    for place, when in enumerate(_rows(table)):
        if when is not None:
            yield Branch("row", definition, (*path, table.kind, place), when)


def _rows(table: Table) -> Iterator[Expression | None]:
    """Give, for each row, when a value falls into it; None for a row that takes everything."""
    before: Expression | None = None
    into, past = (">=", "<") if table.kind == "steps" else ("<=", ">")
    for row in table.rows:
        here = None if row.edge is None else Compare(into, table.of, literal(row.edge))
        terms = tuple(each for each in (before, here) if each is not None)
        yield None if not terms else terms[0] if len(terms) == 1 else Every(terms)
        before = None if row.edge is None else Compare(past, table.of, literal(row.edge))
