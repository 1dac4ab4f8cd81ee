"""Compiles definition by definition, collecting what is wrong instead of stopping at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import polars as pl

from engine.columns import exact, worksheet
from engine.columns.formulas import truth, value
from engine.columns.kinds import compiled
from engine.columns.scope import Compiled, Scope
from engine.columns.values import Flag, Numeric, Refused, Value
from engine.columns.whole import TooLarge
from engine.columns.worksheet import Sheet
from engine.compiling.conditions import alternatives, leaves, pushed
from engine.compiling.flags import flag_name
from engine.compiling.references import settled
from engine.definitions import (
    Decided,
    Definition,
)
from engine.errors import N_
from engine.forms.shared import formulas_of
from engine.language.expression import Expression
from engine.language.wording import terms
from engine.model import Policy
from engine.reader import Path
from engine.schema.said import Said, unknown_name

_UNKNOWN = pl.lit(False)  # what is not known is never true


@dataclass
class Compilation:
    """Compiles definition by definition, collecting what is wrong instead of stopping at it."""

    policy: Policy
    problems: list[tuple[Path, Said]] = field(default_factory=list)
    scope: dict[str, Value] = field(default_factory=dict)
    columns: dict[str, list[tuple[str, pl.Expr]]] = field(default_factory=dict)
    shown: dict[str, pl.Expr] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    needs: dict[str, set[str]] = field(default_factory=dict)  # what each definition refers to
    partition: tuple[str, ...] = ()
    sheets: dict[str, Sheet] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    refused: dict[str, list[tuple[str, str, Said]]] = field(default_factory=dict)
    awaited: dict[str, tuple[pl.Expr, ...]] = field(default_factory=dict)
    across: set[tuple[str, ...]] = field(default_factory=set)


def compile_definition(work: Compilation, definition: Definition) -> None:
    if definition.name in work.bad or work.needs[definition.name] & work.bad:
        work.bad.add(definition.name)
        return
    scope = Scope(
        work.scope,
        lambda name: work.scope[settled(definition, name.name)],
        work.partition,
        lambda name: work.awaited.get(name, ()),
        work.across,
    )
    try:
        with worksheet.on(Sheet(work.numbers)) as work.sheets[definition.name]:
            if isinstance(definition.what, Decided):
                _compile_rule(work, definition, scope)
            else:
                _keep(work, definition, compiled(definition, scope))
            _keep_refusals(work, definition, scope)
    except Refused as refused:
        refused.said.part = _culprit(definition, scope)
        work.bad.add(definition.name)
        work.problems.append((definition.path, refused.said))
    except KeyError as missing:
        work.bad.add(definition.name)
        work.problems.append((definition.path, unknown_name(str(missing.args[0]), work.scope)))
    except TooLarge:
        work.bad.add(definition.name)
        work.problems.append(
            (
                definition.path,
                Said(
                    "rules.too_large_number",
                    N_("`{formula}` could exceed what is computed exactly."),
                    N_("Round a part of it first, or give its inputs a `max`."),
                    formula=definition.name,
                ),
            )
        )


def _culprit(definition: Definition, scope: Scope) -> Expression | None:
    """Return the first part of the definition's formulas that is refused by itself."""
    parts = [part for formula in formulas_of(definition.what) for part in terms(formula)]
    for compiled_as in (value, truth):
        for part in parts:
            try:
                compiled_as(part, scope.lookup)
            except (Refused, KeyError):
                return part
    return None


def _keep(work: Compilation, definition: Definition, made: Compiled) -> None:
    """Store the columns of a definition, what its name stands for, and how it is shown."""
    work.columns[definition.name] = made.columns
    work.scope[definition.name] = made.value
    raw = pl.col(definition.name)
    numeric = isinstance(made.value, Numeric)
    work.shown[definition.name] = exact.decimals(raw, made.digits) if numeric else raw


def _keep_refusals(work: Compilation, definition: Definition, scope: Scope) -> None:
    """Store where the facts are refused, and where the value or one that it needs is awaited."""
    name = definition.name
    own = tuple((f"! {name} {place}", mask) for place, (mask, _) in enumerate(scope.refused))
    said = [each for _, each in scope.refused]
    work.refused[name] = [(at, name, what) for (at, _), what in zip(own, said, strict=True)]
    waits = tuple((f"~ {name} {place}", mask) for place, mask in enumerate(scope.pending))
    work.columns[name] = [*work.columns[name], *own, *waits]
    needed = [
        each for of in sorted(work.needs[definition.name]) for each in work.awaited.get(of, ())
    ]
    if needed or waits:
        work.awaited[name] = (*needed, *(pl.col(at) for at, _ in waits))


def _compile_rule(work: Compilation, definition: Definition, scope: Scope) -> None:
    assert isinstance(definition.what, Decided)
    condition = pushed(definition.what.when)
    alternatives(condition)  # refuses what is too wide
    work.columns[definition.name] = [
        (flag_name(leaf), truth(leaf, scope.lookup).fill_null(_UNKNOWN))
        for leaf in leaves(condition)
    ]
    work.scope[definition.name] = Flag(pl.col(definition.name))
    work.shown[definition.name] = pl.col(definition.name)
