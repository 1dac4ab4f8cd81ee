"""Why one person has what they have: every value with its formula, every rule's conditions.

Returns plain data; the words around it belong to whoever shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import polars as pl

from engine.compiling.conditions import pushed
from engine.compiling.flags import flag_name
from engine.compiling.references import references
from engine.definitions import Decided, Definition
from engine.errors import N_, Kind, refuse
from engine.evaluate import Result
from engine.facts import FactColumn, target_fact
from engine.grants import Grant
from engine.language.expression import Either, Every, Expression
from engine.language.wording import spell
from engine.model import Bilingual, Grade, Policy
from engine.plain import plain_number
from engine.running.segments import DAYS, added, blended
from engine.telling.describe import PLAIN, Wording, described, put_in
from engine.telling.shortfall import Shortfall, shortfall
from engine.version import Version

Shown = str | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact is from: a measure, target, input or rating, or simply given."""

    name: str
    title: Bilingual
    kind: str
    value: Shown
    unit: str


@dataclass(frozen=True, slots=True)
class Step:
    """A named value: how it is written, the same with the numbers put in, and what came out.

    ``uses`` are the names that it is made of.
    """

    name: str
    title: Bilingual
    formula: str
    filled: str
    value: Shown
    unit: str
    digits: int
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison of a rule, and by how much it fails where it does."""

    condition: str
    filled: str
    holds: bool
    short: Shortfall


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which ``all`` must hold, or ``any``."""

    word: Literal["all", "any"]
    holds: bool
    parts: tuple[Check | Group, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule: whether it held, and what it asks for. ``not`` is said by the opposite sign."""

    rule: str
    title: Bilingual
    condition: str
    holds: bool
    asks: Check | Group
    uses: tuple[str, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All of its comparisons, in the order of writing."""
        return tuple(_flat(self.asks))


@dataclass(frozen=True, slots=True)
class Explanation:
    person: str
    sources: tuple[Source, ...]
    steps: tuple[Step, ...]
    decisions: tuple[Decision, ...]
    grants: tuple[Grant, ...]


def explain(version: Version, result: Result, person: str, wording: Wording = PLAIN) -> Explanation:
    """Explain one person's row of ``result``; raise KaohengError when there is no such person.

    ``wording`` says how formulas are written; without it, in the file's own names.
    """
    found = result.frame["person"] == person
    place = found.arg_max()
    if found.sum() != 1 or place is None:
        raise refuse(
            "facts.no_person",
            N_("There is no `{person}` among these people."),
            N_("Write the code as it stands in the facts."),
            kind=Kind.MISSING,
            person=person,
        )
    row = result.frame.row(place, named=True)
    if result.leaves.width:  # else stopped before the rules
        row = result.leaves.row(place, named=True) | row
    settled = [each for each in version.definitions if each.name in row]
    parts = {} if result.segments is None else {*blended(version), *added(version)}
    return Explanation(
        person,
        tuple(_source(version.policy, fact, row) for fact in version.facts),
        tuple(
            _of_segments(each, result, row, wording)
            if each.name in parts
            else _step(each, row, wording)
            for each in settled
            if not isinstance(each.what, Decided)
        ),
        tuple(
            _decision(each, row, wording, version.policy.grades)
            for each in settled
            if isinstance(each.what, Decided)
        ),
        tuple(grant for grant in result.grants if grant.person == person),
    )


def _source(policy: Policy, fact: FactColumn, row: Mapping[str, Shown]) -> Source:
    return Source(fact.name, fact.title, _kind(policy, fact.name), row[fact.name], fact.unit)


def _kind(policy: Policy, name: str) -> str:
    kinds = {
        "measure": [each.code for each in policy.measures],
        "target": [target_fact(each) for each in policy.targets],
        "input": [each.code for each in policy.inputs],
        "rating": [f"{kpi.code}.{rater}" for kpi in policy.kpis for rater, _ in kpi.raters],
    }
    return next((kind for kind, names in kinds.items() if name in names), "given")


def _step(definition: Definition, row: Mapping[str, Shown], wording: Wording) -> Step:
    formula, filled = described(definition.what, row, wording)
    return Step(
        definition.name,
        definition.title,
        formula,
        filled,
        row[definition.name],
        definition.unit,
        definition.digits,
        _uses(definition, row),
    )


def _of_segments(
    definition: Definition, result: Result, row: Mapping[str, Shown], wording: Wording
) -> Step:
    """Explain what the segments' own values were put together to: by days, or added up."""
    assert result.segments is not None
    own = result.segments.filter(pl.col("person") == row["person"])
    if own.height == 1:
        return _step(definition, row, wording)
    pairs = own.select(definition.name, DAYS).rows()
    known = [(value, days) for value, days in pairs if value is not None]
    if definition.name in added(result.version):
        formula = wording.say(N_("sum of the segments"))
        filled = " + ".join(plain_number(value) for value, _ in known)
    else:
        formula = wording.say(N_("mean of the segments by days"))
        terms = " + ".join(f"{plain_number(value)} * {plain_number(days)}" for value, days in known)
        filled = f"({terms}) / {plain_number(sum((days for _, days in known), Decimal(0)))}"
    step = _step(definition, row, wording)
    return replace(step, formula=formula, filled=filled if known else "–", uses=())


def _uses(definition: Definition, row: Mapping[str, Shown]) -> tuple[str, ...]:
    """Give the names that a definition refers to, without the labels that are no names."""
    return tuple(sorted(name for name in references(definition) if name in row))


def _decision(
    definition: Definition, row: Mapping[str, Shown], wording: Wording, grades: tuple[Grade, ...]
) -> Decision:
    assert isinstance(definition.what, Decided)
    return Decision(
        definition.name.removeprefix("rule."),
        definition.title,
        spell(definition.what.when, wording.name, wording.say),
        bool(row[definition.name]),
        _asked(pushed(definition.what.when), row, wording, grades),
        _uses(definition, row),
    )


def _asked(
    node: Expression, row: Mapping[str, Shown], wording: Wording, grades: tuple[Grade, ...]
) -> Check | Group:
    if not isinstance(node, (Every, Either)):
        return _check(node, row, wording, grades)
    parts = tuple(_asked(each, row, wording, grades) for each in node.of)
    if isinstance(node, Every):
        return Group("all", all(part.holds for part in parts), parts)
    return Group("any", any(part.holds for part in parts), parts)


def _check(
    leaf: Expression, row: Mapping[str, Shown], wording: Wording, grades: tuple[Grade, ...]
) -> Check:
    holds = bool(row.get(flag_name(leaf)))
    return Check(
        spell(leaf, wording.name, wording.say),
        put_in(leaf, row, wording),
        holds,
        Shortfall() if holds else shortfall(leaf, row, grades),
    )


def _flat(asked: Check | Group) -> Iterator[Check]:
    if isinstance(asked, Check):
        yield asked
    else:
        for part in asked.parts:
            yield from _flat(part)
