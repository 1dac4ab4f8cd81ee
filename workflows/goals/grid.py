"""A goal as rows of people and lines with twelve months each, and what comes back of them.

A workbook or a pasted block names people by code 工号 and their line; nothing of it is taken unless
every cell can be, and the plan still reconciles with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.plain import plain_number
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.goals import edits
from workflows.goals.edits import Taken
from workflows.goals.plans import log_plan
from workflows.goals.shape import MONTHS, Months
from workflows.goals.stating import HIGHEST
from workflows.goals.store import Tree, save_tree, touch


@dataclass(frozen=True, slots=True)
class Row:
    """A person's part of a goal (``label`` is its line or group, or empty) over the months."""

    key: int
    code: str
    name: str
    label: str
    months: Months
    locked: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A row that came back: its cells as text, and where each of them stands."""

    code: str
    label: str
    months: tuple[str, ...]
    places: tuple[Place, ...]  # of the code, the line, then the months


def rows_of(tree: Tree) -> list[Row]:
    """Return the rows of a goal, by code and line; none where it does not reach people yet."""
    found = []
    for node in tree.root.walk():
        row = tree.rows[node.key]
        if row.person is not None and not node.children:
            found.append(
                Row(node.key, row.person.code, row.person.name, row.label or "", node.months,
                    node.locked)
            )  # fmt: skip
    return sorted(found, key=lambda row: (row.code, row.key))


def leaves_of(tree: Tree, sent: Iterable[Sent]) -> dict[int, Months]:
    """Return the months that rows give, by node; refuse them with every wrong cell.

    A row that is not there stays as it is.
    """
    known = {(row.code, row.label): row for row in rows_of(tree)}
    codes = {code for code, _ in known}
    found: dict[int, Months] = {}
    faults: list[Fault] = []
    for each in sent:
        row = known.get((each.code, each.label))
        if row is None:
            faults.append(_unknown(tree, each, codes))
        elif row.key in found:
            faults.append(
                Fault(
                    "goals.row_twice",
                    N_("{code} {line} is there twice."),
                    N_("Leave one of the two rows."),
                    {"code": each.code, "line": each.label},
                    each.places[0],
                )
            )
        else:
            months, wrong = _months(tree, row, each)
            faults += wrong
            found[row.key] = months
    if faults:
        raise KaohengError(faults)
    if not found:
        raise refuse(
            "goals.no_rows",
            N_("There is no row with a figure in it."),
            N_("Each row has the code, the line where there is one, and twelve months."),
        )
    return found


def take_months(
    session: Session,
    actor: Actor,
    now: datetime,
    tree: Tree,
    leaves: dict[int, Months],
    *,
    taken: Taken = "siblings",
    seen: int | None = None,
    source: str = "page",
) -> int:
    """Give people their months, all of them or none; return how many rows differ.

    What units have to share out does not move: with ``taken`` ``reserve`` their reserves take the
    difference. Raises ``KaohengError`` (CONFLICT) naming each node that would not reconcile.
    """
    allow_everywhere(actor, "plan_goals")
    before = {row.key: row.months for row in rows_of(tree)}
    changed = {key: months for key, months in leaves.items() if months != before[key]}
    if not changed:
        return 0
    touch(session, tree.version, seen)
    tree.change(edits.set_leaves, changed, tree.cut, taken)
    save_tree(session, tree)
    log_plan(
        session, "import_goals", actor, now, tree.goal.plan, seq=tree.version.seq,
        goal=tree.goal.code, rows=len(changed), source=source,
    )  # fmt: skip
    return len(changed)


def pasted(tree: Tree, block: str) -> list[Sent]:
    """Read a block as a spreadsheet copies it: lines of cells with tabs between them.

    A row is the code, perhaps the name, the line where the goal has lines, and twelve months; a
    line without any figure (a header) is passed over.
    """
    lined = any(row.label for row in rows_of(tree))
    found = []
    for number, line in enumerate(block.replace("\r\n", "\n").split("\n"), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells) or not any(_number(cell) is not None for cell in cells[1:]):
            continue
        first = len(cells) - MONTHS
        if first < 1 + lined:
            raise refuse(
                "goals.short_row",
                N_("Row {row} has {count} cells; it takes the code, the line and twelve months."),
                N_("Copy the whole rows from the workbook."),
                place=Place(line=number),
                row=number,
                count=len(cells),
            )
        label = cells[first - 1] if lined else ""
        columns = (0, first - 1, *range(first, len(cells)))
        places = tuple(Place(line=number, column=column + 1) for column in columns)
        found.append(Sent(cells[0], label, tuple(cells[first:]), places))
    return found


def _months(tree: Tree, row: Row, sent: Sent) -> tuple[Months, list[Fault]]:
    found, faults = [], []
    for cell, place, before in zip(sent.months, sent.places[2:], row.months, strict=True):
        amount = _number(cell)
        if amount is None or not 0 <= amount < HIGHEST:
            faults.append(
                _wrong(cell, place, N_("“{cell}” is no amount."), N_("Write a number from 0 on."))
            )
        elif amount != before and (amount % tree.goal.round_to or amount != round(amount, 2)):
            faults.append(
                _wrong(
                    cell, place, N_("{cell} is not in whole {unit}, as the goal is declared."),
                    N_("Round the figure."), unit=plain_number(tree.goal.round_to),
                )
            )  # fmt: skip
        found.append(amount or Decimal(0))
    return tuple(found), faults


def _number(cell: str) -> Decimal | None:
    """Return the number in a cell: plain, grouped in threes, or with full-width digits."""
    plain = unicodedata.normalize("NFKC", cell).replace(",", "").strip()
    try:
        value = Decimal(plain) if plain else Decimal(0)
    except InvalidOperation:
        return None
    return value if value.is_finite() and cell.strip() else None


def _unknown(tree: Tree, sent: Sent, codes: set[str]) -> Fault:
    known = sent.code in codes
    return Fault(
        "goals.row_unknown",
        N_("{code} has no line “{line}” in this goal.")
        if known
        else N_("{goal} is not shared out to {code}."),
        N_("Write it as the plan has it, or leave the row out.")
        if known
        else N_("Check the code 工号, or share the goal out to them first."),
        {"code": sent.code, "line": sent.label, "goal": tree.goal.title},
        sent.places[1 if known else 0],
    )


def _wrong(cell: str, place: Place, message: str, remedy: str, **params: str) -> Fault:
    return Fault("goals.cell", message, remedy, {"cell": cell[:40], **params}, place)


def require_rows(tree: Tree) -> Sequence[Row]:
    """Return the rows of a goal; refuse one that is not shared out to people yet."""
    found = rows_of(tree)
    if not found:
        raise refuse(
            "goals.no_people",
            N_("{goal} is not shared out to people yet."),
            N_("Share it out to the teams' members first."),
            kind=Kind.CONFLICT,
            goal=tree.goal.title,
        )
    return found
