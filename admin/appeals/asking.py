"""Appealing against one's own result: a tab of the review, reached from each of its numbers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.attached import ATTACHING, sent_files
from admin.errors import status_of
from admin.refusals import by_field
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow, allow_person
from workflows.appeals.disputed import disputable
from workflows.appeals.operations import submit_appeal
from workflows.appeals.reading import appeals_of
from workflows.appeals.window import answer_days, may_appeal, window_of
from workflows.cycles.operations import policy_of
from workflows.reviews.finding import visible_review

blueprint = Blueprint("appealing", __name__, url_prefix="/reviews")

Page = Response | str | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/appeal")
def of_review(key: str) -> Page:
    """Show the appeals against a review, and to its person the way to a new one."""
    return _page(key)


@blueprint.post("/<key>/appeal")
def submit(key: str) -> Page:
    """Appeal; a refusal keeps what was chosen and written."""
    allow(current_actor(), "submit_appeal")
    try:
        with writing() as of:
            appeal = submit_appeal(
                of.session,
                of.actor,
                of.now,
                visible_review(of.session, of.actor, key),
                names=request.form.getlist("names"),
                reason=request.form.get("reason", ""),
                files=sent_files(),
            )
            found = appeal.public_id
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, faults=by_field(error)), status_of(error)
    return redirect(url_for("appeals.details", key=found), 303)


def _page(key: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        allow_person(session, actor, "list_ledger", review.person_id)
        is_own = review.person_id == actor.person_id
        policy = policy_of(review.cycle)
        window = window_of(session, review, policy)
        appeals = appeals_of(session, actor, review)
        can = may_appeal(session, actor, review, services().clock())
        chosen = request.form.getlist("names") or request.args.getlist("number")
        return render_template(
            "appeals/new.html",
            section_of_page="reviews",
            row=review,
            policy=policy,
            window=window,
            is_own=is_own,
            can=can,
            now=services().clock(),
            answer_days=answer_days(policy),
            numbers=disputable(session, review) if can else {},
            chosen=frozenset(chosen),
            appeals=appeals,
            **ATTACHING,
            **shown,
        )
