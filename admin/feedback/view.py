"""The conversation about a result: prepared, held, written down by both, acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
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
from engine.stages import answer_time, fewest_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, may
from workflows.cycles.latest import approved_at
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.scored import scored
from workflows.feedback.operations import (
    CHANNELS,
    Prepared,
    acknowledge_talk,
    hold_talk,
    is_to_prepare,
    note_talk,
    notes_of,
    prepare_talk,
    side_of,
    talk_of,
)
from workflows.feedback.upward import (
    LEAST,
    MOST,
    QUESTIONS,
    give_upward,
    own_upward,
    summary_for_manager,
    upward_answers,
)
from workflows.reviews.figures import figures_of
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review

blueprint = Blueprint("feedback", __name__)

Page = Response | str | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/reviews/<key>/feedback")
def of_review(key: str) -> Page:
    """Show what a conversation is prepared from, and how far it is."""
    return _page(key)


@blueprint.post("/reviews/<key>/feedback/prepare")
def prepare(key: str) -> Page:
    said = Prepared(*(request.form.get(each, "") for each in Prepared.__slots__))
    return _done(key, "hold_feedback", "prepare", prepare_talk, said, seen=_version())


@blueprint.post("/reviews/<key>/feedback/hold")
def hold(key: str) -> Page:
    return _done(
        key,
        "hold_feedback",
        "hold",
        hold_talk,
        held_on=_day() or date.max,
        **_typed("channel", "note"),
        today=services().today(),
        seen=_version(),
    )


@blueprint.post("/reviews/<key>/feedback/note")
def note(key: str) -> Page:
    operation = "hold_feedback" if may(current_actor(), "hold_feedback") else "answer_feedback"
    return _done(key, operation, "note", note_talk, **_typed("text"))


@blueprint.post("/reviews/<key>/feedback/acknowledge")
def acknowledge(key: str) -> Page:
    return _done(
        key,
        "answer_feedback",
        "acknowledge",
        acknowledge_talk,
        agrees=request.form.get("agrees") == "yes",
        **_typed("comment"),
        seen=_version(),
    )


@blueprint.post("/reviews/<key>/feedback/upward")
def upward(key: str) -> Page:
    answers = {name: request.form.get(name, 0, type=int) for name in QUESTIONS}
    return _done(
        key, "answer_feedback", "upward", give_upward, answers=answers, **_typed("keep", "change")
    )


@blueprint.get("/cycles/<key>/upward")
def upward_of_cycle(key: str) -> str:
    """Show what people said of those who lead them, to whoever leads those, and to HR."""
    actor = current_actor()
    allow(actor, "read_upward")
    with services().database.read() as session:
        cycle = find_cycle(session, key)
        return render_template(
            "feedback/upward.html",
            section_of_page="cycles",
            row=cycle,
            answers=upward_answers(session, actor, cycle),
            own=summary_for_manager(session, actor, cycle),
            questions=QUESTIONS,
            fewest=fewest_of(policy_of(cycle)),
        )


def _done(
    key: str, operation: str, form: str, operate: Callable[..., object], *what: Any, **said: Any
) -> Page:
    """Do it and show the conversation; a refusal is shown at its form, with what was typed."""
    allow(current_actor(), operation)
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            operate(of.session, of.actor, of.now, review, *what, **said)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, refused=form, faults=by_field(error)), status_of(error)
    return redirect(url_for("feedback.of_review", key=key), 303)


def _page(key: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        allow_person(session, actor, "list_ledger", review.person_id)
        return render_template(
            "feedback/talk.html",
            section_of_page="reviews",
            row=review,
            **_standing(session, actor, review),
            **shown,
        )


def _standing(session: Session, actor: Actor, review: Review) -> dict[str, Any]:
    scope = scored(session, review.cycle)
    policy = policy_of(review.cycle)
    return {
        "policy": scope.version.policy,
        "figures": figures_of(scope, review.person.code),
        "approved": approved_at(session, review, policy) is not None,
        "talk": talk_of(session, review),
        "to_prepare": is_to_prepare(session, review),
        "notes": notes_of(session, review),
        "side": side_of(session, actor, review),
        "said_upward": own_upward(session, review) if review.person_id == actor.person_id else None,
        "channels": CHANNELS,
        "answer": answer_time(policy, "feedback"),
        "questions": QUESTIONS,
        "scale": range(LEAST, MOST + 1),
    }


def _typed(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "") for name in names}


def _version() -> int | None:
    return request.form.get("version", type=int)


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("held_on", ""))
    except ValueError:
        return None
