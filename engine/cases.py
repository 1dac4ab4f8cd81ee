"""Cases 用例 beside a policy: given facts → expected values and grants.

A policy is published only when they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError

from engine.cells import typed
from engine.errors import N_, KaohengError
from engine.evaluate import Result, evaluate
from engine.grants import Grant
from engine.language.expression import number
from engine.model import Bilingual
from engine.plain import plain_number
from engine.reader import read
from engine.schema.base import Part, words
from engine.schema.fields import Entries, Many, Text, Value, Whole
from engine.schema.placing import faults
from engine.schema.said import wrong
from engine.version import Version

NOTHING = "null"
Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """Rows of facts as text; ``expect`` and ``grants`` by person (a kind's sum, or ``given``)."""

    code: str
    name: Bilingual
    facts: tuple[Texts, ...]
    expect: Mapping[str, Texts]
    grants: Mapping[str, Texts]
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What a case expected and what came out."""

    case: str
    person: str
    name: str
    expected: str
    found: str
    line: int


class Plain(Value[Texts]):
    """A mapping of names to single values, as text."""

    def read(self, value: Any) -> Texts:
        if not isinstance(value, Mapping) or not all(
            each is None or isinstance(each, str) for each in value.values()
        ):
            raise wrong(
                "cases.values",
                N_("Names with single values are expected here."),
                N_("Write `name: value`, a line each or with commas."),
            )
        return dict(value)


class ByPerson(Value[Mapping[str, Texts]]):
    def read(self, value: Any) -> Mapping[str, Texts]:
        if not isinstance(value, Mapping):
            raise wrong(
                "cases.by_person",
                N_("An entry per person is expected here."),
                N_("Write the person, and below it `name: value` a line."),
            )
        plain = Plain()
        return {str(person): plain.read(values) for person, values in value.items()}


class CasePart(Part):
    makes, coded = Case, True
    name = words(required=True)
    facts = Many(Plain(), required=True)
    expect = ByPerson(required=True)
    grants = ByPerson(load_default=dict)


class CasesSchema(Part):
    makes = dict
    language = Whole(1, 1, required=True)
    policy = Text(required=True)
    cases = Entries(CasePart, required=True)


def load_cases(text: str, file: str) -> list[Case]:
    """Read a file of cases; raise KaohengError with all of its faults."""
    tree = read(text, file)
    try:
        found = CasesSchema().load(tree.root.plain())
    except ValidationError as error:
        raise KaohengError(faults(error.messages, tree)) from None
    return [
        replace(case, file=file, line=tree.place(("cases", case.code), key=True).line or 0)
        for case in found["cases"]
    ]


def run_cases(version: Version, cases: Sequence[Case]) -> list[Difference]:
    """Evaluate every case, each as a scope of its own, and return all that differs."""
    return [difference for case in cases for difference in run_case(version, case)]


def run_case(version: Version, case: Case) -> Iterator[Difference]:
    facts = typed(version.facts, case.facts, case.file, [case.line] * len(case.facts))
    result = evaluate(version, facts)
    rows = {row["person"]: row for row in result.frame.rows(named=True)}
    for person, values in case.expect.items():
        for name, expected in values.items():
            found = _shown(rows.get(person, {}), name)
            if not _equal(expected, found):
                yield Difference(case.code, person, name, expected or NOTHING, found, case.line)
    yield from _grants(case, result)


def _grants(case: Case, result: Result) -> Iterator[Difference]:
    """Compare the grants of the people whom the case names, all kinds of them."""
    for person, expected in case.grants.items():
        found = _by_kind([grant for grant in result.grants if grant.person == person])
        for kind in dict.fromkeys([*expected, *found]):
            want = expected.get(kind, NOTHING) or NOTHING
            have = found.get(kind, NOTHING)
            if not _equal(want, have):
                yield Difference(case.code, person, f"grant {kind}", want, have, case.line)


def _by_kind(grants: Sequence[Grant]) -> dict[str, str]:
    sums: dict[str, str] = {}
    for grant in grants:
        if grant.amount is None:
            sums[grant.kind] = "given"
        else:
            sums[grant.kind] = plain_number(number(sums.get(grant.kind, "0")) + grant.amount)
    return sums


def _shown(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "no such value")
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else plain_number(value)


def _equal(expected: str | None, found: str) -> bool:
    if expected is None:
        return found == NOTHING
    try:
        return number(expected) == number(found)
    except ValueError:
        return expected == found
