"""A KPI of the library put into a policy's text, with the measures and figures that it needs.

What the policy has already and means the same is used; a code that it has for something else is
written with a number behind it, wherever the KPI names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.reader import Node, read
from engine.sheets.edit import edited
from engine.sheets.graft import block_of, grafted
from engine.sheets.parts import child, entries, text
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.library.kpis import SECTIONS, LibraryKpi, library_kpi
from workflows.library.lengths import company_figures, lengthened
from workflows.rulebook.drafts import save_draft
from workflows.rulebook.reading import edit_of
from workflows.rulebook.tables import PolicyDraft

FIGURES = tuple(section for section in SECTIONS if section != "kpis")
# Keys whose values name no figure of the policy: words, and the records' own fields.
_NO_NAMES = frozenset(
    {"name", "group", "records", "where", "when", "sum", "count", "distinct", "first", "by"}
)
# What may differ in two entries that are one definition: what they are called, and how much.
_MAY_DIFFER = frozenset({"name", "company", "value", "values", "round_to", "cascade"})


def add_library_kpi(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    *,
    seen: int,
    code: str,
    weight: str | None = None,
) -> str:
    """Write a KPI of the library into a draft, as its next edit; return the code that it has there.

    The weights may not sum to 100% then: that is said as any other fault of a draft. Raises
    ``KaohengError``: MISSING for an unknown KPI, CONFLICT where the policy has it already or
    ``seen`` is not the newest edit.
    """
    allow_everywhere(actor, "draft_policy")
    newest = edit_of(session, draft, draft.seq)
    file = draft.policy.code
    written, name = with_kpi(newest.text, library_kpi(code), file)
    if weight:
        written = edited(written, {("kpis", name, "weight"): weight}, file)
    save_draft(session, actor, now, draft, seen=seen, text=written, cases=newest.cases)
    return name


def with_kpi(policy: str, kpi: LibraryKpi, file: str) -> tuple[str, str]:
    """Return a policy's text with a KPI of the library in it, and the code that it has there."""
    root = read(policy, file).root
    period = text(child(root, "period")) or "quarter"
    written = lengthened(kpi.text, kpi.tree.root, period, file)
    written = company_figures(written, period, _year_of(root), file)
    names, known = _names(root, read(written, file).root)
    written = _renamed(written, names, file)
    part = read(written, file)
    entry = (child(part.root, "kpis") or part.root).child(kpi.code)
    assert entry is not None
    _refuse_second(root, entry[1].plain(), kpi)
    name = _free(kpi.code, {str(code) for code, _ in entries(root, "kpis")})
    for section in SECTIONS:
        node = child(part.root, section)
        for code in (node.entries if node else None) or ():
            if node is not None and section == "kpis":
                block = block_of(written, node, code).replace(f"{code}:", f"{name}:", 1)
                policy = grafted(policy, section, name, block, file)
            elif node is not None and code not in known:
                policy = grafted(policy, section, code, block_of(written, node, code), file)
    return policy, name


def _names(root: Node, part: Node) -> tuple[dict[str, str], set[str]]:
    """Return what the part's figures are called in the policy, and those that it has already."""
    taken = {str(code) for section in FIGURES for code, _ in entries(root, section)}
    names: dict[str, str] = {}
    known: set[str] = set()
    for section in FIGURES:
        for code, node in entries(part, section):
            wanted = _meaning(_put(node.plain(), names))
            there = _same(root, section, str(code), wanted)
            names[str(code)] = there or _free(str(code), taken)
            if there:
                known.add(there)
    return names, known


def _same(root: Node, section: str, code: str, wanted: Any) -> str | None:
    """Return the code of the policy's entry that is the same definition.

    Measures and steps say what they are; of an input, a constant or a target only the code does.
    """
    for other, node in entries(root, section):
        if _meaning(node.plain()) == wanted and (other == code or section in {"measures", "steps"}):
            return str(other)
    return None


def _meaning(entry: Any) -> Any:
    return {key: value for key, value in entry.items() if key not in _MAY_DIFFER}


def _put(value: Any, names: Mapping[str, str]) -> Any:
    """Write other names for figures into plain data."""
    if isinstance(value, dict):
        return {key: each if key in _NO_NAMES else _put(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_put(each, names) for each in value]
    return _said(value or "", names)


def _renamed(written: str, names: Mapping[str, str], file: str) -> str:
    """Return a part's text with other names for its figures, wherever it names them."""
    root = read(written, file).root
    nodes = [key for section in FIGURES for key in _keys(root, section)]
    for section in SECTIONS:
        for _, node in entries(root, section):
            nodes += _naming(node)
    for node in sorted(nodes, key=lambda each: each.start, reverse=True):
        said = _said(written[node.start : node.end], names)
        written = written[: node.start] + said + written[node.end :]
    return written


def _keys(root: Node, section: str) -> list[Node]:
    node = child(root, section)
    return [key for key, _ in ((node.entries if node else None) or {}).values()]


def _naming(node: Node) -> Iterator[Node]:
    """Give the scalars below a node in which figures may be named."""
    if node.text is not None:
        yield node
    for each in node.items or ():
        yield from _naming(each)
    for key, (_, value) in (node.entries or {}).items():
        if key not in _NO_NAMES:
            yield from _naming(value)


def _said(formula: str, names: Mapping[str, str]) -> str:
    return re.sub(r"[a-z][a-z0-9_]*", lambda found: names.get(found[0], found[0]), formula)


def _free(code: str, taken: set[str]) -> str:
    if code not in taken:
        return code
    return next(
        name for number in range(2, len(taken) + 3) if (name := f"{code}_{number}") not in taken
    )


def _refuse_second(root: Node, wanted: Mapping[str, Any], kpi: LibraryKpi) -> None:
    """Refuse a KPI of which the policy has one already: of the same actual, or so rated."""
    for code, node in entries(root, "kpis"):
        held = node.plain()
        if all(held.get(key) == wanted.get(key) for key in ("actual", "raters")) and (
            "actual" in wanted or code == kpi.code
        ):
            raise refuse(
                "library.kpi_there",
                N_("The policy has this KPI already: {kpi}."),
                N_("Change the one that is there."),
                kind=Kind.CONFLICT,
                kpi=str(code),
            )


def _year_of(root: Node) -> int | None:
    """Return the first year that the policy has company figures for."""
    labels = [
        label
        for _, node in entries(root, "targets")
        for label in ((child(node, "company") or node).entries or {})
        if label[:4].isdecimal()
    ]
    return int(min(labels)[:4]) if labels else None
