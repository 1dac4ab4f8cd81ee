"""A small company in the review year: what others do, by the real operations, between the pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.browser.founding import NOW, PEOPLE, TEAM, found, person_of
from workflows.access.actors import Actor
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account
from workflows.application import open_application
from workflows.base.settings import load_settings
from workflows.confirming.operations import confirm_records
from workflows.confirming.standing import standings
from workflows.cycles.approval import approve_cycle
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.feedback.operations import (
    Prepared,
    acknowledge_talk,
    hold_talk,
    prepare_talk,
    talk_of,
)
from workflows.goals.cutting import Way, split_nodes
from workflows.goals.offers import agree_goal, answer_goal, propose_goals
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
from workflows.goals.tables import GoalOffer
from workflows.org.tables import Person
from workflows.ratings.finishing import finish_ratings
from workflows.ratings.giving import give_rating
from workflows.ratings.standing import rating_named
from workflows.reviews.moves import move_review
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.reading import find_review
from workflows.selfreports.writing import submit_report

POLICY, PERIOD, GOAL = "year", "2026-Q1", "own_target"
CODE = f"{POLICY}@{PERIOD}"
TEXTS = {"problems": "新客户少", "plan": "每周拜访三家，签下两家"}


class Year:
    """The company in a home of its own; a step is what somebody of it does, or several do."""

    def __init__(self, home: Path) -> None:
        settings = {"KAOHENG_HOME": str(home), "KAOHENG_NOW": NOW.isoformat()}
        self._app = open_application(load_settings(settings))
        with self._app.database.write() as session:
            found(session)

    def close(self) -> None:
        self._app.close()

    @contextmanager
    def by(self, username: str) -> Iterator[tuple[Session, Actor]]:
        """Give a session to write in, and somebody who acts."""
        with self._app.database.write() as session:
            yield session, _actor(session, username)

    # goals

    def plan_goals(self) -> None:
        """HR begins the plan of the year and shares one goal out to everybody."""
        with self.by("hr") as (session, hr):
            plan = new_plan(session, hr, NOW, year=2026, name="")
            fields = Fields("年度销售额", "扩大销售", "销售额", Decimal(4_000_000), "CNY")
            add_company_goal(session, hr, NOW, plan, code=GOAL, fields=fields)
            for kind in ("company", "region", "team"):
                reserve = Decimal(60_000) if kind == "team" else Decimal(0)
                way = Way("org", "headcount", reserve=reserve)
                tree = _tree(session, hr)
                keys = [node.key for node in tree.root.walk() if node.kind == kind]
                split_nodes(session, hr, NOW, tree, keys, way, today=_today())

    def propose(self, *people: str) -> None:
        for code in people:
            with self.by("m1" if code in TEAM else "m2") as (session, manager):
                propose_goals(
                    session, manager, NOW, _tree(session, manager), [person_of(session, code)]
                )

    def accept(self, *people: str) -> None:
        """The people accept what was proposed to them."""
        for code in people:
            with self.by(code.lower()) as (session, person):
                answer_goal(session, person, NOW, _offer(session, code))

    def counter(self, code: str, amount: Decimal, reason: str) -> None:
        with self.by(code.lower()) as (session, person):
            offer = _offer(session, code)
            amounts = (amount,) * len(offer.amounts)
            answer_goal(session, person, NOW, offer, counter=amounts, reason=reason)

    def agree(self, *people: str) -> None:
        """The level above the managers approves what is settled."""
        with self.by("r1") as (session, above):
            for code in people:
                agree_goal(session, above, NOW, _offer(session, code), _today())

    def approve_goals(self) -> None:
        """HR hands the plan in, and finance approves it."""
        with self.by("hr") as (session, hr):
            submit_version(session, hr, NOW, newest_version(session, find_plan(session, hr, 2026)))
        with self.by("finance") as (session, finance):
            plan = find_plan(session, finance, 2026)
            approve_version(session, finance, NOW, newest_version(session, plan))

    # the cycle

    def open(self) -> None:
        with self.by("hr") as (session, hr):
            open_cycle(session, hr, NOW, policy_code=POLICY, period_label=PERIOD)

    def move(self, transition: str, *people: str, by: str = "hr") -> None:
        with self.by(by) as (session, actor):
            cycle = find_cycle(session, CODE)
            policy = policy_of(cycle)
            for code in people or PEOPLE:
                review = find_review(session, cycle, code)
                move_review(session, actor, NOW, review, policy, transition=transition)

    def confirm(self, *people: str) -> None:
        """The people confirm the records that are credited to them."""
        for code in people:
            with self.by(code.lower()) as (session, person):
                cycle = find_cycle(session, CODE)
                review = find_review(session, cycle, code)
                seen = standings(session, cycle, policy_of(cycle), [review])[review.id].digest
                confirm_records(session, person, NOW, review, seen=seen)

    def lock(self) -> None:
        with self.by("hr") as (session, hr):
            lock_cycle(session, hr, NOW, find_cycle(session, CODE))

    def report(self, *people: str) -> None:
        for code in people:
            with self.by(code.lower()) as (session, person):
                cycle = find_cycle(session, CODE)
                review = find_review(session, cycle, code)
                submit_report(session, person, NOW, review, policy_of(cycle), TEXTS)

    def rate(self, kind: str, points: str, *people: str) -> None:
        """The people rate themselves, or are rated by whoever leads them."""
        for code in people:
            rater = code.lower() if kind == "self" else "m1" if code in TEAM else "m2"
            with self.by(rater) as (session, actor):
                cycle = find_cycle(session, CODE)
                policy, review = policy_of(cycle), find_review(session, cycle, code)
                rating = rating_named(policy, kind)
                kpis = ("sharing",) if kind == "self" else ("sharing", "service")
                answers = {kpi: {"points": points} for kpi in kpis}
                give_rating(session, actor, NOW, review, policy, rating, answers)

    def finish(self, by: str, *people: str) -> None:
        with self.by(by) as (session, manager):
            cycle = find_cycle(session, CODE)
            reviews = [find_review(session, cycle, code) for code in people]
            finish_ratings(session, manager, NOW, cycle, policy_of(cycle), reviews)

    def approve(self) -> None:
        """Finance approves the results; the service enters the grants, which is waited for."""
        with self.by("finance") as (session, finance):
            approve_cycle(session, finance, NOW, find_cycle(session, CODE))
        for _ in range(300):
            with self._app.database.read() as session:
                if find_cycle(session, CODE).state == "approved":
                    return
            time.sleep(0.1)
        raise TimeoutError(CODE)

    # after the approval

    def talk(self, *people: str) -> None:
        """Whoever leads the people prepares the conversations and holds them."""
        said = Prepared(praise="老客户续约稳", advice="每周排三次新客户拜访")
        for code in people:
            with self.by("m1" if code in TEAM else "m2") as (session, manager):
                review = find_review(session, find_cycle(session, CODE), code)
                prepare_talk(session, manager, NOW, review, said)
                hold_talk(
                    session, manager, NOW, review, held_on=_today(), channel="face_to_face",
                    note="一起看了数字", today=_today(),
                )  # fmt: skip

    def acknowledge(self, *people: str) -> None:
        for code in people:
            with self.by(code.lower()) as (session, person):
                review = find_review(session, find_cycle(session, CODE), code)
                talk = talk_of(session, review)
                assert talk is not None
                acknowledge_talk(
                    session, person, NOW, review, agrees=True, comment="知悉", seen=talk.version
                )

    def stages(self) -> dict[str, str]:
        """Return the stage of everybody's review."""
        with self._app.database.read() as session:
            reviews = reviews_of(session, find_cycle(session, CODE))
            return {review.person.code: review.stage for review in reviews}


def up_to_goals(year: Year) -> None:
    """Everybody's goals are agreed and in force, and the cycle is open."""
    year.plan_goals()
    year.propose(*PEOPLE)
    year.accept(*PEOPLE)
    year.agree(*PEOPLE)
    year.approve_goals()
    year.open()


def up_to_confirmation(year: Year) -> None:
    """Everybody looks at the records that are credited to them."""
    up_to_goals(year)
    for transition in ("submit_goals", "approve_goals", "to_confirm"):
        year.move(transition)


def _actor(session: Session, username: str) -> Actor:
    found = sa.select(Account).where(Account.username == username)
    return actor_of_account(session.scalars(found).one())


def _offer(session: Session, code: str) -> GoalOffer:
    return session.scalars(
        sa.select(GoalOffer).join(GoalOffer.person).where(Person.code == code)
    ).one()


def _tree(session: Session, actor: Actor) -> Tree:
    plan = find_plan(session, actor, 2026)
    return load_tree(session, newest_version(session, plan), find_goal(session, plan, GOAL))


def _today() -> date:
    return NOW.date()
