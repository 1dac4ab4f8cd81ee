"""What there is of a review beside its overview: a line for each page, shown above them all."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from engine.errors import N_
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a review at ``endpoint``, which takes the review's ``key``."""

    endpoint: str
    title: str


TABS = (
    Tab("reviews.details", N_("Overview")),
    Tab("review.why", N_("How the numbers came about")),
    Tab("feedback.of_review", N_("Feedback")),
    Tab("appealing.of_review", N_("Appeal")),
    Tab("closing.of_review", N_("Closing")),
)
# What there is once results are approved: before that nobody looks for it.
AFTER_APPROVAL = frozenset({"feedback.of_review", "appealing.of_review"})


def register(app: Flask) -> None:
    app.jinja_env.globals.update(tabs_of=tabs_of)


def tabs_of(review: Review) -> tuple[Tab, ...]:
    """Return the pages of a review, in the order in which it goes its way."""
    if review.cycle.state in ("approving", "approved", "sealed"):
        return TABS
    return tuple(tab for tab in TABS if tab.endpoint not in AFTER_APPROVAL)
