"""A policy → a version that can be evaluated: every definition as columns, in an order that works.

Definitions may be written in any order. They are compiled once each, along their references;
what depends on a rule's conclusion is a later layer than the rule, so that evaluation
alternates columns → decisions → columns as often as the policy asks for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from itertools import count

import polars as pl

from engine import exact, worksheet
from engine.canonical import digest
from engine.classes import words
from engine.conditions import alternatives, leaves, pushed
from engine.decisions import Alternative, Ruleset, ruleset
from engine.definitions import (
    Across,
    Appraised,
    Attainment,
    Bands,
    ByDate,
    ByLabel,
    Calibrated,
    Conclusion,
    Condition,
    Decided,
    Definition,
    Growth,
    Lowered,
    Mean,
    Ratio,
    Share,
    TeamSum,
    Weight,
)
from engine.errors import N_, Fault, KaohengError, Place
from engine.expression import Name
from engine.facts import SCENARIO, FactColumn, wanted
from engine.forms import formulas_of, placed_formulas
from engine.formulas import truth
from engine.kinds import compiled
from engine.model import Policy
from engine.reader import Path, nearest
from engine.schema.said import Said
from engine.scope import Compiled, Scope
from engine.scorecard import definitions
from engine.values import Flag, Label, Numeric, Refused, Value, dimension
from engine.whole import INT, TooLarge
from engine.wording import names, spell
from engine.worksheet import Sheet

KEPT_FITS = 8


@dataclass(frozen=True, slots=True)
class Layer:
    """Columns that need nothing of each other, then the rules that they settle.

    ``stages`` are intermediate columns and then the columns themselves, each stage from earlier
    ones. ``across``: a row's columns look at other rows as well. ``words`` hold the rules' flags,
    packed into whole numbers. ``refused``: a column that is true where the facts are refused,
    whose value, what to say.
    """

    stages: tuple[dict[str, pl.Expr], ...]
    across: bool = False
    words: dict[str, pl.Expr] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    ruleset: Ruleset | None = None
    refused: tuple[tuple[str, str, Said], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A policy ready to be evaluated. ``shown`` makes each named value from the raw columns.

    ``across`` says which other rows a row depends on: those with the same value in a set of
    keys (``("team",)``; ``()`` is everybody). Empty: each row stands alone. ``fits`` are the same
    version compiled for narrower facts (``refitted``).
    """

    policy: Policy
    digest: str
    facts: tuple[FactColumn, ...]
    definitions: tuple[Definition, ...]
    measured: tuple[Layer, ...]
    granted: tuple[Layer, ...]
    shown: dict[str, pl.Expr]
    across: frozenset[tuple[str, ...]] = frozenset()
    fits: OrderedDict[tuple[FactColumn, ...], Version] = field(
        default_factory=OrderedDict, compare=False, repr=False
    )


@dataclass
class Compilation:
    """Compiles definition by definition, collecting what is wrong instead of stopping at it."""

    policy: Policy
    problems: list[tuple[Path, Said]] = field(default_factory=list)
    scope: dict[str, Value] = field(default_factory=dict)
    columns: dict[str, list[tuple[str, pl.Expr]]] = field(default_factory=dict)
    shown: dict[str, pl.Expr] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    partition: tuple[str, ...] = ()
    sheets: dict[str, Sheet] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    refused: dict[str, list[tuple[str, str, Said]]] = field(default_factory=dict)
    awaited: dict[str, tuple[pl.Expr, ...]] = field(default_factory=dict)
    across: set[tuple[str, ...]] = field(default_factory=set)


def compile_policy(
    policy: Policy, *, scenarios: bool = False, written: Sequence[Definition] | None = None
) -> Version:
    """Compile; raise KaohengError (without places: the text is not here) for what is wrong.

    With ``scenarios`` facts have a column ``scenario`` more: the same people may then come
    once in each, and teams, pools and ranks stay within it. ``written`` are definitions in place
    of the policy's own, such as these and more that somebody wants to see.
    """
    version, problems = compile_checked(policy, scenarios=scenarios, written=written)
    if version is None:
        raise KaohengError(
            [
                Fault(
                    said.code,
                    str(said),
                    said.remedy,
                    said.params,
                    Place(path=".".join(map(str, path))),
                )
                for path, said in problems
            ]
        )
    return version


def compile_checked(
    policy: Policy, *, scenarios: bool = False, written: Sequence[Definition] | None = None
) -> tuple[Version | None, list[tuple[Path, Said]]]:
    """Compile and return the version, or None and every problem with its path in the file."""
    facts = (*((SCENARIO,) if scenarios else ()), *wanted(policy))
    own = definitions(policy) if written is None else list(written)
    return _compiled(policy, _settled_first(own), facts)


