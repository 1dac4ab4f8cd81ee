"""What there is of a review beside its overview: a line for each page, shown above them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from admin.sign_in.current import current_actor
from engine.errors import N_
from engine.model import Policy
from engine.reporting import report_of
from workflows.access.decide import may
from workflows.cycles.operations import policy_of
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a review at ``endpoint``, which takes the review's ``key``.

    ``operation`` is what its readers must be allowed, beyond seeing the review; ``makes_sense``
    says whether a policy has a use for it.
    """

    endpoint: str
    title: str
    operation: str | None = None
    makes_sense: Callable[[Policy], bool] = lambda _policy: True


TABS = (
    Tab("reviews.details", N_("At a glance")),
    Tab("goal_offers.of_review", N_("Goals")),
    Tab("review.why", N_("How the numbers came about")),
    Tab("tracking.of_review", N_("Tracking")),
    Tab("review_plans.of_review", N_("Plans"), "read_plans"),
    Tab("confirm.of_review", N_("Records to confirm")),
    Tab(
        "self_report.show",
        N_("Self report"),
        makes_sense=lambda policy: report_of(policy) is not None,
    ),
    Tab("ratings.of_review", N_("Ratings"), makes_sense=lambda policy: bool(policy.ratings)),
    Tab("performance.report", N_("Performance report")),
    Tab("feedback.of_review", N_("Feedback")),
    Tab("appealing.of_review", N_("Appeal")),
    Tab("closing.of_review", N_("Closing")),
)
# What there is once results are approved: before that nobody looks for it.
AFTER_APPROVAL = frozenset({"feedback.of_review", "appealing.of_review"})
APPROVED = frozenset({"approving", "approved", "sealed"})


def register(app: Flask) -> None:
    app.jinja_env.globals.update(tabs_of=tabs_of)


def tabs_of(review: Review) -> tuple[Tab, ...]:
    """Return the pages of a review that its policy has a use for, in the order of its way."""
    return tuple(tab for tab in TABS if _is_shown(tab, review))


def _is_shown(tab: Tab, review: Review) -> bool:
    if tab.operation is not None and not may(current_actor(), tab.operation):
        return False
    if tab.endpoint in AFTER_APPROVAL and review.cycle.state not in APPROVED:
        return False
    return tab.makes_sense(policy_of(review.cycle))
