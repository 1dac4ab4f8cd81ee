"""A cycle in calibration under a policy that guides the grades, and those who hold the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from tests.organisation import NOW
from tests.played import CODE, Played, _account
from tests.workflows.cycles.whole import publish
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.calibration.opening import Asked, open_calibration
from workflows.calibration.operations import move_card
from workflows.calibration.reaching import find_card, find_session
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import Evaluation
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.rulebook.shipped import policy_file

GUIDE = """
calibration:
  distribution: {S: 10%, A: 20%, B: 40%, C: 20%, D: 10%}
  at_most: [S, A]
  group: region
"""


@dataclass
class Meeting:
    """The company of ``played``, its cycle in calibration, a session over the east."""

    game: Played
    key: str = ""

    @property
    def database(self) -> Database:
        return self.game.database

    @property
    def hr(self) -> Actor:
        return self.game.actors[Role.HR]

    @property
    def director(self) -> Actor:
        return self.game.actors[Role.SALES_DIRECTOR]

    @property
    def manager(self) -> Actor:
        return self.game.actors[Role.MANAGER]

    def open(self, *units: str, **asked: Any) -> str:
        with self.database.write() as session:
            cycle = find_cycle(session, CODE)
            given = Asked(units=units or ("east",), participants=("manager-M1",), **asked)
            self.key = open_calibration(session, self.hr, NOW, cycle, given).public_id
        return self.key

    def do(self, operation: Callable[..., Any], actor: Actor, **more: Any) -> Any:
        """Carry out an operation on the session, found as the actor finds it."""
        with self.database.write() as session:
            sitting = find_session(session, actor, self.key)
            return operation(session, actor, NOW, sitting, **more)

    def move(
        self,
        actor: Actor,
        person: str,
        grade: str,
        reason: str = "带教新人",
        seen: int | None = None,
    ) -> None:
        with self.database.write() as session:
            sitting = find_session(session, actor, self.key)
            card = find_card(session, actor, sitting, self.review_key(person))
            policy = policy_of(sitting.cycle)
            move_card(session, actor, NOW, card, policy, grade=grade, reason=reason, seen=seen)

    def on_card(
        self, operation: Callable[..., Any], actor: Actor, person: str, **more: Any
    ) -> None:
        with self.database.write() as session:
            sitting = find_session(session, actor, self.key)
            card = find_card(session, actor, sitting, self.review_key(person))
            operation(session, actor, NOW, card, **more)

    def review_key(self, person: str) -> str:
        with self.database.read() as session:
            return find_review(session, find_cycle(session, CODE), person).public_id

    def grades(self) -> dict[str, tuple[str | None, str | None]]:
        """Return the measured grade and the calibrated one of each person."""
        with self.database.read() as session:
            reviews = session.scalars(sa.select(Review)).all()
            return {each.person.code: (each.grade, each.calibrated_grade) for each in reviews}

    def measured(self) -> list[Any]:
        """Return all that was measured: the trial's bytes, totals and grades."""
        with self.database.read() as session:
            kept = sa.select(Evaluation.inputs, Evaluation.outputs, Evaluation.grants)
            reviews = sa.select(Review.id, Review.total, Review.grade).order_by(Review.id)
            return [*map(tuple, session.execute(kept)), *map(tuple, session.execute(reviews))]


def guided(guide: str = GUIDE) -> str:
    """Return the shipped policy with a guide to its grades."""
    return policy_file("sales-quarterly").read_text(encoding="utf-8") + guide


@pytest.fixture
def meeting(game: Played) -> Meeting:
    return begun(game)


def begun(game: Played, guide: str = GUIDE) -> Meeting:
    with game.database.write() as session:
        publish(session, guided(guide))
        game.actors[Role.SALES_DIRECTOR] = _account(session, Role.SALES_DIRECTOR, None)
    game.up_to_calibration()
    return Meeting(game)
