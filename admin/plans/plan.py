"""One plan: what it says, how far it is, and what whoever looks at it may do now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.tracking.typed import day, said, text
from admin.writing import Writing, writing
from engine.errors import KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow, roles_towards
from workflows.cycles.operations import policy_of
from workflows.plans.effect import effect_of
from workflows.plans.operations import (
    AGREED,
    DRAFT,
    ENDED,
    EVALUATED,
    NOTES,
    RUNNING,
    agree_plan,
    end_plan,
    evaluate_plan,
    note_plan,
    start_plan,
)
from workflows.plans.reading import find_plan, measures_of_plan
from workflows.plans.tables import Plan

blueprint = Blueprint("plans", __name__, url_prefix="/plans")
Page = str | Response | tuple[str, int]
Deed = Callable[[Writing, Plan], object]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>")
def details(key: str) -> str:
    allow(current_actor(), "read_plans")
    return _page(key)


@blueprint.post("/<key>/agree")
def agree(key: str) -> Page:
    allow(current_actor(), "agree_plan")
    return _done(key, lambda of, plan: agree_plan(of.session, of.actor, of.now, plan))


@blueprint.post("/<key>/start")
def start(key: str) -> Page:
    allow(current_actor(), "draft_plan")
    return _done(key, lambda of, plan: start_plan(of.session, of.actor, of.now, plan))


@blueprint.post("/<key>/notes")
def note(key: str) -> Page:
    """Keep something that happened while the plan runs."""
    allow(current_actor(), "note_plan")

    def noted(of: Writing, plan: Plan) -> object:
        return note_plan(
            of.session,
            of.actor,
            of.now,
            plan,
            kind=text("kind"),
            happened_on=day("happened_on"),
            text=text("text"),
            link=text("link"),
            today=services().today(),
        )

    return _done(key, noted)


@blueprint.post("/<key>/evaluate")
def evaluate(key: str) -> Page:
    allow(current_actor(), "draft_plan")
    said = text("conclusion")
    return _done(key, lambda of, plan: evaluate_plan(of.session, of.actor, of.now, plan, said))


@blueprint.post("/<key>/end")
def end(key: str) -> Page:
    allow(current_actor(), "draft_plan")
    reason = text("reason")
    return _done(key, lambda of, plan: end_plan(of.session, of.actor, of.now, plan, reason))


def _done(key: str, deed: Deed) -> Page:
    """Do something to a plan; a refusal is shown on its page, with what was typed."""
    try:
        with writing() as of:
            deed(of, find_plan(of.session, of.actor, key))
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, lines=said(error), typed=request.form), status_of(error)
    return redirect(url_for("plans.details", key=key), 303)


def _page(key: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        plan = find_plan(session, actor, key)
        policy = policy_of(plan.review.cycle)
        return render_template(
            "plans/plan.html",
            section_of_page="reviews",
            plan=plan,
            policy=policy,
            kpi=next((each for each in policy.kpis if each.code == plan.kpi), None),
            path=next((each for each in policy.paths if each.code == plan.path), None),
            rule=next((each for each in policy.plans if each.code == plan.rule), None),
            measures=measures_of_plan(session, plan),
            effect=plan.effect or (effect_of(session, plan) if plan.state == RUNNING else None),
            deeds=_deeds(session, actor, plan),
            notes=NOTES,
            today=services().today(),
            **shown,
        )


def _deeds(session: Session, actor: Actor, plan: Plan) -> set[str]:
    """Return what the actor may do with the plan now."""
    found = set()
    agreeing = roles_towards(session, actor, "agree_plan", plan.person_id)
    side = plan.person_agreed_at if "owner" in agreeing else plan.manager_agreed_at
    if agreeing and plan.state == DRAFT and side is None:
        found.add("agree")
    noting = roles_towards(session, actor, "note_plan", plan.person_id)
    if noting and plan.state not in (DRAFT, ENDED):
        found.add("note")
    leading = roles_towards(session, actor, "draft_plan", plan.person_id)
    if leading and actor.person_id != plan.person_id:
        by_state = {AGREED: {"start"}, RUNNING: {"evaluate"}}
        found |= by_state.get(plan.state, set())
        found |= {"end"} if plan.state != ENDED else set()
        found |= {"close"} if plan.state == EVALUATED else set()
    return found
