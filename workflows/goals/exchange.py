"""Sending a year's targets out as a workbook, and taking one that comes back: all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.goals.edits import Taken
from workflows.goals.grid import leaves_of, require_rows, take_months
from workflows.goals.plans import find_goal
from workflows.goals.store import load_tree, load_trees
from workflows.goals.tables import GoalPlan, GoalVersion
from workflows.goals.workbook import Returned, workbook_of


def export_goals(session: Session, actor: Actor, version: GoalVersion, language: str) -> bytes:
    """Return the workbook of a version: a sheet a goal. It names everybody: for HR."""
    allow_everywhere(actor, "plan_goals")
    trees = load_trees(session, version)
    for tree in trees:
        require_rows(tree)
    return workbook_of(trees, language)


def import_goals(
    session: Session,
    actor: Actor,
    now: datetime,
    plan: GoalPlan,
    version: GoalVersion,
    sheets: Sequence[Returned],
    *,
    file: str,
    taken: Taken = "siblings",
    over: bool = False,
) -> int:
    """Take a workbook's figures into the draft that it was made from; return how many rows differ.

    ``over`` lets them win over what was changed meanwhile. Raises ``KaohengError`` with every wrong
    cell and every node that would not reconcile, of all sheets; then nothing is taken.
    """
    allow_everywhere(actor, "plan_goals")
    if faults := _not_of(plan, version, sheets, file, over):
        raise KaohengError(faults, Kind.CONFLICT)
    found = 0
    wrong: list[Fault] = []
    for sheet in sheets:
        tree = load_tree(session, version, find_goal(session, plan, sheet.goal))
        try:
            leaves = leaves_of(tree, sheet.rows)
            found += take_months(session, actor, now, tree, leaves, taken=taken, source="workbook")
        except KaohengError as error:
            wrong += error.faults
    if wrong:
        raise KaohengError(wrong)
    return found


def _not_of(
    plan: GoalPlan, version: GoalVersion, sheets: Sequence[Returned], file: str, over: bool
) -> list[Fault]:
    """Say which sheets are of another plan or version, or of an older state of this one."""
    faults = []
    for sheet in sheets:
        place = Place(file, sheet=sheet.goal, cell="A1")
        said = {"year": sheet.year, "seq": sheet.seq, "goal": sheet.goal}
        if (sheet.year, sheet.seq) != (plan.year, version.seq):
            faults.append(
                Fault(
                    "goals.other_version",
                    N_("The sheet {goal} is of version {seq} of the plan of {year}."),
                    N_("Download the workbook of the version that is being worked on."),
                    said,
                    place,
                )
            )
        elif sheet.seen != version.version and not over:
            faults.append(
                Fault(
                    "goals.older_sheet",
                    N_("The plan has changed since the sheet {goal} was downloaded."),
                    N_("Download it again, or say that the workbook's figures are to win."),
                    said,
                    place,
                )
            )
    return faults
