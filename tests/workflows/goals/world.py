"""A year's plan over the tests' small company, taken as far as a test needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import NOW, actor
from tests.played import PEOPLE, Played
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.goals.cutting import Part, Way, split_nodes
from workflows.goals.plans import (
    approve_version,
    find_goal,
    find_plan,
    new_plan,
    newest_version,
    submit_version,
)
from workflows.goals.stating import Fields, add_company_goal
from workflows.goals.store import Tree, load_tree
from workflows.goals.tables import GoalNode, GoalVersion
from workflows.org.tables import Person

YEAR = 2017
CODE = "revenue_target"
TODAY = date(2017, 1, 10)
LINES = (Part("软件", Decimal(2), "主推"), Part("服务"))


@dataclass
class Year:
    """The plan of a year; what it does acts as HR, or as the director who approves."""

    game: Played

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self.game.database.write() as session:
            yield session

    @property
    def hr(self) -> Actor:
        return self.game.actors[Role.HR]

    @property
    def finance(self) -> Actor:
        return self.game.actors[Role.FINANCE]

    def begin(self, amount: int = 7_000_000, **more: object) -> None:
        with self.write() as session:
            plan = new_plan(session, self.hr, NOW, year=YEAR, name="")
            fields = Fields(
                "年度销售额", "扩大销售", "销售额", Decimal(amount), "CNY", strategy="三年翻番"
            )
            add_company_goal(session, self.hr, NOW, plan, code=CODE, fields=fields, **more)  # type: ignore[arg-type]

    def tree(self, session: Session, code: str = CODE, seq: int | None = None) -> Tree:
        plan = find_plan(session, self.hr, YEAR)
        return load_tree(
            session, newest_version(session, plan, seq), find_goal(session, plan, code)
        )

    def split(self, kind: str, way: Way, code: str = CODE) -> None:
        with self.write() as session:
            tree = self.tree(session, code)
            keys = [node.key for node in tree.root.walk() if node.kind == kind]
            split_nodes(session, self.hr, NOW, tree, keys, way, today=TODAY)

    def cascade(self, code: str = CODE, **ways: Way) -> None:
        """Share the goal out to regions, teams and people; by headcount where nothing is said."""
        for kind in ("company", "region", "team"):
            self.split(kind, ways.get(kind, Way("org", "headcount")), code)

    def approve(self) -> None:
        with self.write() as session:
            submit_version(session, self.hr, NOW, self.version(session))
        with self.write() as session:
            approve_version(session, self.finance, NOW, self.version(session))

    def version(self, session: Session) -> GoalVersion:
        return newest_version(session, find_plan(session, self.hr, YEAR))

    def amounts(self, session: Session, code: str = CODE) -> dict[str, Decimal]:
        """Return the amounts of the newest version by owner (and its line)."""
        tree = self.tree(session, code)
        return {owner(tree.rows[node.key]): node.amount for node in tree.root.walk()}


def owner(row: GoalNode) -> str:
    code = row.person.code if row.person else row.unit.code if row.unit else ""
    return f"{code}/{row.label}" if row.label else code


def key_of(tree: Tree, code: str) -> int:
    return next(key for key, row in tree.rows.items() if owner(row) == code)


def person(session: Session, code: str) -> Person:
    return session.scalars(sa.select(Person).where(Person.code == code)).one()


def manager(session: Session, code: str = "M1") -> Actor:
    return actor(session, Role.MANAGER, code)


__all__ = [
    "CODE",
    "LINES",
    "PEOPLE",
    "TODAY",
    "YEAR",
    "Year",
    "key_of",
    "manager",
    "owner",
    "person",
]
