"""A review's plans: what the figures say, what is suggested, and drafting a plan from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.preferences import language
from admin.services import services
from admin.sign_in.current import current_actor
from admin.tracking.typed import MEASURES, day, measures, said, text
from admin.writing import writing
from engine.errors import KaohengError, Kind
from engine.model import Bilingual, PlanRule
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, roles_towards
from workflows.cycles.operations import policy_of
from workflows.org.tables import Membership, Person
from workflows.plans.diagnosis import diagnosis_of
from workflows.plans.operations import KINDS, Draft, draft_plan, plan_owners
from workflows.plans.reading import plans_of_person
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review

blueprint = Blueprint("review_plans", __name__, url_prefix="/reviews")
Page = str | Response | tuple[str, int]
_WEEK = timedelta(days=7)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/plans")
def of_review(key: str) -> str:
    allow(current_actor(), "read_plans")
    return _page(key)


@blueprint.post("/<key>/plans")
def draft(key: str) -> Page:
    """Draft a plan; a refusal keeps what was typed."""
    allow(current_actor(), "draft_plan")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            today = services().today()
            plan = draft_plan(of.session, of.actor, of.now, review, _typed(), today)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, lines=said(error), typed=request.form), status_of(error)
    return redirect(url_for("plans.details", key=plan.public_id), 303)


def _typed() -> Draft:
    return Draft(
        kind=text("kind"),
        goal=text("goal"),
        starts_on=day("starts_on"),
        ends_on=day("ends_on"),
        rule=text("rule"),
        kpi=text("kpi"),
        path=text("path"),
        training=text("training"),
        strengths=text("strengths"),
        needs=text("needs"),
        mentor=text("mentor"),
        measures=measures(),
    )


def _page(key: str, typed: Mapping[str, str] | None = None, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        allow_person(session, actor, "read_plans", review.person_id)
        policy, today = policy_of(review.cycle), services().today()
        found = diagnosis_of(session, review, today)
        rules = {each.rule.code: each.rule for each in found.suggestions}
        return render_template(
            "plans/review.html",
            section_of_page="reviews",
            row=review,
            policy=policy,
            diagnosis=found,
            plans=plans_of_person(session, actor, review.person_id),
            may_draft=_may_draft(session, actor, review),
            typed=typed or _proposed(rules.get(request.args.get("rule", ""))),
            kinds=KINDS,
            mentors=_mentors(session, review),
            owners=_owners(session, review),
            rows=range(1, MEASURES + 1),
            today=today,
            **shown,
        )


def _proposed(rule: PlanRule | None) -> dict[str, str]:
    """Return what the form says of a suggestion that was chosen, for HR or a manager to change."""
    if rule is None:
        return {}
    today = services().today()
    return {
        "kind": "improvement",
        "rule": rule.code,
        "kpi": rule.kpi or "",
        "goal": _said(rule.goal),
        "training": _said(rule.training) if rule.training else "",
        "starts_on": today.isoformat(),
        "ends_on": (today + rule.weeks * _WEEK).isoformat(),
    }


def _said(words: Bilingual) -> str:
    return words.zh if language() == "zh" else words.en


def _may_draft(session: Session, actor: Actor, review: Review) -> bool:
    roles = roles_towards(session, actor, "draft_plan", review.person_id)
    return bool(roles) and actor.person_id != review.person_id


def _mentors(session: Session, review: Review) -> list[Person]:
    """Return who is in the team with the person: a mentor is usually one of them."""
    there = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.unit_id == review.team_id,
            Membership.valid_to.is_(None),
            Person.id != review.person_id,
        )
        .order_by(Person.code)
    )
    return list(session.scalars(there.distinct()))


def _owners(session: Session, review: Review) -> list[Person]:
    codes = plan_owners(session, review, None, services().today())
    found = session.scalars(select(Person).where(Person.code.in_(codes)))
    return sorted(found, key=lambda person: codes.index(person.code))
