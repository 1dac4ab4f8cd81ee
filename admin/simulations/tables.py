"""The rows of a simulation as a page shows them: narrowed, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.lists.paging import Paging
from admin.lists.query import PAGE_SIZE, ListQuery
from engine.errors import N_
from workflows.org.tables import Person, Unit
from workflows.simulation.summary import mean, teams

MOST_NAMED = 5_000
# What a column is sorted by.
ORDERS: Mapping[str, str] = {
    "person": "person",
    "team": "team",
    "before": "before.total",
    "after": "after.total",
    "score": "score",
    "money_before": "before.money",
    "money_after": "after.money",
    "money": "money",
}
_REGRADED = pl.col("before.grade").ne_missing(pl.col("after.grade"))
WHO: Mapping[str, tuple[str, pl.Expr]] = {
    "moved": (N_("Whose result or pay changes"), (pl.col("money") != 0) | (pl.col("score") != 0)),
    "less": (N_("Who is paid less"), pl.col("money") < 0),
    "more": (N_("Who is paid more"), pl.col("money") > 0),
    "regraded": (N_("Who crosses a grade"), _REGRADED),
}


@dataclass(frozen=True, slots=True)
class People:
    """A page of people: ``rows`` with their names beside their codes."""

    asked: ListQuery
    paging: Paging
    rows: list[dict[str, Any]]


def people(session: Session, frame: pl.DataFrame, asked: ListQuery) -> People:
    """Return the page that is asked for; those who move most first, unless another order is."""
    rows = narrowed(session, frame, asked)
    paging = Paging.of(rows.height, asked)
    page = rows.slice(paging.offset, PAGE_SIZE).to_dicts()
    names = names_of(session, [row["person"] for row in page])
    return People(asked, paging, [{**row, "name": names.get(row["person"], "")} for row in page])


def narrowed(session: Session, frame: pl.DataFrame, asked: ListQuery) -> pl.DataFrame:
    """Return the rows that a query leaves, in its order."""
    chosen = asked.filters.get("who", "")
    if chosen in WHO:
        frame = frame.filter(WHO[chosen][1].fill_null(False))
    if team := asked.filters.get("team"):
        frame = frame.filter(pl.col("team") == team)
    if asked.search:
        found = select(Person.code).where(
            Person.code.icontains(asked.search, autoescape=True)
            | Person.name.icontains(asked.search, autoescape=True)
        )
        frame = frame.filter(pl.col("person").is_in(list(session.scalars(found))))
    column = ORDERS.get(asked.order.removeprefix("-"))
    if column is None:
        far = frame.with_columns(pl.col("money").abs().alias("% far"))
        return far.sort("% far", "person", descending=[True, False]).drop("% far")
    return frame.sort(
        column, "person", descending=[asked.order.startswith("-"), False], nulls_last=True
    )


def asked_of(args: Any) -> ListQuery:
    """Read a query from the address."""
    return ListQuery.of(args, ("who", "team", "candidate"), ORDERS)


def team_rows(session: Session, frame: pl.DataFrame, places: int) -> list[dict[str, Any]]:
    """Return each team with its name, its mean totals to so many places, and its money."""
    rows = teams(frame).to_dicts()
    codes = [row["team"] for row in rows if row["team"]]
    units = select(Unit.code, Unit.name).where(Unit.code.in_(codes))
    names = {row.code: row.name for row in session.execute(units)}
    return [
        {
            **row,
            "name": names.get(row["team"], row["team"]),
            "before.mean": mean(row["before.total"], row["scored"], places),
            "after.mean": mean(row["after.total"], row["scored"], places),
        }
        for row in rows
    ]


def names_of(session: Session, codes: list[str]) -> dict[str, str]:
    """Return what people are called, by code."""
    found = select(Person.code, Person.name)
    if len(codes) <= MOST_NAMED:  # a database takes so many parameters; beyond them, everybody
        found = found.where(Person.code.in_(codes))
    return {row.code: row.name for row in session.execute(found)}
