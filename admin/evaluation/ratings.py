"""The ratings of a review: who rates, what came of it, and one's own form beside the evidence."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.evaluation.typed import typed_answers
from admin.refusals import by_field, lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from engine.model import Policy, Rating
from engine.rated import highest_from, lowest_below, rated_of
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person
from workflows.cycles.operations import policy_of
from workflows.cycles.scored import scored_for
from workflows.ratings.asking import answer_peer, ask_peers, may_lead
from workflows.ratings.customers import enter_customer
from workflows.ratings.evidence import evidence_beside
from workflows.ratings.finding import allow_to_rate, asked_request, may_rate, request_of
from workflows.ratings.finishing import finish_ratings, not_finishable, send_back
from workflows.ratings.giving import give_rating, requests_of, save_answers
from workflows.ratings.links import (
    ask_customer,
    may_ask,
    open_until,
    withdraw_customer,
)
from workflows.ratings.reading import result_shown
from workflows.ratings.standing import is_finished, rating_named
from workflows.ratings.tables import RatingRequest
from workflows.reviews.figures import figures_of
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("ratings", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/reviews/<key>/ratings")
def of_review(key: str) -> str:
    with services().database.read() as session:
        return _overview(session, current_actor(), key)


@blueprint.post("/reviews/<key>/ratings/<code>/peers")
def ask(key: str, code: str) -> Answer:
    """Propose peers of one's own, or ask them as whoever leads the person."""
    allow(current_actor(), "list_reviews")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            policy = policy_of(review.cycle)
            codes = request.form.get("people", "").replace("，", ",").replace(",", " ").split()
            rating = rating_named(policy, code)
            ask_peers(of.session, of.actor, of.now, review, policy, rating, codes)
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("ratings.of_review", key=key), 303)


@blueprint.post("/reviews/<key>/peers/<asked>")
def answer(key: str, asked: str) -> Answer:
    """Agree to a peer whom the person proposed, or not."""
    allow(current_actor(), "lead_ratings")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            policy, agree = policy_of(review.cycle), request.form.get("agree") == "yes"
            answer_peer(of.session, of.actor, of.now, review, policy, asked, agree=agree)
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("ratings.of_review", key=key), 303)


@blueprint.post("/reviews/<key>/ratings/<code>/customers")
def ask_one(key: str, code: str) -> Answer:
    """Ask a customer: the page then has the link to be copied to them."""
    allow(current_actor(), "ask_customers")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            allow_person(of.session, of.actor, "ask_customers", review.person_id)
            policy = policy_of(review.cycle)
            rating, source = rating_named(policy, code), request.form.get("source", "")
            ask_customer(of.session, of.actor, of.now, review, policy, rating, source)
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("ratings.of_review", key=key, _anchor=f"rating-{code}"), 303)


@blueprint.post("/reviews/<key>/customers/<asked>")
def withdraw(key: str, asked: str) -> Answer:
    """Let a customer's link open nothing any more."""
    allow(current_actor(), "ask_customers")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            withdraw_customer(of.session, of.actor, of.now, review, asked)
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("ratings.of_review", key=key), 303)


@blueprint.post("/reviews/<key>/rating-round")
def round_(key: str) -> Answer:
    """Finish the ratings of a review, or send them back with a reason."""
    allow(current_actor(), "lead_ratings")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            policy = policy_of(review.cycle)
            if request.form.get("do") == "back":
                reason = request.form.get("reason", "")
                send_back(of.session, of.actor, of.now, review, policy, reason)
            else:
                finish_ratings(of.session, of.actor, of.now, review.cycle, policy, [review])
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("ratings.of_review", key=key), 303)


@blueprint.get("/reviews/<key>/ratings/<code>")
def form(key: str, code: str) -> str:
    """Show one's own form, or a customer's to be entered, beside the evidence."""
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        rating = rating_named(policy_of(review.cycle), code)
        allow_to_rate(session, actor, services().clock(), review, rating)
        return _form(session, actor, review, rating)


@blueprint.post("/reviews/<key>/ratings/<code>")
def give(key: str, code: str) -> Answer:
    """Give the rating, or keep it as it is; a refusal keeps what was typed."""
    actor = current_actor()
    allow(actor, "list_reviews")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            policy = policy_of(review.cycle)
            rating = rating_named(policy, code)
            if rating.by == "customers":
                source = request.form.get("source", "")
                enter_customer(
                    of.session, of.actor, of.now, review, policy, rating, source, typed_answers()
                )
            else:
                done = save_answers if request.form.get("do") == "save" else give_rating
                done(of.session, of.actor, of.now, review, policy, rating, typed_answers())
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        with services().database.read() as session:
            review = visible_review(session, actor, key)
            rating = rating_named(policy_of(review.cycle), code)
            return _form(session, actor, review, rating, error=error), status_of(error)
    return redirect(url_for("ratings.of_review", key=key), 303)


