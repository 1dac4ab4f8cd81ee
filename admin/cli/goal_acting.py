"""What the commands of goals take: exact numbers, reasons, and the plan of a year."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from workflows.access.actors import Actor
from workflows.goals import plans
from workflows.goals.store import Tree, load_tree
from workflows.goals.tables import GoalPlan, GoalVersion


class Amount(click.ParamType[Decimal]):
    """An exact number: ``200000``, ``1.05``, or ``5%`` as 0.05."""

    name = "number"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        text = str(value).replace(",", "")
        try:
            number = Decimal(text.removesuffix("%"))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number", param, ctx)
        if not number.is_finite():
            self.fail(f"{value!r} is not a number", param, ctx)
        return number / 100 if text.endswith("%") else number


NUMBER = Amount()
TAKEN = click.option(
    "--from", "taken", type=click.Choice(["siblings", "reserve"]), default="siblings",
    help="What makes up the difference: those beside it, or the reserve.",
)  # fmt: skip
REASON = click.option("--reason", required=True, help="Why; it is shown beside the figure.")


@dataclass(frozen=True)
class Acting:
    """What an operation takes, with the plan of the year and the version in work."""

    session: Session
    actor: Actor
    now: datetime
    today: date
    plan: GoalPlan
    version: GoalVersion

    def tree(self, goal: str) -> Tree:
        return load_tree(self.session, self.version, plans.find_goal(self.session, self.plan, goal))


@contextmanager
def acting(year: int, seq: int | None = None) -> Iterator[Acting]:
    """Open the plan of a year to write in it."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        plan = plans.find_plan(session, who, year)
        version = plans.newest_version(session, plan, seq)
        yield Acting(session, who, app.clock(), app.today(), plan, version)


@contextmanager
def reading(year: int, seq: int | None = None) -> Iterator[Acting]:
    """Open the plan of a year to read it."""
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        plan = plans.find_plan(session, who, year)
        version = plans.newest_version(session, plan, seq)
        yield Acting(session, who, app.clock(), app.today(), plan, version)
