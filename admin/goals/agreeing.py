"""Agreeing goals: one's own page, the team's, what the next level approves, and a review's tab."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.goals import typed
from admin.people.review import today
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.decide import allow, allow_person, may
from workflows.goals import offers, plans
from workflows.goals.offered import WITH_MANAGER, WITH_PERSON, Amounts
from workflows.goals.problems import unreconciled
from workflows.goals.reading import (
    countered_because,
    own_goals,
    own_lines,
    standings,
    steps_of,
    to_decide,
)
from workflows.goals.smart import missing
from workflows.goals.stating import find_own_goal, restate_goal, state_goal
from workflows.goals.store import load_tree, load_trees
from workflows.goals.tables import GoalOffer, GoalPlan, GoalVersion
from workflows.org.tables import Person
from workflows.reviews.finding import visible_review

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("goal_offers", __name__)


@blueprint.get("/goals/<int:year>/mine")
def mine(year: int) -> str:
    """Show one's own goals: what is proposed, and what one has stated oneself."""
    allow(current_actor(), "answer_goals")
    return _mine(year)


@blueprint.get("/goals/<int:year>/team")
def team(year: int) -> str:
    """Show where everybody whom one leads is: to propose, to settle, to approve."""
    allow(current_actor(), "propose_goals")
    return _team(year)


@blueprint.get("/reviews/<key>/goals")
def of_review(key: str) -> str:
    """Show the goals of a review's person, as a page of the review."""
    actor = current_actor()
    allow(actor, "read_goals")
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        plan = _plan_of(session, review.cycle.starts_on.year)
        shown = _person_goals(session, plan, review.person) if plan else {}
        return render_template(
            "goals/of_review.html", section_of_page="reviews", row=review, plan=plan, **shown
        )


@blueprint.post("/goals/<int:year>/propose")
def propose(year: int) -> Answer:
    """Propose a goal to the people who are ticked."""
    allow(current_actor(), "propose_goals")

    def change(of: Writing) -> None:
        plan = plans.find_plan(of.session, of.actor, year)
        version = plans.newest_version(of.session, plan)
        chosen: dict[str, list[Person]] = {}
        for each in _ticked("chosen"):
            code, _, person = each.partition(":")
            chosen.setdefault(code, []).append(_person(of.session, person))
        for code, persons in chosen.items():
            goal = plans.find_goal(of.session, plan, code)
            tree = load_tree(of.session, version, goal)
            offers.propose_goals(of.session, of.actor, of.now, tree, persons)

    return _done(change, lambda error: _team(year, error), url_for("goal_offers.team", year=year))


@blueprint.post("/goals/offers/<key>/answer")
def answer(key: str) -> Answer:
    """Accept one's own goal, or counter it."""
    allow(current_actor(), "answer_goals")
    year = _year_of(key, "answer_goals")

    def change(of: Writing) -> None:
        offer = offers.find_offer(of.session, of.actor, key, "answer_goals")
        reason = request.form.get("reason", "")
        counter = None if request.form.get("step") == "accept" else _amounts(offer)
        offers.answer_goal(of.session, of.actor, of.now, offer, counter=counter, reason=reason)

    return _done(change, lambda error: _mine(year, error), url_for("goal_offers.mine", year=year))


@blueprint.post("/goals/offers/<key>/settle")
def settle(key: str) -> Answer:
    """Settle a goal that was countered."""
    allow(current_actor(), "propose_goals")
    year = _year_of(key, "propose_goals")

    def change(of: Writing) -> None:
        offer = offers.find_offer(of.session, of.actor, key, "propose_goals")
        offers.settle_goal(
            of.session, of.actor, of.now, offer, _amounts(offer),
            reason=request.form.get("reason", ""), taken=typed.taken(),
        )  # fmt: skip

    return _done(change, lambda error: _team(year, error), url_for("goal_offers.team", year=year))


@blueprint.post("/goals/<int:year>/agree")
def agree(year: int) -> Answer:
    """Approve what is ticked, or send it back with a reason, as the level above the manager."""
    allow(current_actor(), "agree_goals")
    step = request.form.get("step", "")
    if step not in ("agree", "return"):
        raise BadRequest

    def change(of: Writing) -> None:
        plans.find_plan(of.session, of.actor, year)
        for key in _ticked("offer"):
            offer = offers.find_offer(of.session, of.actor, key)
            if step == "agree":
                offers.agree_goal(of.session, of.actor, of.now, offer, today())
            else:
                reason = request.form.get("reason", "")
                offers.return_goal(of.session, of.actor, of.now, offer, today(), reason=reason)

    return _done(change, lambda error: _team(year, error), url_for("goal_offers.team", year=year))


