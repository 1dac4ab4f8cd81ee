"""What there is of a review beside its overview: a line for each page, shown above them all."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from admin.sign_in.current import current_actor
from engine.errors import N_
from workflows.access.decide import may
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a review at ``endpoint``, which takes the review's ``key``.

    ``operation`` is what its readers must be allowed, beyond seeing the review.
    """

    endpoint: str
    title: str
    operation: str | None = None


TABS = (
    Tab("reviews.details", N_("Overview")),
    Tab("goal_offers.of_review", N_("Goals")),
    Tab("review.why", N_("How the numbers came about")),
    Tab("tracking.of_review", N_("Tracking")),
    Tab("review_plans.of_review", N_("Plans"), "read_plans"),
    Tab("confirm.of_review", N_("Records to confirm")),
)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(tabs_of=tabs_of)


def tabs_of(_review: Review) -> tuple[Tab, ...]:
    """Return the pages of a review, in the order in which it goes its way."""
    actor = current_actor()
    return tuple(tab for tab in TABS if tab.operation is None or may(actor, tab.operation))