def refitted(version: Version, facts: tuple[FactColumn, ...]) -> Version:
    """Return the version for facts within narrower bounds: the same values, on shorter numbers.

    Everything is exact, so bounds decide how wide a column is and never what is in it.
    """
    found = version.fits.get(facts)
    if found is None:
        found, problems = _compiled(
            version.policy, list(version.definitions), facts, version.digest
        )
        assert found is not None, problems
        version.fits[facts] = found
        while len(version.fits) > KEPT_FITS:
            version.fits.popitem(last=False)
    return found


def _compiled(
    policy: Policy, written: list[Definition], facts: tuple[FactColumn, ...], name: str = ""
) -> tuple[Version | None, list[tuple[Path, Said]]]:
    partition = tuple(fact.name for fact in facts if fact.name == SCENARIO.name)
    work = Compilation(policy, partition=partition)
    work.scope.update({fact.name: fact.value() for fact in facts})
    work.awaited.update({fact.name: (pl.col(fact.name).is_null(),) for fact in facts if fact.waits})
    work.bad.update({each.name for each in written} & set(work.scope))
    known = {each.name: each for each in written}
    for each in written:
        _check_names(work, each, known)
    order = _ordered(work, written)
    for each in order:
        _compile(work, each)
    if work.problems:
        return None, work.problems
    done = {each.name for each in order if each.measured}
    measured = _layers(work, [each for each in order if each.measured], set())
    granted = _layers(work, [each for each in order if not each.measured], done)
    version = Version(
        policy,
        name or digest(policy),
        facts,
        tuple(written),
        measured,
        granted,
        work.shown,
        frozenset(work.across),
    )
    return version, []


def _settled_first(written: list[Definition]) -> list[Definition]:
    """Mark as measured whatever a measured definition needs: a step that a KPI takes, say."""
    known = {each.name: each for each in written}
    needed = [each.name for each in written if each.measured]
    marked = set(needed)
    while needed:
        # A rule's conclusion or a team's figure is settled with the score if the score needs it.
        more = references(replace(known[needed.pop()], measured=True)) & set(known) - marked
        marked |= more
        needed += more
    return [replace(each, measured=each.name in marked) for each in written]


def _check_names(work: Compilation, definition: Definition, known: dict[str, Definition]) -> None:
    everything = set(known) | set(work.scope)
    labels = [each for each in work.scope.values() if isinstance(each, Label)]
    options = {word for label in labels for word in label.options}
    options |= {"grade", *(grade.code for grade in work.policy.grades)}
    for path, formula in placed_formulas(definition):
        for name in names(formula):
            if name.name not in everything | options:
                work.bad.add(definition.name)
                work.problems.append((path, unknown(name, everything)))


def unknown(name: Name, known: set[str]) -> Said:
    near = nearest(name.name, known)
    return Said(
        "rules.unknown_name",
        N_("There is no `{name}` in this policy."),
        N_("Did you mean `{nearest}`?") if near else N_("Define it, or write another name."),
        offset=name.at or None,
        name=name.name,
        nearest=near,
    )


def references(definition: Definition) -> set[str]:
    """Give the names of what a definition needs first."""
    found = {
        _settled(definition, name.name)
        for formula in formulas_of(definition.what)
        for name in names(formula)
    }
    match definition.what:
        case Ratio(top=top, bottom=bottom) | Growth(now=top, base=bottom):
            found |= {top, bottom}
        case Across(keys=keys):
            found |= set(keys)
        case ByDate(by=str(by)):
            found |= {by}
        case Lowered(of=of, rows=rows):
            found |= {of.of, *(flag for flag, _ in rows)}
        case Attainment(actual=actual, target=target):
            found |= {actual, target}
        case Mean(terms=terms):
            found |= {each for term in terms for each in term if isinstance(each, str)}
        case Bands(of=of) | ByLabel(of=of) | Appraised(of=of):
            found |= {of}
        case Calibrated(given=given, computed=computed):
            found |= {given, computed}
        case TeamSum(of=str(of)) | Weight(of=str(of)):
            found |= {of}
        case Conclusion(rules=rules):
            found |= set(rules)
        case Share(trigger=trigger, fund=fund, weight=weight):
            found |= {trigger, fund, weight}
        case _:
            pass
    return found


def needs(definition: Definition) -> set[str]:
    """Give the names that must be there first: what it is made of, and what it waits for."""
    waits = definition.what.waits if isinstance(definition.what, Mean) else ()
    return references(definition) | set(waits)


def _settled(definition: Definition, name: str) -> str:
    """Let ``grade`` mean the grade that counts, once there is one."""
    return "final_grade" if name == "grade" and not definition.measured else name


