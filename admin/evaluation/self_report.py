"""A review's self report: written and submitted by its person, read and answered by others."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from engine.reporting import report_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, roles_towards
from workflows.cycles.operations import policy_of
from workflows.cycles.scored import scored
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review
from workflows.selfreports.commenting import comment_report, rewards_of
from workflows.selfreports.reading import (
    comments_on,
    figures_shown,
    last_submitted,
    report_for,
    shown,
)
from workflows.selfreports.writing import (
    is_open,
    may_write,
    return_report,
    save_report,
    submit_report,
)

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("self_report", __name__, url_prefix="/reviews")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/self-report")
def show(key: str) -> str:
    with services().database.read() as session:
        return _page(session, current_actor(), key)


@blueprint.post("/<key>/self-report")
def save(key: str) -> Answer:
    """Keep what was written so far; asked by the page as one types, answer with how it stands."""
    allow(current_actor(), "write_self_report")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            report = save_report(
                of.session, of.actor, of.now, review, policy_of(review.cycle), _texts()
            )
            saved_at = report.saved_at
    except KaohengError as error:
        if error.kind is Kind.MISSING:
            raise
        if "HX-Request" in request.headers:
            part = render_template("evaluation/saved_part.html", lines=lines(error))
            return part, status_of(error)
        return _refused(key, error)
    if "HX-Request" in request.headers:
        return render_template("evaluation/saved_part.html", saved_at=saved_at)
    return redirect(url_for("self_report.show", key=key), 303)


@blueprint.post("/<key>/self-report/submit")
def submit(key: str) -> Answer:
    """Submit it; a refusal names each missing section and keeps every text."""
    allow(current_actor(), "write_self_report")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            policy = policy_of(review.cycle)
            submit_report(of.session, of.actor, of.now, review, policy, _texts())
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("self_report.show", key=key), 303)


@blueprint.post("/<key>/self-report/return")
def give_back(key: str) -> Answer:
    allow(current_actor(), "answer_self_report")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            policy, reason = policy_of(review.cycle), request.form.get("reason", "")
            return_report(of.session, of.actor, of.now, review, policy, reason)
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("self_report.show", key=key), 303)


@blueprint.post("/<key>/self-report/comments")
def comment(key: str) -> Answer:
    allow(current_actor(), "answer_self_report")
    try:
        with writing() as of:
            review = visible_review(of.session, of.actor, key)
            text, reward = request.form.get("text", ""), request.form.get("reward", "")
            comment_report(of.session, of.actor, of.now, review, text, reward=reward)
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("self_report.show", key=key, _anchor="comments"), 303)


def _texts() -> dict[str, str]:
    """Return the sections of the form, as browsers send them, with one kind of line's end."""
    return {
        name.removeprefix("text-"): text.replace("\r\n", "\n")
        for name, text in request.form.items()
        if name.startswith("text-")
    }


def _refused(key: str, error: KaohengError) -> Answer:
    if error.kind in (Kind.MISSING, Kind.DENIED):
        raise error
    with services().database.read() as session:
        return _page(session, current_actor(), key, error), status_of(error)


def _page(session: Session, actor: Actor, key: str, error: KaohengError | None = None) -> str:
    review = visible_review(session, actor, key)
    policy = policy_of(review.cycle)
    report = report_for(session, review)
    submitted = last_submitted(session, report) if report else None
    is_frozen = report is not None and report.state == "submitted" and submitted is not None
    frozen = shown(submitted) if submitted and is_frozen else None
    figures = frozen["figures"] if frozen else _figures(session, review)
    answers = bool(roles_towards(session, actor, "answer_self_report", review.person_id))
    return render_template(
        "evaluation/self_report.html",
        section_of_page="reviews",
        row=review,
        policy=policy,
        template=report_of(policy),
        report=report,
        submitted=submitted,
        frozen=frozen,
        texts={**(dict(report.texts) if report else {}), **(_texts() if error else {})},
        figures=figures,
        writes=may_write(session, actor, review, policy),
        answers=answers,
        returns=answers and is_frozen and is_open(review, policy),
        comments=comments_on(session, report) if report else [],
        rewards=rewards_of(session, review),
        lines=lines(error),
        missing={fault.place.path for fault in error.faults} if error else set(),
        typed=request.form if error else {},
    )


def _figures(session: Session, review: Review) -> dict[str, object]:
    return figures_shown(scored(session, review.cycle), review.person.code)
