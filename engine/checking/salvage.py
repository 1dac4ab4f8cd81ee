"""All problems of a policy at once, also of one whose entries are partly unreadable.

An entry with a fault of its own is left out, and whatever then refers to it is not held
against the file: only what is wrong by itself is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from engine.checking.sections import Problem, check
from engine.compile import compile_checked
from engine.following import following_problems
from engine.forms.moves import with_conditions
from engine.model import Policy
from engine.reader import Path
from engine.schema.policy import PolicySchema

_TWICE = "rules.twice"
# Faults that may come from what was left out.
_CONSEQUENCES = {"rules.weights", "rules.grade_gap", "rules.cycle_step", "rules.stage_stuck"}


def problems_of(policy: Policy) -> list[Problem]:
    """Return what is wrong between entries, and in formulas of entries that are right so far."""
    found = check(policy)
    wrong = {_entry(path) for path, _ in found}
    codes = {said.code for _, said in found}
    gone = {str(path[1]) for path, said in found if len(path) > 1 and said.code != _TWICE}
    gone |= {str(said.params["name"]) for _, said in found if said.code == "rules.unknown_name"}
    return [
        *found,
        *(
            (path, said)
            for path, said in (
                *compile_checked(policy, written=with_conditions(policy))[1],
                *following_problems(policy),
            )
            if _entry(path) not in wrong
            and not _follows((path, said), gone)
            # A name for two things may seem to need itself.
            and not (said.code == "rules.circle" and _TWICE in codes)
        ),
    ]


def _entry(path: Path) -> Path:
    """Return the part of a path that names an entry; those of the workflow stand a level down."""
    return path[:3] if path[:1] == ("workflow",) else path[:2]


def readable(data: Mapping[str, Any]) -> Policy | None:
    """Return the policy without the entries that have faults; None where more is wrong."""
    try:
        policy = PolicySchema().load(data)
    except ValidationError as error:
        rest, _ = _without(data, error.messages_dict)
        return None if rest is None or rest == data else readable(rest)
    assert isinstance(policy, Policy)
    return policy


def problems_of_the_rest(data: Mapping[str, Any], messages: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of the entries that ``messages`` does not name, as far as they read."""
    rest, gone = _without(data, messages)
    if rest is None:
        return []
    try:
        policy = PolicySchema().load(rest)
    except ValidationError:
        return []
    assert isinstance(policy, Policy)
    return [problem for problem in problems_of(policy) if not _follows(problem, gone)]


def _without(
    data: Mapping[str, Any], messages: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, set[str]]:
    """Leave out the entries with faults and the unknown keys; None where more is wrong."""
    rest = dict(data)
    gone: set[str] = set()
    for section, inner in messages.items():
        entries = data.get(section)
        if section not in PolicySchema().fields:
            rest.pop(section, None)
        elif (
            isinstance(entries, Mapping)
            and isinstance(inner, Mapping)
            and set(inner) <= set(entries)
        ):
            rest[section] = {name: each for name, each in entries.items() if name not in inner}
            gone |= {str(text) for name in inner for text in (name, *_texts(entries[name]))}
        else:
            return None, gone
    return rest, gone


def _within(inner: Any, entries: Mapping[str, Any]) -> bool:
    return isinstance(inner, Mapping) and set(inner) <= set(entries)


def _texts(value: Any) -> Iterator[str]:
    """Give the names that an entry may define, such as what its rule concludes."""
    if isinstance(value, Mapping):
        if isinstance(value.get("conclude"), str):
            yield value["conclude"]
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _follows(problem: Problem, gone: set[str]) -> bool:
    said = problem[1]
    if said.code in _CONSEQUENCES:
        return True
    return bool(set(str(said.params.get("name", "")).split(".")) & gone)
