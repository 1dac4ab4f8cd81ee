"""What a definition needs first, and an order in which all of them can be computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from graphlib import TopologicalSorter

from engine.definitions import (
    Across,
    Appraised,
    Attainment,
    Bands,
    ByDate,
    ByLabel,
    Calibrated,
    Conclusion,
    Definition,
    Growth,
    Lowered,
    Mean,
    Ratio,
    Share,
    TeamSum,
    Weight,
)
from engine.forms.shared import formulas_of
from engine.language.wording import names


def references(definition: Definition) -> set[str]:
    """Give the names of what a definition is made of."""
    found = {
        settled(definition, name.name)
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


def settled(definition: Definition, name: str) -> str:
    """Let ``grade`` mean the grade that counts, once there is one."""
    return "final_grade" if name == "grade" and not definition.measured else name


def settled_first(written: list[Definition]) -> list[Definition]:
    """Mark as measured whatever a measured definition needs: a step that a KPI takes, say."""
    known = {each.name: each for each in written}
    needed = [each.name for each in written if each.measured]
    marked = set(needed)
    while needed:
        # A rule's conclusion or a team's figure is settled with the score if the score needs it.
        more = references(replace(known[needed.pop()], measured=True)) & set(known) - marked
        marked |= more
        needed += more
    return [
        each if each.measured or each.name not in marked else replace(each, measured=True)
        for each in written
    ]


def ordered(written: Sequence[Definition], first: Mapping[str, Set[str]]) -> list[Definition]:
    """Return definitions after those that they need ``first``; CycleError for a circle."""
    known = {each.name: each for each in written}
    graph = {name: first[name] & known.keys() for name in known}
    return [known[name] for name in TopologicalSorter(graph).static_order()]
