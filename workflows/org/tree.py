"""The tree of units on any day: what each is part of then."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import CTE

from workflows.org.tables import Unit, UnitMove

# Asked for by most operations: to put a statement together takes half as long as to run it.
_PARENTS = select(Unit.id, Unit.parent_id)
_MOVES = select(UnitMove).order_by(UnitMove.day)


def parents_on(session: Session, day: date) -> dict[int, int | None]:
    """Return what each unit, by id, is part of on a day; None at the top."""
    found = dict(session.execute(_PARENTS).all())
    moves: dict[int, list[UnitMove]] = defaultdict(list)
    for move in session.scalars(_MOVES):
        moves[move.unit_id].append(move)
    for unit_id, each in moves.items():
        past = [move for move in each if move.day <= day]
        found[unit_id] = past[-1].to_id if past else each[0].from_id
    return found


def below_on(start: Select[Any], day: date | None) -> CTE:
    """Return the units that ``start`` selects and everything below them on ``day``.

    Without a day it is the tree of today as it is kept.
    """
    below = select(Unit.id).where(Unit.id.in_(start)).cte(recursive=True)
    if day is None:
        return below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    tree = select(Unit.id, _parent_on(day).label("parent_id")).cte()
    return below.union(select(tree.c.id).where(tree.c.parent_id == below.c.id))


def _parent_on(day: date) -> ColumnElement[Any]:
    of_unit = select(UnitMove).where(UnitMove.unit_id == Unit.id).correlate(Unit)
    past = of_unit.where(UnitMove.day <= day)
    latest = past.order_by(UnitMove.day.desc()).limit(1).with_only_columns(UnitMove.to_id)
    first = of_unit.order_by(UnitMove.day).limit(1).with_only_columns(UnitMove.from_id)
    return case(
        (past.exists(), latest.scalar_subquery()),
        (of_unit.exists(), first.scalar_subquery()),
        else_=Unit.parent_id,
    )