@blueprint.post("/goals/<int:year>/own")
def own(year: int) -> Answer:
    """State a goal of a person's own, or fill in what one does not say yet."""
    allow(current_actor(), "state_goal")
    person = request.form.get("person", "")

    def change(of: Writing) -> None:
        plan = plans.find_plan(of.session, of.actor, year)
        number = request.form.get("goal", type=int)
        if number is not None:
            goal = find_own_goal(of.session, of.actor, number)
            restate_goal(of.session, of.actor, of.now, goal, typed.fields())
        else:
            whose = _own(of.session) if not person else _person(of.session, person)
            state_goal(of.session, of.actor, of.now, plan, whose, typed.fields())

    return _done(change, lambda error: _mine(year, error), url_for("goal_offers.mine", year=year))


def _done(
    change: Callable[[Writing], None], page: Callable[[KaohengError], str], after: str
) -> Answer:
    try:
        with writing() as of:
            change(of)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return page(error), status_of(error)
    return redirect(after, 303)


def _year_of(key: str, operation: str) -> int:
    with services().database.read() as session:
        return offers.find_offer(session, current_actor(), key, operation).goal_version.plan.year


def _amounts(offer: GoalOffer) -> Amounts:
    """Return the figures that were typed, as many as the goal is agreed in."""
    names = [f"amount-{place}" for place in range(len(offer.amounts))]
    return tuple(typed.amount(name) for name in names)


def _ticked(name: str) -> list[str]:
    found = request.form.getlist(name)
    if not found:
        raise refuse(
            "goals.nothing_ticked", N_("Nobody is ticked."), N_("Tick whose goals are meant first.")
        )
    return found


def _person(session: Session, code: str) -> Person:
    found = session.scalar(select(Person).where(Person.code == code))
    if found is None:
        raise plans.no_person(code)
    return found


def _own(session: Session) -> Person:
    person_id = current_actor().person_id
    found = session.get(Person, person_id) if person_id else None
    if found is None:
        raise plans.no_person("–")
    return found


def _plan_of(session: Session, year: int) -> GoalPlan | None:
    return session.scalar(select(GoalPlan).where(GoalPlan.year == year))


def _version_shown(session: Session, plan: GoalPlan) -> GoalVersion:
    return plans.newest_version(session, plan)


def _mine(year: int, error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        plan = plans.find_plan(session, current_actor(), year)
        person = _own(session)
        return render_template(
            "goals/mine.html",
            section_of_page="goals",
            plan=plan,
            person=person,
            lines=lines(error),
            typed=request.form if error else {},
            **_person_goals(session, plan, person),
        )


def _person_goals(session: Session, plan: GoalPlan, person: Person) -> dict[str, object]:
    """Return what is shown of a person's goals: shared out to them, and stated by themselves."""
    actor = current_actor()
    allow_person(session, actor, "read_goals", person.id)
    version = _version_shown(session, plan)
    shared = [each for each in standings(session, actor, version) if each.person.id == person.id]
    return {
        "version": version,
        "shared": [
            (each, own_lines(each.tree, person.id),
             steps_of(session, plan, each.tree.goal.id, person.id))
            for each in shared
        ],
        "own": [(goal, missing(goal)) for goal in own_goals(session, actor, plan, person.id)],
        "parents": plans.goals_in(session, plan),
        "is_own": actor.person_id == person.id and may(actor, "answer_goals"),
        "waits": WITH_PERSON,
        "exact": Decimal,
    }  # fmt: skip


def _team(year: int, error: KaohengError | None = None) -> str:
    actor = current_actor()
    with services().database.read() as session:
        plan = plans.find_plan(session, actor, year)
        version = _version_shown(session, plan)
        found = standings(session, actor, version, "propose_goals")
        offered = [each.offer for each in found if each.offer is not None and not each.stale]
        return render_template(
            "goals/team.html",
            section_of_page="goals",
            plan=plan,
            version=version,
            people=found,
            gaps=[
                fault
                for tree in load_trees(session, version)
                for fault in unreconciled(session, actor, tree)
            ],
            with_manager=WITH_MANAGER,
            to_decide=to_decide(session, actor, offered, today()),
            reasons=countered_because(session, offered),
            lines=lines(error),
            ticked=request.form.getlist("offer") if error else [],
            typed=request.form if error else {},
            refused=(request.view_args or {}).get("key") if error else None,
        )
