"""A cycle in which people report on duty and are rated, over the tests' small company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.model import Policy, Rating
from tests.organisation import NOW, actor
from tests.played import PEOPLE, Deal, Played, add_deals
from tests.workflows.cycles.whole import publish
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.ratings.asking import ask_peers
from workflows.ratings.finishing import finish_ratings
from workflows.ratings.giving import give_rating
from workflows.ratings.standing import rating_named
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.selfreports.writing import submit_report
from workflows.sources.tables import SourceImport

CODE = "rated@2026-Q1"
TEXTS = {"problems": "新客户少", "measures": "每周拜访三家", "plan": "签下两家"}
POLICY = Path(__file__).with_suffix(".yaml")


def filled(points: str, *kpis: str, **words: str) -> dict[str, dict[str, str]]:
    """Return a form with the same points and words for each KPI."""
    return {kpi: {"points": points, **words} for kpi in kpis or ("sharing", "service")}


@dataclass
class Evaluated:
    """The company of ``played`` with a cycle of the policy beside this file."""

    game: Played

    @property
    def database(self) -> Database:
        return self.game.database

    @property
    def hr(self) -> Actor:
        return self.game.actors[Role.HR]

    def of(self, session: Session, person: str = "S11") -> tuple[Cycle, Policy, Review]:
        cycle = find_cycle(session, CODE)
        return cycle, policy_of(cycle), find_review(session, cycle, person)

    def who(self, session: Session, person: str) -> Actor:
        """Return somebody of the organisation, in the role that they have there."""
        role = Role.MANAGER if person.startswith("M") else Role.SALESPERSON
        known = self.game.actors[role]
        found = actor(session, role, person)
        return known if known.person_id == found.person_id else found

    def up_to_reports(self) -> None:
        with self.database.write() as session:
            open_cycle(session, self.hr, NOW, policy_code="rated", period_label="2026-Q1")
        with self.database.write() as session:
            lock_cycle(session, self.hr, NOW, find_cycle(session, CODE))

    def up_to_ratings(self) -> None:
        self.up_to_reports()
        self.report(*PEOPLE)
        self.move("report")

    def report(self, *people: str) -> None:
        with self.database.write() as session:
            for person in people:
                _, policy, review = self.of(session, person)
                submit_report(session, self.who(session, person), NOW, review, policy, TEXTS)

    def move(self, transition: str, *people: str) -> None:
        with self.database.write() as session:
            for person in people or PEOPLE:
                _, policy, review = self.of(session, person)
                move_review(session, self.hr, NOW, review, policy, transition=transition)

    def ask(self, *peers: str, person: str = "S11") -> None:
        with self.database.write() as session:
            _, policy, review = self.of(session, person)
            ask_peers(session, self.hr, NOW, review, policy, rating(policy, "peers"), peers)

    def give(
        self, by: str, kind: str, answers: Mapping[str, Mapping[str, str]], person: str = "S11"
    ) -> None:
        with self.database.write() as session:
            _, policy, review = self.of(session, person)
            who = self.who(session, by)
            give_rating(session, who, NOW, review, policy, rating(policy, kind), answers)

    def finish(self, *people: str, by: str = "M1") -> None:
        with self.database.write() as session:
            cycle, policy, _ = self.of(session)
            reviews = [find_review(session, cycle, person) for person in people or ("S11",)]
            finish_ratings(session, self.who(session, by), NOW, cycle, policy, reviews)


def rating(policy: Policy, code: str) -> Rating:
    return rating_named(policy, code)


def evaluated(game: Played) -> Evaluated:
    """Publish the policy and add a deal of 80,000 for each person."""
    with game.database.write() as session:
        publish(session, POLICY.read_text(encoding="utf-8"))
        brought = session.scalars(sa.select(SourceImport)).one()
        day = date(2026, 1, 15)
        deals = [Deal(f"2026-{person}", person, amount=80_000, closed=day) for person in PEOPLE]
        add_deals(session, brought, deals)
    return Evaluated(game)