def _ordered(work: Compilation, written: list[Definition]) -> list[Definition]:
    known = {each.name: each for each in written}
    graph = {each.name: needs(each) & set(known) for each in written}
    try:
        return [known[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = error.args[1]
        work.problems.append(
            (
                known[circle[0]].path,
                Said(
                    "rules.circle",
                    N_("These define each other in a circle: {circle}."),
                    N_("Take one of the references out."),
                    circle=" → ".join(circle),
                ),
            )
        )
        return []


def _compile(work: Compilation, definition: Definition) -> None:
    if definition.name in work.bad or references(definition) & work.bad:
        work.bad.add(definition.name)
        return
    scope = Scope(
        work.scope,
        lambda name: work.scope[_settled(definition, name.name)],
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
        work.bad.add(definition.name)
        work.problems.append((definition.path, refused.said))
    except KeyError as missing:
        work.bad.add(definition.name)
        work.problems.append(
            (definition.path, unknown(Name(str(missing.args[0])), set(work.scope)))
        )
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
    needed = [each for of in sorted(needs(definition)) for each in work.awaited.get(of, ())]
    if needed or waits:
        work.awaited[name] = (*needed, *(pl.col(at) for at, _ in waits))


def _compile_rule(work: Compilation, definition: Definition, scope: Scope) -> None:
    assert isinstance(definition.what, Decided)
    condition = pushed(definition.what.when)
    alternatives(condition)  # refuses what is too wide
    work.columns[definition.name] = [
        (flag_name(leaf), truth(leaf, scope.lookup).fill_null(False)) for leaf in leaves(condition)
    ]
    work.scope[definition.name] = Flag(pl.col(definition.name))
    work.shown[definition.name] = pl.col(definition.name)


def flag_name(leaf: object) -> str:
    """Name a leaf's column; equal leaves of several rules share it."""
    return f"? {spell(leaf)}"  # type: ignore[arg-type]


def _layers(work: Compilation, order: list[Definition], done: set[str]) -> tuple[Layer, ...]:
    """Group definitions by how many others stand before them."""
    depth: dict[str, int] = dict.fromkeys(done, -1)
    layers: list[list[Definition]] = []
    for each in order:
        level = 1 + max((depth.get(name, -1) for name in needs(each)), default=-1)
        depth[each.name] = level
        while len(layers) <= level:
            layers.append([])
        layers[level].append(each)
    _put_off_rules(layers)
    return tuple(
        _layer(work, part, across)
        for layer in layers
        for across in (False, True)
        if (part := [each for each in layer if work.sheets[each.name].across == across])
    )


def _put_off_rules(layers: list[list[Definition]]) -> None:
    """Decide what nothing else waits for in one go, at the end."""
    needed = {name for layer in layers for each in layer for name in needs(each)}
    late = [
        each
        for layer in layers
        for each in layer
        if isinstance(each.what, Decided) and each.name not in needed
    ]
    for layer in layers:
        layer[:] = [each for each in layer if each not in late]
    layers.append(late)


def _layer(work: Compilation, layer: list[Definition], across: bool) -> Layer:
    rules = [each for each in layer if isinstance(each.what, Decided)]
    stages = _stages(work, layer)
    refused = tuple(one for each in layer for one in work.refused[each.name])
    if not rules:
        return Layer(stages, across, refused=refused)
    flags = list(dict.fromkeys(name for each in rules for name, _ in work.columns[each.name]))
    place = {name: number for number, name in enumerate(flags)}
    found = [
        Alternative(each.name, tuple(sorted({place[flag_name(leaf)] for leaf in option})))
        for each in rules
        if isinstance(each.what, Decided)
        for option in alternatives(pushed(each.what.when))
    ]
    return Layer(
        stages,
        across,
        words(flags),
        tuple(each.name for each in rules),
        tuple(flags),
        ruleset(found),
        refused,
    )


def _stages(work: Compilation, layer: list[Definition]) -> tuple[dict[str, pl.Expr], ...]:
    """Put the intermediate columns of all definitions side by side, then their own columns."""
    sheets = [work.sheets[each.name].stages for each in layer]
    stages: list[dict[str, pl.Expr]] = []
    for number in range(max(map(len, sheets), default=0)):
        stages.append({})
        for own in sheets:
            stages[-1].update(own[number] if number < len(own) else {})
    stages.append({})
    for each in layer:
        stages[-1].update(work.columns[each.name])
    return tuple(stages)


__all__ = [
    "INT",
    "Condition",
    "Label",
    "Layer",
    "Version",
    "compile_checked",
    "compile_policy",
    "dimension",
]
