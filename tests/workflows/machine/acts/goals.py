"""Goals are proposed, answered, settled and agreed; the plan is changed and approved."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from tests.workflows.machine.acts.stages import said
from tests.workflows.machine.company import GOAL, YEAR
from tests.workflows.machine.machine import Fits, Machine, by, for_some, reasons, someone, while_
from tests.workflows.machine.model import goals
from tests.workflows.machine.model.state import FIRST_AMOUNT, Reasons, Year
from workflows.access.actors import Actor
from workflows.goals.offers import (
    agree_goal,
    answer_goal,
    find_offer,
    propose_goals,
    return_goal,
    settle_goal,
)
from workflows.goals.plans import (
    approve_version,
    find_goal,
    new_version,
    newest_version,
    submit_version,
    withdraw_version,
)
from workflows.goals.store import load_tree
from workflows.goals.tables import GoalOffer, GoalPlan, GoalVersion
from workflows.goals.taking import take_goals
from workflows.org.tables import Person

amounts = st.sampled_from((FIRST_AMOUNT, FIRST_AMOUNT, 360_000, 480_000))
PLANNING = ("goal_setting", "goal_approval")


def is_planned(year: Year) -> bool:
    return any(review.stage in PLANNING for review in year.reviews.values())


def proposable(year: Year, person: str) -> bool:
    goal = year.plan.goals.get(person)
    is_stale = goal is not None and goal.amount != year.plan.amounts[person]
    return year.reviews[person].stage in PLANNING and (goal is None or is_stale)


def at(*states: str) -> Fits:
    """Return what fits whoever has a goal in one of ``states``."""

    def fits(year: Year, person: str) -> bool:
        goal = year.plan.goals.get(person)
        return is_planned(year) and goal is not None and goal.state in states

    return fits


proposed, agreeable = at("proposed"), at("accepted", "settled")
to_settle = at("countered", "returned", "proposed")


def plan_is(*states: str) -> Callable[[Machine], bool]:
    return while_(lambda year: is_planned(year) and year.plan.state in states)


def before_the_lock(year: Year) -> bool:
    return year.state == "open"


class Goals(Machine):
    """What is agreed with each person, and the plan that it is of."""

    @precondition(for_some(proposable))
    @rule(who=by("leader", "hr", "director"), one=someone)
    def propose_goal(self, who: str, one: int | str) -> None:
        person = self.pick(one, proposable)
        name = self.who(who, person)

        def deed(session: Session, actor: Actor) -> None:
            plan = self.plan_row(session)
            tree = load_tree(session, newest_version(session, plan), find_goal(session, plan, GOAL))
            found = session.scalars(sa.select(Person).where(Person.code == person)).all()
            propose_goals(session, actor, self.year.now, tree, found)

        self.does(name, goals.propose(self.year, name, person), deed)

    @precondition(for_some(proposed))
    @rule(who=by("owner"), one=someone, counter=st.one_of(st.none(), amounts), reason=reasons)
    def answer_goal(self, who: str, one: int | str, counter: int | None, reason: bool) -> None:
        person = self.pick(one, proposed)
        name = self.who(who, person)
        amount = None if counter is None else (Decimal(counter),)
        self.of_offer(
            name,
            person,
            "answer_goals",
            goals.answer(self.year, name, person, counter=counter, reason=reason),
            lambda session, actor, offer: answer_goal(
                session, actor, self.year.now, offer, counter=amount, reason=said[reason]
            ),
        )

    @precondition(for_some(to_settle))
    @rule(who=by("leader", "director", "M2 for M1"), one=someone, amount=amounts, reason=reasons)
    def settle_goal(self, who: str, one: int | str, amount: int, reason: bool) -> None:
        person = self.pick(one, to_settle)
        name = self.who(who, person)
        self.of_offer(
            name,
            person,
            "propose_goals",
            goals.settle(self.year, name, person, amount, reason=reason),
            lambda session, actor, offer: settle_goal(
                session, actor, self.year.now, offer, (Decimal(amount),), reason=said[reason]
            ),
        )

    @precondition(for_some(agreeable))
    @rule(who=by("director", "hr", "leader", "M2 for M1"), one=someone)
    def agree_to_goal(self, who: str, one: int | str) -> None:
        person = self.pick(one, agreeable)
        name = self.who(who, person)
        self.of_offer(
            name,
            person,
            "agree_goals",
            goals.agree(self.year, name, person),
            lambda session, actor, offer: agree_goal(
                session, actor, self.year.now, offer, self.year.today
            ),
        )

    @precondition(for_some(agreeable))
    @rule(who=by("director", "hr", "leader"), one=someone, reason=st.booleans())
    def return_goal(self, who: str, one: int | str, reason: bool) -> None:
        person = self.pick(one, agreeable)
        name = self.who(who, person)
        self.of_offer(
            name,
            person,
            "agree_goals",
            goals.send_back(self.year, name, person, reason=reason),
            lambda session, actor, offer: return_goal(
                session, actor, self.year.now, offer, self.year.today, reason=said[reason]
            ),
        )

    @precondition(plan_is("approved"))
    @rule(who=by("hr"), reason=reasons)
    def change_plan(self, who: str, reason: bool) -> None:
        self.does(
            who,
            goals.change(self.year, who, reason=reason),
            lambda session, actor: new_version(
                session, actor, self.year.now, self.plan_row(session), reason=said[reason]
            ),
        )

    @precondition(plan_is("draft"))
    @rule(who=by("hr"))
    def submit_plan(self, who: str) -> None:
        self._of_plan(who, goals.submit(self.year, who), submit_version)

    @precondition(plan_is("submitted"))
    @rule(who=by("hr"))
    def withdraw_plan(self, who: str) -> None:
        self._of_plan(who, goals.withdraw(self.year, who), withdraw_version)

    @precondition(plan_is("submitted"))
    @rule(who=by("finance", "director", "hr for finance"))
    def approve_plan(self, who: str) -> None:
        self._of_plan(who, goals.approve(self.year, who), approve_version)

    @precondition(while_(before_the_lock))
    @rule(who=by("hr"))
    def take_goals(self, who: str) -> None:
        self.does(
            who,
            goals.take(self.year, who),
            lambda session, actor: take_goals(session, actor, self.year.now, self.cycle(session)),
        )

    def of_offer(
        self,
        who: str,
        person: str,
        operation: str,
        expected: Reasons,
        deed: Callable[[Session, Actor, GoalOffer], None],
    ) -> None:
        """Do something with a person's goal, found as a page would: by whoever reaches it."""

        def found(session: Session, actor: Actor) -> None:
            version = newest_version(session, self.plan_row(session))
            named = session.scalar(
                sa.select(GoalOffer.public_id)
                .join(GoalOffer.person)
                .where(GoalOffer.version_id == version.id, Person.code == person)
            )
            deed(session, actor, find_offer(session, actor, named or "-", operation))

        self.does(who, expected, found)

    def plan_row(self, session: Session) -> GoalPlan:
        return session.scalars(sa.select(GoalPlan).where(GoalPlan.year == YEAR)).one()

    def _of_plan(self, who: str, expected: Reasons, operation: Callable[..., None]) -> None:
        def deed(session: Session, actor: Actor) -> None:
            version: GoalVersion = newest_version(session, self.plan_row(session))
            operation(session, actor, self.year.now, version)

        self.does(who, expected, deed)
