"""The cases 用例 of a version or a draft: which do not hold, and taking their results over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.cases import Case, Difference, load_cases, run_cases
from engine.compile import compile_policy
from engine.errors import N_, Fault, Place
from engine.model import Bilingual, Figure, Kpi, Policy, Rule
from engine.reader import Path
from engine.sheets.edit import edited
from engine.telling import terms
from engine.telling.terms import Term

GRANT = "grant "
# What cases write for what is no figure.
_SAID = {"null": N_("nothing"), "given": N_("given"), "true": N_("yes"), "false": N_("no")}


def differing(policy: Policy, cases: str | None, file: str) -> list[Difference]:
    """Return what the cases expect and the policy does not give; none without cases.

    Raises ``KaohengError`` where the cases cannot be read.
    """
    if not cases:
        return []
    return run_cases(compile_policy(policy), load_cases(cases, file))


def failing(policy: Policy, cases: str | None, file: str) -> list[Fault]:
    """Return a fault for each thing that a case expects otherwise."""
    return [
        Fault(
            "rulebook.case_differs",
            N_("Case {case}: {name} of {person} is {found}, expected was {expected}."),
            N_("Correct the draft, or take over the results where they are meant."),
            {
                "case": each.case,
                "name": each.name,
                "person": each.person,
                "found": each.found,
                "expected": each.expected,
            },
            Place(f"{file}/cases", each.line),
        )
        for each in differing(policy, cases, file)
    ]


def taken_over(cases: str, differences: list[Difference], file: str) -> str:
    """Return the cases with what came out as what is expected, the rest byte for byte."""
    changes: dict[Path, str | None] = {
        ("cases", each.case, "grants", each.person, each.name.removeprefix(GRANT))
        if each.name.startswith(GRANT)
        else ("cases", each.case, "expect", each.person, each.name): each.found
        for each in differences
    }
    return edited(cases, changes, file)


def expected_otherwise(before: str | None, after: str | None, file: str) -> list[Difference]:
    """Return what two texts of cases expect differently; ``found`` is what is expected now."""
    if before == after:
        return []
    old, new = (_expected(load_cases(text, file) if text else []) for text in (before, after))
    return [
        Difference(*key, old.get(key, "–"), new.get(key, "–"), 0)
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A difference of a case in words: which case, what of whom, expected and found."""

    case: Bilingual
    what: tuple[Bilingual | Term, ...]
    person: str
    expected: Term | str
    found: Term | str


def in_words(policy: Policy, cases: str, differences: Sequence[Difference]) -> list[CaseLine]:
    """Return the differences with HR's names; whose it is where a case has several people."""
    known = {case.code: case for case in load_cases(cases, policy.policy)}
    return [
        CaseLine(
            known[each.case].name if each.case in known else Bilingual(each.case, each.case),
            _what(policy, each.name),
            each.person if each.case in known and len(known[each.case].facts) > 1 else "",
            _value(each.expected),
            _value(each.found),
        )
        for each in differences
    ]


def _value(written: str) -> Term | str:
    """Return a value as people say it; figures and grades are said as they are written."""
    return terms.term(_SAID[written]) if written in _SAID else written


def _what(policy: Policy, name: str) -> tuple[Bilingual | Term, ...]:
    """Return the words for a value such as ``revenue.points``, ``grade`` or ``grant bonus``."""
    if name.startswith(GRANT):
        return (terms.part("grant"), terms.given(name.removeprefix(GRANT)))
    head, _, tail = name.partition(".")
    entries: tuple[Kpi | Figure | Rule, ...] = (
        *policy.kpis,
        *policy.measures,
        *policy.targets,
        *policy.steps,
        *policy.rules,
    )
    if head == "rule":  # whether it holds; its own name says which
        head, tail = tail, ""
    named = next((entry.name for entry in entries if entry.code == head), None)
    if not tail and head in {"grade", "total"}:
        return (terms.section("grades" if head == "grade" else head),)
    words = [
        terms.part(each) if each in terms.PARTS else terms.given(each) for each in (head, tail)
    ]
    return (named or words[0], *words[1:]) if tail else (named or words[0],)


def _expected(cases: list[Case]) -> dict[tuple[str, str, str], str]:
    return dict(item for case in cases for item in _of_case(case))


def _of_case(case: Case) -> Iterator[tuple[tuple[str, str, str], str]]:
    for mark, by_person in (("", case.expect), (GRANT, case.grants)):
        for person, values in by_person.items():
            for name, value in values.items():
                yield (case.code, person, f"{mark}{name}"), value or "–"
