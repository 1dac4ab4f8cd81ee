"""One review: its numbers, their evidence, how they came about, and what may be done with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin import refusals
from admin.errors import status_of
from admin.people.figures import wording_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.words import called
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, people, roles_towards
from workflows.accounts.tables import Account
from workflows.appeals.window import may_appeal
from workflows.calibration.operations import calibrate_review
from workflows.cycles.operations import policy_of
from workflows.cycles.pace import share_gone
from workflows.cycles.scored import scored_for
from workflows.cycles.segments import segments_of
from workflows.incentives.tables import LedgerEntry, Proposal
from workflows.org.tables import Person
from workflows.plans.leaving import settlement_of
from workflows.reporting.reading import given_of
from workflows.reviews.evidence import evidence_of
from workflows.reviews.figures import figures_of
from workflows.reviews.finding import visible_review
from workflows.reviews.movers import standings_of
from workflows.reviews.moves import move_review, moves_for
from workflows.reviews.outlook import ACTUALS, TARGETS, outlook_of
from workflows.reviews.tables import GradeChange, Review, ReviewMove
from workflows.reviews.trace import titles_of, trace_of
from workflows.reviews.waiting import may_calibrate
from workflows.targets.chain import goals_of

blueprint = Blueprint("review", __name__, url_prefix="/reviews")

Page = tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.post("/<key>/moves")
def move(key: str) -> Response | Page:
    """Move the review on, or back with a reason; a refusal keeps what was typed."""
    allow(current_actor(), "move_review")
    try:
        with writing() as write:
            review = visible_review(write.session, write.actor, key)
            move_review(
                write.session,
                write.actor,
                write.now,
                review,
                policy_of(review.cycle),
                transition=request.form.get("transition", ""),
                reason=request.form.get("reason", "").strip() or None,
                seen=_version_seen(),
            )
    except KaohengError as error:
        return _refused(key, error, "move")
    return redirect(url_for("reviews.details", key=key), 303)


@blueprint.post("/<key>/grade")
def grade(key: str) -> Response | Page:
    """Propose another grade with a reason; a refusal keeps what was typed."""
    allow(current_actor(), "calibrate_review")
    try:
        with writing() as write:
            review = visible_review(write.session, write.actor, key)
            calibrate_review(
                write.session,
                write.actor,
                write.now,
                review,
                policy_of(review.cycle),
                grade=request.form.get("grade", ""),
                reason=request.form.get("reason", "").strip(),
                seen=_version_seen(),
            )
    except KaohengError as error:
        return _refused(key, error, "grade")
    return redirect(url_for("reviews.details", key=key), 303)


@blueprint.get("/<key>/why")
def why(key: str) -> str:
    """Show how every number came about, from the grants down to the records."""
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        allow_person(session, actor, "list_ledger", review.person_id)
        scope = scored_for(session, [review])
        trace = trace_of(scope, review.person.code, wording_of(scope, titles_of(scope)))
        return render_template(
            "people/why.html",
            section_of_page="reviews",
            row=review,
            trace=trace,
            policy=scope.version.policy,
            figures=figures_of(scope, review.person.code),
            may_appeal=may_appeal(session, actor, review, services().clock()),
            given=given_of(session, review),
        )


@blueprint.get("/<key>/outlook")
def outlook(key: str) -> str:
    """Show what would change the result; a part of the page where the page asks for it."""
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        allow_person(session, actor, "list_ledger", review.person_id)
        scope = scored_for(session, [review])
        part = "HX-Request" in request.headers
        return render_template(
            "people/outlook_part.html" if part else "people/outlook.html",
            section_of_page="reviews",
            row=review,
            stage=scope.stage,
            outlook=outlook_of(scope, review.person.code),
            looked={"targets": TARGETS, "actuals": ACTUALS},
            titles=titles_of(scope),
            policy=scope.version.policy,
        )


@blueprint.get("/<key>/records/<measure>")
def records(key: str, measure: str) -> str:
    """Show the records that a measure counted; a part of the page where the page asks for it."""
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        allow_person(session, actor, "list_records", review.person_id)
        scope = scored_for(session, [review])
        found = evidence_of(session, review, scope, measure)
        part = "HX-Request" in request.headers
        return render_template(
            "people/records_part.html" if part else "people/records.html",
            section_of_page="reviews",
            row=review,
            evidence=found,
            policy=scope.version.policy,
        )


def today() -> date:
    """Return the day in the organisation's time zone."""
    app = services()
    return app.clock().astimezone(app.settings.timezone).date()


def standing(session: Session, actor: Actor, review: Review) -> dict[str, Any]:
    """Return what a review's numbers are shown with: figures, goals, pace and possible moves."""
    scope = scored_for(session, [review])
    policy = scope.version.policy
    roles = roles_towards(session, actor, "move_review", review.person_id)
    return {
        "row": review,
        "policy": policy,
        "figures": figures_of(scope, review.person.code),
        "goals": goals_of(session, actor, review.cycle, review.person_id),
        "gone": share_gone(review.cycle, today()),
        "waits_for": standings_of(session, [review], today())[review.id],
        "moves_to_make": moves_for(policy, review, roles),
    }


def review_page(key: str, **shown: Any) -> str:
    """Return the page of the review with this address; ``shown`` is what a refusal adds."""
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        context = standing(session, actor, review) | _history(session, actor, review)
        context["segments"] = segments_of(session, review)
        context["calibrates"] = may_calibrate(session, actor, review)
        context["leaver"] = settlement_of(session, actor, review, today())
        context["may_appeal"] = may_appeal(session, actor, review, services().clock())
        return render_template("people/review.html", section_of_page="reviews", **context, **shown)


def _history(session: Session, actor: Actor, review: Review) -> dict[str, Any]:
    moves = session.scalars(
        select(ReviewMove).where(ReviewMove.review_id == review.id).order_by(ReviewMove.id)
    ).all()
    changes = session.scalars(
        select(GradeChange).where(GradeChange.review_id == review.id).order_by(GradeChange.id)
    ).all()
    entries = session.scalars(
        select(LedgerEntry)
        .join(Person, Person.id == LedgerEntry.person_id)
        .where(LedgerEntry.review_id == review.id, people(actor, "list_ledger"))
        .order_by(LedgerEntry.id)
    ).all()
    proposals = session.scalars(
        select(Proposal)
        .join(Proposal.review)
        .join(Person, Person.id == Review.person_id)
        .where(Proposal.review_id == review.id, people(actor, "list_proposals"))
        .order_by(Proposal.id)
    ).all()
    done: list[ReviewMove | GradeChange] = [*moves, *changes]
    behalf = {each.on_behalf_of for each in done}
    named = session.scalars(
        select(Account).where(
            Account.id.in_({each.actor_id for each in done}) | Account.public_id.in_(behalf)
        )
    ).all()
    return {
        "moves": moves,
        "changes": changes,
        "entries": entries,
        "proposals": proposals,
        "accounts": {account.id: account for account in named},
        "principals": {account.public_id: called(account) for account in named},
    }


def _refused(key: str, error: KaohengError, form: str) -> Page:
    """Show the page again with the faults at the form, and what was typed into it."""
    if error.kind is Kind.MISSING:
        raise error
    faults = refusals.lines(error)
    return review_page(key, refused=form, faults=faults, typed=request.form), status_of(error)


def _version_seen() -> int:
    version = request.form.get("version", type=int)
    if version is None:
        raise BadRequest
    return version
