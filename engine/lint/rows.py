"""Rows, grades, rules and cases that nothing can reach, and comparisons that decide nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.branches import Branch
from engine.checking.sections import Problem
from engine.compiling.conditions import leaves, pushed
from engine.definitions import Bands
from engine.errors import N_
from engine.language.wording import spell
from engine.lint.conditions import Values, Way, always_holds, ways
from engine.lint.ranges import ANY, Reach
from engine.lint.spans import between, worded
from engine.schema.said import Said


def unreachable(found: Sequence[Branch], reach: Reach) -> Iterator[Problem]:
    for branch in found:
        possible = ways(branch.when, reach) if branch.kind != "unruled" else []
        if possible and not any(way.is_possible for way in possible):
            yield branch.path, _never(branch, possible[0], reach)
        elif branch.kind in {"rule", "yes"}:
            impossible = (way for way in possible if not way.is_possible)
            yield from ((branch.path, never_holds(way)) for way in impossible)
            yield from ((branch.path, said) for said in _idle(branch, reach))


def _never(branch: Branch, way: Way, reach: Reach) -> Said:
    if isinstance(branch.of.what, Bands):
        return _grade_never(branch, branch.of.what, reach)
    if branch.kind == "row" and way.by_itself:
        return Said(
            "lint.row_unreachable",
            N_("Nothing is left for this row: the rows before take what it holds for."),
            N_("Move the row up, or remove it."),
        )
    if branch.kind == "row":
        name, values = _beyond(way)
        return Said(
            "lint.row_unreachable",
            N_("Nothing reaches this row: `{name}` is always {range}."),
            N_("Remove the row, or correct its edge."),
            name=name,
            range=values,
        )
    return never_holds(way)


def _grade_never(branch: Branch, bands: Bands, reach: Reach) -> Said:
    low, high = reach.numbers.get(bands.of, ANY)
    return Said(
        "lint.grade_unreachable",
        N_("Nobody can reach grade {grade}: the total is always {range}."),
        N_("Check where it begins, and the caps and floors."),
        grade=bands.rows[int(branch.path[-1])][0],
        range=worded(between(low, high)[0]),
    )


def never_holds(way: Way) -> Said:
    """Say why comparisons cannot hold together, whether they are a rule's or another's."""
    condition = " and ".join(map(spell, way.leaves))
    if way.by_itself:
        return Said(
            "lint.contradiction",
            N_("`{condition}` can never hold: one part contradicts the other."),
            N_("Correct one of the comparisons, or remove the condition."),
            condition=condition,
        )
    name, values = _beyond(way)
    return Said(
        "lint.never",
        N_("`{condition}` can never hold: `{name}` is always {range}."),
        N_("Correct the condition, or remove it."),
        condition=condition,
        name=name,
        range=values,
    )


def _beyond(way: Way) -> tuple[str, str]:
    """Return a quantity that leaves no value, and what it can be."""
    name = next(name for name, values in way.box.items() if not values)
    return name, _shown(way.bounds[name])


def _shown(values: Values) -> str:
    if isinstance(values, frozenset):
        return ", ".join(sorted(values))
    return "; ".join(map(worded, values))


def _idle(branch: Branch, reach: Reach) -> Iterator[Said]:
    for leaf in leaves(pushed(branch.when)):
        if always_holds(leaf, reach):
            yield Said(
                "lint.always",
                N_("`{condition}` always holds, and so decides nothing."),
                N_("Remove the comparison, or correct its figure."),
                condition=spell(leaf),
            )
