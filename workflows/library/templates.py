"""Whole policies of the library 方案模板: for a post, with cases, written for a quarter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from engine.errors import N_, Kind, Place, refuse
from engine.model import Bilingual, Policy
from engine.policies import load
from engine.reader import Node, read
from engine.sheets.parts import child, text
from workflows.library.kpis import about_of
from workflows.rulebook.shipped import RULES_FOLDER, cases_beside

FOLDER = RULES_FOLDER / "library" / "policies"
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Pay:
    """What a policy grants: the name of the step, rule or pool, and the kind of grant."""

    name: Bilingual
    grant: str


@dataclass(frozen=True, slots=True)
class Template:
    """A policy to begin from; ``usual`` is the period that it is mostly used for.

    ``declared`` is the root of the file that says so, and which figures are of a quarter.
    """

    code: str
    about: Bilingual
    posts: tuple[str, ...]
    usual: str
    declared: Node
    policy: Policy
    written: str
    cases: str | None

    @property
    def pays(self) -> tuple[Pay, ...]:
        """What it grants, in the file's order, once each."""
        return tuple(dict.fromkeys(pays(self.policy)))


def pays(policy: Policy) -> Iterator[Pay]:
    """Give what a policy grants: its steps, its rules, its pools."""
    for step in policy.steps:
        if step.grant:
            yield Pay(step.name, step.grant)
    for rule in policy.rules:
        for action in rule.then:
            if action.grant:
                yield Pay(rule.name, action.grant)
    for pool in policy.pools:
        yield Pay(pool.name, "pool_share")


@cache
def templates() -> tuple[Template, ...]:
    """Return the templates by code, the empty one last."""
    found = [_template(folder.name) for folder in FOLDER.iterdir() if folder.is_dir()]
    return tuple(sorted(found, key=lambda each: (each.code == EMPTY, each.code)))


def template_of(code: str) -> Template:
    """Return one template; refuse with ``MISSING`` an unknown one."""
    for template in templates():
        if template.code == code:
            return template
    raise refuse(
        "library.unknown_template",
        N_("The library has no template {code!r}."),
        N_("Known templates: {known}."),
        kind=Kind.MISSING,
        place=Place("rules/library/policies"),
        code=code,
        known=", ".join(each.code for each in templates()),
    )


def _template(code: str) -> Template:
    file = FOLDER / code / "policy.yaml"
    beside = file.with_name("about.yaml")
    declared = read(beside.read_text(encoding="utf-8"), str(beside)).root
    written = file.read_text(encoding="utf-8")
    posts = child(declared, "posts")
    return Template(
        code,
        about_of(declared)["about"],
        tuple(text(each) for each in (posts.items if posts else None) or ()),
        text(child(declared, "usual")),
        declared,
        load(written, f"rules/library/policies/{code}/policy.yaml"),
        written,
        cases_beside(file),
    )
