"""A review's tracking: progress and where it is heading, alerts, measures, check-ins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.tracking.typed import day, said, text
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow, may, roles_towards
from workflows.cycles.operations import policy_of
from workflows.cycles.pace import share_gone
from workflows.cycles.scored import LIVE, scored
from workflows.org.tables import Person
from workflows.plans.reading import plans_of_person
from workflows.reviews.figures import figures_of
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review
from workflows.tracking.check_ins import RHYTHMS, plan_check_in
from workflows.tracking.forecasts import forecasts_of
from workflows.tracking.reading import alerts_of_review, check_ins_of_review, measures_of

blueprint = Blueprint("tracking", __name__, url_prefix="/reviews")
Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/tracking")
def of_review(key: str) -> str:
    allow(current_actor(), "list_reviews")
    return _page(key)


@blueprint.post("/<key>/check-ins")
def plan(key: str) -> Page:
    """Plan a one-to-one about the review."""
    allow(current_actor(), "record_check_in")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            plan_check_in(
                of.session,
                of.actor,
                of.now,
                review,
                review.cycle,
                rhythm=text("rhythm"),
                planned_on=day("planned_on"),
                today=services().today(),
            )
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, lines=said(error), typed=request.form), status_of(error)
    return redirect(url_for("tracking.of_review", key=key), 303)


def _page(key: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        return render_template(
            "tracking/review.html",
            section_of_page="reviews",
            **_progress(session, review),
            **_talks(session, actor, review),
            **shown,
        )


def _progress(session: Session, review: Review) -> dict[str, Any]:
    scope, today = scored(session, review.cycle), services().today()
    found: dict[str, Any] = {
        "row": review,
        "policy": scope.version.policy,
        "figures": figures_of(scope, review.person.code),
        "gone": share_gone(review.cycle, today),
        "alerts": alerts_of_review(session, review),
        "forecasts": {},
    }
    if scope.stage == LIVE:
        people = [review.person]
        heading = forecasts_of(session, review.cycle, policy_of(review.cycle), people, today)
        found["forecasts"] = {each.code: each for each in heading[review.person.code]}
    return found


def _talks(session: Session, actor: Actor, review: Review) -> dict[str, Any]:
    """Return what only the two who talk, and those who answer for people, may see."""
    sees = bool(roles_towards(session, actor, "read_check_ins", review.person_id))
    leads = bool(roles_towards(session, actor, "record_check_in", review.person_id))
    shown = check_ins_of_review(session, actor, review) if sees else []
    plans = []
    if may(actor, "read_plans") and roles_towards(session, actor, "read_plans", review.person_id):
        plans = [
            each
            for each in plans_of_person(session, actor, review.person_id)
            if each.state in ("agreed", "running")
        ]
    return {
        "sees_talks": sees,
        "leads": leads,
        "check_ins": shown,
        "measures": measures_of(session, review) if sees else [],
        "plans": plans,
        "is_planned": any(each.state == "planned" for each in shown),
        "rhythms": RHYTHMS,
        "today": services().today(),
        "recorders": _names(session, shown),
    }


def _names(session: Session, check_ins: Any) -> dict[int, str]:
    """Return who recorded each check-in: their own name, where they are in the organisation."""
    names = {}
    for each in check_ins:
        if each.recorder is not None:
            person = each.recorder.person_id and session.get(Person, each.recorder.person_id)
            names[each.id] = person.name if person else each.recorder.username
    return names
