"""Names that nothing uses: they ask for facts, or catch the eye, and move no result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.checking.sections import Problem
from engine.compiling.references import references
from engine.definitions import Definition
from engine.errors import N_
from engine.following import named_in
from engine.forms.guardrails import LIMIT, PROTECTED
from engine.forms.moves import conditions
from engine.model import Policy, Rule
from engine.schema.said import Said

# What a review is about; whatever these are made of is used.
_RESULTS = ("total", "state", "grade", "final_grade", "coefficient", PROTECTED, LIMIT)


def unused(policy: Policy, definitions: Sequence[Definition]) -> Iterator[Problem]:
    needs = {each.name: references(each) for each in definitions}
    moved_by = (name for each in conditions(policy) for name in references(each))
    used = reached(needs, [*_RESULTS, *_given(policy), *moved_by, *named_in(policy)])
    # What only an unused step uses is told of with that step.
    used |= {name for names in needs.values() for name in names}
    for section in ("measures", "targets", "inputs", "constants", "steps"):
        for each in getattr(policy, section):
            if each.code not in used:
                yield (section, each.code), _nothing(each.code)
    for rule in policy.rules:
        for place, action in enumerate(rule.then):
            if action.conclude and action.conclude not in used:
                yield ("rules", rule.code, "then", place, "conclude"), _nothing(action.conclude)


def _given(policy: Policy) -> Iterator[str]:
    """Give the names of what is paid or given."""
    yield from (step.code for step in policy.steps if step.grant)
    for rule in policy.rules:
        if _gives(rule):
            yield from (
                f"rule.{rule.code}",
                *(f"rule.{rule.code}.amount{place}" for place in range(1, len(rule.then) + 1)),
            )
    yield from (f"pool.{pool.code}.share" for pool in policy.pools)


def _gives(rule: Rule) -> bool:
    return any(action.grant for action in rule.then)


def reached(needs: Mapping[str, set[str]], wanted: Sequence[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(needs.get(name, ()))
    return found


def _nothing(name: str) -> Said:
    return Said(
        "lint.unused",
        N_("Nothing uses `{name}`, and it gives nothing."),
        N_("Use it, grant it, or remove it."),
        at_key=True,
        name=name,
    )
