"""The examples of a page of documentation, made whole so that they run.

A ```` ```yaml ```` block that names its ``language`` is a whole policy. Any other one is a part of
a policy: it stands in the page's first whole policy with the figures of that one (measures,
targets, inputs, constants) and nothing else of it. A ```` ```yaml case ```` block below lists what
the part gives: ``facts`` of one person (or a list of people), what to ``expect`` and which
``grants`` (by person for a list). Facts that are not named are 0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.cases import Case, Difference, run_cases
from engine.compile import compile_policy
from engine.model import Bilingual
from engine.policies import load
from engine.reader import read
from engine.version import Version

PERSON = "A"
HEAD = ("language", "policy", "name", "period", "currency", "scope", "rounding")
FIGURES = ("measures", "targets", "inputs", "constants")
_BLOCK = re.compile(r"^```yaml( case)?\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A policy of a page, the line that it begins in, and its cases as they are written."""

    policy: str
    line: int
    cases: str = ""


def examples(page: str) -> list[Example]:
    """Give the examples of a page in their order, parts made whole."""
    found: list[Example] = []
    base: Mapping[str, Any] = {}
    for block in _BLOCK.finditer(page):
        text, line = block[2], page[: block.start()].count("\n") + 2
        if block[1]:
            found[-1] = Example(found[-1].policy, found[-1].line, found[-1].cases + text)
        elif text.startswith("language:"):
            base = base or read(text, "page").root.plain()
            found.append(Example(text, line))
        else:
            found.append(Example(_whole(text, base), line))
    return found


def _whole(part: str, base: Mapping[str, Any]) -> str:
    own = read(part, "page").root.plain()
    whole = {name: base[name] for name in (*HEAD, *FIGURES) if name in base}
    for section, entries in own.items():
        shared = whole.get(section) if section in FIGURES else None
        whole[section] = {**shared, **entries} if shared else entries
    return json.dumps(whole, ensure_ascii=False)


def run(example: Example) -> list[Difference]:
    """Compile the example's policy and return whatever its cases find different."""
    version = compile_policy(load(example.policy, "page"))
    return run_cases(version, list(_cases(version, example)))


def _cases(version: Version, example: Example) -> Iterator[Case]:
    if not example.cases:
        return
    for number, entry in enumerate(read(f"cases:\n{example.cases}", "page").root.plain()["cases"]):
        alone = isinstance(entry["facts"], Mapping)
        people = [entry["facts"]] if alone else entry["facts"]
        expect, grants = (
            {PERSON: entry[key]} if alone and key in entry else entry.get(key, {})
            for key in ("expect", "grants")
        )
        facts = tuple(_filled(version, person) for person in people)
        name = f"line {example.line}, case {number + 1}"
        yield Case(name, Bilingual(name, name), facts, expect, grants)


def _filled(version: Version, facts: Mapping[str, str]) -> dict[str, str]:
    zeros = {
        want.name: "0"
        for want in version.facts
        if want.required and want.type == "number" and want.default is None
    }
    teams = {want.name: "T" for want in version.facts if want.name == "team" and want.required}
    return {"person": PERSON, **teams, **zeros, **facts}
