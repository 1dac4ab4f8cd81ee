"""A performance report 绩效报告 of one review: everything about it on a page to print, untyped."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.decide import allow_person
from workflows.cycles.scored import Scored, scored_for
from workflows.incentives.tables import LedgerEntry
from workflows.ratings.evidence import evidence_beside
from workflows.ratings.reading import result_shown
from workflows.reviews.evidence import Evidence, evidence_of
from workflows.reviews.figures import figures_of
from workflows.reviews.finding import visible_review
from workflows.reviews.tables import Review
from workflows.selfreports.reading import last_submitted, report_for, shown
from workflows.targets.chain import goals_of

# Of a measure with more records than this the rest is summed up: a page is to be read.
MOST_LINES = 200
blueprint = Blueprint("performance", __name__, url_prefix="/reviews")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/report")
def report(key: str) -> str:
    """Show the numbers, goals, records, report, ratings, remarks and grants of a review."""
    actor = current_actor()
    with services().database.read() as session:
        review = visible_review(session, actor, key)
        for operation in ("list_ledger", "list_records", "read_ratings"):
            allow_person(session, actor, operation, review.person_id)
        scope = scored_for(session, [review])
        written = report_for(session, review)
        submitted = last_submitted(session, written) if written else None
        return render_template(
            "evaluation/performance.html",
            section_of_page="reviews",
            row=review,
            policy=scope.version.policy,
            figures=figures_of(scope, review.person.code),
            goals=goals_of(session, actor, review.cycle, review.person_id),
            records=_records(session, review, scope),
            most=MOST_LINES,
            frozen=shown(submitted) if submitted else None,
            result=result_shown(session, actor, review),
            evidence=evidence_beside(session, actor, review),
            entries=session.scalars(
                select(LedgerEntry)
                .where(LedgerEntry.review_id == review.id)
                .order_by(LedgerEntry.id)
            ).all(),
            made_at=services().clock(),
        )


def _records(session: Session, review: Review, scope: Scored) -> list[Evidence]:
    """Return what each measure of records counted for the person."""
    return [
        evidence_of(session, review, scope, measure.code)
        for measure in scope.version.policy.measures
        if not measure.is_made_of_others
    ]
