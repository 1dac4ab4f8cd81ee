"""The engine's results held against the oracle's, value by value and grant by grant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.compile import compile_policy
from engine.errors import KaohengError
from engine.evaluate import Result
from engine.model import Policy
from engine.version import Version
from tests.engine.helping import scored
from tests.engine.oracle import Given, Row, given, outcome, refused
from tests.engine.oracle.figures import Cells
from tests.engine.oracle.numbers import half_up

# Exact within, and rounded only to be shown; what is made of them holds them.
UNROUNDED = (".actual", ".target", ".threshold", ".stretch", ".mean_difficulty")


def disagreements(policy: Policy, cells: Sequence[Cells]) -> tuple[list[Any], int]:
    """Return what differs, and how many people were compared; those refused are left out."""
    version = compile_policy(policy)
    out = refused(policy, cells)
    told, result = taken(version, cells)
    if told != out:
        return [("refused", sorted(out), sorted(told))], 0
    if result is None:
        return [], 0
    rows = outcome(policy, [each for each in cells if each["person"] not in out])
    return [*of_values(policy, rows, result), *of_grants(policy, rows, result)], len(rows)


def taken(version: Version, cells: Sequence[Cells]) -> tuple[set[str], Result | None]:
    """Name whose facts the engine refuses, and give the others' result, if there are any.

    It stops at the first layer that refuses anybody, so it is asked until it does not.
    """
    told: set[str] = set()
    while left := [each for each in cells if each["person"] not in told]:
        try:
            return told, scored(version, left)
        except KaohengError as error:
            told |= {str(fault.place.path).split(".")[0] for fault in error.faults}
    return told, None


def of_values(policy: Policy, rows: Sequence[Row], result: Result) -> list[Any]:
    wanted = {row["person"]: row for row in rows}
    shown = {each.code: each.digits for each in policy.measures if each.is_made_of_others}
    return [
        (row["person"], name, found, wanted[row["person"]].get(name, "no such value"))
        for row in result.frame.rows(named=True)
        for name, found in row.items()
        if not same(found, wanted[row["person"]], name, shown)
    ]


def same(found: Any, row: Row, name: str, shown: Mapping[str, int]) -> bool:
    if name not in row and name not in row.ways:
        return False
    expected = row[name]
    if isinstance(found, Decimal) and isinstance(expected, Fraction):
        if name.endswith(UNROUNDED) or name.startswith("team."):
            return any(half_up(expected, digits) == Fraction(found) for digits in range(11))
        return Fraction(found) == half_up(expected, shown.get(name, 10))
    return bool(found == expected)


def of_grants(policy: Policy, rows: Sequence[Row], result: Result) -> list[Any]:
    found = {
        Given(
            each.person,
            each.kind,
            each.rule,
            None if each.amount is None else Fraction(each.amount),
            each.after_months,
        )
        for each in result.grants
    }
    return sorted(found ^ set(given(policy, rows)), key=str)
