"""Closing a cycle person by person: who waits for what, holds, late approvals, every seal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow, allow_person
from workflows.closing.holding import hold_review, open_hold, release_review
from workflows.closing.late import approve_late, late_reviews
from workflows.closing.pending import pending_of
from workflows.closing.reading import visible_seals, waiting_reviews
from workflows.closing.reopening import (
    decide_reopening,
    find_reopening,
    propose_reopening,
    waiting_reopening,
)
from workflows.closing.sealed import is_sealed_now, seals_of
from workflows.cycles.operations import find_cycle
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review

blueprint = Blueprint("closing", __name__)

Page = Response | str | tuple[str, int]
Act = Callable[[Writing, Review], object]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/cycles/<key>/closing")
def of_cycle(key: str) -> Page:
    """Show who waits for what, who is approved later, and the seals that there are."""
    return _cycle_page(key)


@blueprint.post("/cycles/<key>/late")
def late(key: str) -> Page:
    """Approve those who were held back and are up for approval now."""
    allow(current_actor(), "approve_cycle")
    needed = services().settings.approvals
    try:
        with writing() as of:
            approve_late(of.session, of.actor, of.now, find_cycle(of.session, key), needed)
    except KaohengError as error:
        if error.kind is not Kind.CONFLICT:
            raise
        return _cycle_page(key, lines=lines(error)), status_of(error)
    return redirect(url_for("closing.of_cycle", key=key), 303)


@blueprint.get("/reviews/<key>/closing")
def of_review(key: str) -> Page:
    """Show a review's seals, and what may be done about its closing."""
    return _review_page(key)


@blueprint.post("/reviews/<key>/hold")
def hold(key: str) -> Page:
    return _with_reason(key, "hold_review", hold_review)


@blueprint.post("/reviews/<key>/release")
def release(key: str) -> Page:
    return _with_reason(key, "hold_review", release_review)


@blueprint.post("/reviews/<key>/reopen")
def reopen(key: str) -> Page:
    return _with_reason(key, "reopen_review", propose_reopening)


@blueprint.post("/reviews/<key>/reopening")
def decide(key: str) -> Page:
    approve = request.form.get("decision") == "approve"
    reason = request.form.get("reason", "")
    return _done(
        key,
        "approve_reopening",
        lambda of, review: decide_reopening(
            of.session,
            of.actor,
            of.now,
            find_reopening(of.session, of.actor, review),
            approve=approve,
            reason=reason,
        ),
    )


def _with_reason(key: str, operation: str, operate: Callable[..., object]) -> Page:
    """Do what takes nothing but a review and a reason."""
    reason = request.form.get("reason", "")
    return _done(
        key,
        operation,
        lambda of, review: operate(of.session, of.actor, of.now, review, reason=reason),
    )


def _done(key: str, operation: str, act: Act) -> Page:
    """Do it and show the review's closing; a refusal keeps what was typed."""
    allow(current_actor(), operation)
    try:
        with writing() as of:
            act(of, visible_review(of.session, of.actor, key))
    except KaohengError as error:
        if error.kind not in (Kind.CONFLICT, Kind.INVALID):
            raise
        return _review_page(key, lines=lines(error)), status_of(error)
    return redirect(url_for("closing.of_review", key=key), 303)


def _cycle_page(key: str, **shown: Any) -> str:
    actor = current_actor()
    allow(actor, "read_seals")
    with services().database.read() as session:
        cycle = find_cycle(session, key)
        return render_template(
            "cycles/closing.html",
            section_of_page="cycles",
            row=cycle,
            waiting=waiting_reviews(session, actor, services().clock(), cycle),
            seals=visible_seals(session, actor, cycle),
            late=late_reviews(session, cycle),
            **shown,
        )


def _review_page(key: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        allow_person(session, actor, "read_seals", review.person_id)
        pending = pending_of(session, review.cycle, services().clock(), [review])
        return render_template(
            "people/closing.html",
            section_of_page="reviews",
            row=review,
            seals=seals_of(session, review),
            sealed=is_sealed_now(session, review),
            held=open_hold(session, review),
            reopening=waiting_reopening(session, review),
            pending=pending.get(review.id, []),
            actor=actor,
            **shown,
        )