@blueprint.get("/ratings/asked/<asked>")
def asked_form(asked: str) -> str:
    """Show the form that somebody was asked for: of the person no more than is needed."""
    actor = current_actor()
    with services().database.read() as session:
        found = asked_request(session, actor, asked)
        rating = rating_named(policy_of(found.review.cycle), found.rating)
        return _form(session, actor, found.review, rating, found)


@blueprint.post("/ratings/asked/<asked>")
def give_asked(asked: str) -> Answer:
    actor = current_actor()
    allow(actor, "rate_as_asked")
    try:
        with writing() as of:
            found = asked_request(of.session, of.actor, asked)
            policy = policy_of(found.review.cycle)
            rating = rating_named(policy, found.rating)
            done = save_answers if request.form.get("do") == "save" else give_rating
            done(of.session, of.actor, of.now, found.review, policy, rating, typed_answers())
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        with services().database.read() as session:
            found = asked_request(session, actor, asked)
            rating = rating_named(policy_of(found.review.cycle), found.rating)
            return _form(session, actor, found.review, rating, found, error), status_of(error)
    return redirect(url_for("ratings.asked_form", asked=asked), 303)


def _form(
    session: Session,
    actor: Actor,
    review: Review,
    rating: Rating,
    asked: RatingRequest | None = None,
    error: KaohengError | None = None,
) -> str:
    policy = policy_of(review.cycle)
    found = asked or request_of(session, actor, review, rating)
    kept = dict(found.answers) if found else {}
    typed = typed_answers() if error else {}
    answers = {kpi: {**kept.get(kpi, {}), **typed.get(kpi, {})} for kpi in {*kept, *typed}}
    beside: dict[str, Any] = {}
    if asked is None:
        scope = scored_for(session, [review])
        beside = {
            "figures": figures_of(scope, review.person.code),
            "evidence": evidence_beside(session, actor, review),
        }
    return render_template(
        "evaluation/rate.html",
        section_of_page="reviews",
        row=review,
        policy=policy,
        rating=rating,
        asked=asked,
        form=found,
        answers=answers,
        kpis=[
            (rated.kpi, highest_from(policy, rated.kpi), lowest_below(policy, rated.kpi))
            for rated in rated_of(policy, rating)
        ],
        finished=is_finished(session, review),
        faults=by_field(error),
        lines=lines(error),
        source=request.form.get("source", "") if error else "",
        **beside,
    )


def _refused(key: str, error: KaohengError) -> Answer:
    if error.kind in (Kind.MISSING, Kind.DENIED):
        raise error
    with services().database.read() as session:
        return _overview(session, current_actor(), key, error), status_of(error)


def _overview(session: Session, actor: Actor, key: str, error: KaohengError | None = None) -> str:
    review = visible_review(session, actor, key)
    policy = policy_of(review.cycle)
    now = services().clock()
    leads = may_lead(session, actor, review)
    return render_template(
        "evaluation/ratings.html",
        section_of_page="reviews",
        row=review,
        policy=policy,
        result=result_shown(session, actor, review),
        finished=is_finished(session, review),
        leads=leads,
        evaluates=purpose_of(policy, review.stage) == "evaluation",
        own={r.code for r in policy.ratings if may_rate(session, actor, now, review, r)},
        is_self=review.person_id == actor.person_id,
        asks=may_ask(session, actor, review),
        open_until=open_until,
        requests=_shown_requests(session, policy, review),
        waiting=lines(_waiting(session, review, policy)) if leads and policy.ratings else [],
        names={kpi.code: kpi.name for kpi in policy.kpis},
        weights={(each.kpi.code, each.rating.code): each.weight for each in rated_of(policy)},
        lines=lines(error),
        typed=request.form if error else {},
    )


def _waiting(session: Session, review: Review, policy: Policy) -> KaohengError | None:
    faults = list(not_finishable(session, review, policy, services().clock()))
    return KaohengError(faults) if faults else None


def _shown_requests(
    session: Session, policy: Policy, review: Review
) -> list[tuple[RatingRequest, str]]:
    """Return who is asked and how it stands: of an anonymous kind never whether it is given."""
    hidden = {rating.code for rating in policy.ratings if rating.anonymous}
    return [
        (each, "asked" if each.state == "given" and each.rating in hidden else each.state)
        for each in requests_of(session, review)
    ]
