"""A review's whole timeline on one page."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.decide import allow
from workflows.reviews.timeline import readable_review, timeline

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/reviews/<key>/timeline")
def show(key: str) -> str:
    actor = current_actor()
    allow(actor, "list_reviews")
    with services().database.read() as session:
        review = readable_review(session, actor, key)
        if review is None:
            abort(404)
        events = timeline(session, actor, review)
        return render_template("audit/timeline.html", review=review, events=events)
