"""One's own list of records: confirmed as it is, a line disputed, a missing deal claimed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import by_field
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person
from workflows.claims.opening import claim_missing, dispute_line, unknown_record
from workflows.claims.reading import claims_of, find_record
from workflows.confirming.operations import confirm_records
from workflows.confirming.silence import silence_confirms
from workflows.confirming.standing import standings
from workflows.cycles.operations import policy_of
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review

blueprint = Blueprint("confirm", __name__, url_prefix="/reviews")

Answer = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/confirm")
def of_review(key: str) -> str:
    """Show the records that count for the review's person, and what they said of them."""
    with services().database.read() as session:
        return _page(session, current_actor(), key)


@blueprint.post("/<key>/confirm")
def confirm(key: str) -> Answer:
    allow(current_actor(), "confirm_records")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            seen = request.form.get("seen", "")
            confirm_records(of.session, of.actor, of.now, review, seen=seen)
    except KaohengError as error:
        return _refused(key, error, "confirm")
    return redirect(url_for("confirm.of_review", key=key), 303)


@blueprint.post("/<key>/disputes")
def dispute(key: str) -> Answer:
    allow(current_actor(), "claim_credit")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            record = find_record(
                of.session, request.form.get("kind", ""), request.form.get("code", "")
            )
            # Whoever may not is told so before they learn whether there is such a record.
            allow_person(of.session, of.actor, "claim_credit", review.person_id)
            if record is None:
                raise unknown_record()
            reason = request.form.get("reason", "")
            dispute_line(of.session, of.actor, of.now, review, record, reason=reason)
    except KaohengError as error:
        return _refused(key, error, "dispute")
    return redirect(url_for("confirm.of_review", key=key), 303)


@blueprint.post("/<key>/claims")
def claim(key: str) -> Answer:
    allow(current_actor(), "claim_credit")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            contract, reason = request.form.get("contract", ""), request.form.get("reason", "")
            claim_missing(of.session, of.actor, of.now, review, contract=contract, reason=reason)
    except KaohengError as error:
        return _refused(key, error, "claim")
    return redirect(url_for("confirm.of_review", key=key), 303)


def _refused(key: str, error: KaohengError, form: str) -> Answer:
    """Show a refusal at its form, with what was typed."""
    if error.kind is Kind.DENIED or (error.kind is Kind.MISSING and form != "dispute"):
        raise error
    with services().database.read() as session:
        return _page(session, current_actor(), key, error, form), status_of(error)


def _page(
    session: Session,
    actor: Actor,
    key: str,
    error: KaohengError | None = None,
    form: str | None = None,
) -> str:
    review = visible_review(session, actor, key)
    allow_person(session, actor, "list_records", review.person_id)
    return render_template(
        "confirming/records.html",
        section_of_page="reviews",
        row=review,
        refused=form,
        faults=by_field(error),
        typed=request.form if error else {},
        **_shown(session, actor, review),
    )


def _shown(session: Session, actor: Actor, review: Review) -> dict[str, Any]:
    policy = policy_of(review.cycle)
    return {
        "policy": policy,
        "measures": {each.code: each for each in policy.measures},
        "standing": standings(session, review.cycle, policy, [review])[review.id],
        "claims": claims_of(session, review),
        "silent_at": review.due_at if silence_confirms(policy, review) else None,
        "is_own": review.person_id == actor.person_id and review.cycle.state == "open",
    }
