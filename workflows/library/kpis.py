"""KPIs of the library 指标库: each a file with what it means and the parts that a policy needs.

The parts are written as in a policy, for a quarter and with the weight that is proposed; what
goes with the length of the period is named (see ``workflows.library.lengths``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from engine.errors import N_, Kind, Place, refuse
from engine.language.expression import number
from engine.model import Bilingual
from engine.reader import Node, Tree, read
from engine.sheets.parts import child, named, text
from workflows.rulebook.shipped import RULES_FOLDER

FOLDER = RULES_FOLDER / "library" / "kpis"
# The sections of a policy that a KPI brings entries for, in a policy's order.
SECTIONS = ("measures", "targets", "inputs", "constants", "kpis", "steps")
# What is said of a KPI: the keys of its `about`, as a page lists them.
ABOUT = (
    ("meaning", N_("Meaning")),
    ("formula", N_("How it is computed")),
    ("source", N_("Where its figures come from")),
)


@dataclass(frozen=True, slots=True)
class LibraryKpi:
    """A KPI of the library; ``weight`` is proposed, ``about`` says what it means in words."""

    code: str
    name: Bilingual
    group: Bilingual
    weight: Decimal
    about: Mapping[str, Bilingual]
    tree: Tree
    text: str


def about_of(node: Node | None) -> Mapping[str, Bilingual]:
    """Return what a file says about itself, by key."""
    found = {
        key: Bilingual(text(child(value, "zh")), text(child(value, "en")))
        for key, (_, value) in ((node.entries if node else None) or {}).items()
    }
    return MappingProxyType(found)


@cache
def library_kpis() -> tuple[LibraryKpi, ...]:
    """Return the KPIs of the library by group, the heaviest first."""
    found = [_kpi(file.stem, file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.yaml")]
    return tuple(sorted(found, key=lambda kpi: (kpi.group.zh, -kpi.weight, kpi.code)))


def library_kpi(code: str) -> LibraryKpi:
    """Return one KPI of the library; refuse with ``MISSING`` an unknown one."""
    for kpi in library_kpis():
        if kpi.code == code:
            return kpi
    raise refuse(
        "library.unknown_kpi",
        N_("The library has no KPI {code!r}."),
        N_("See what there is with `kaoheng rules library`."),
        kind=Kind.MISSING,
        place=Place("rules/library/kpis"),
        code=code,
    )


def _kpi(code: str, written: str) -> LibraryKpi:
    tree = read(written, f"rules/library/kpis/{code}.yaml")
    entry = child(child(tree.root, "kpis"), code)
    group = child(entry, "group")
    return LibraryKpi(
        code,
        named(entry, code),
        Bilingual(text(child(group, "zh")), text(child(group, "en"))),
        number(text(child(entry, "weight"))),
        about_of(child(tree.root, "about")),
        tree,
        written,
    )
