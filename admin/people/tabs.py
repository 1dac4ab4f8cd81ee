"""What there is of a review beside its overview: a line for each page, shown above them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from engine.errors import N_
from engine.model import Policy
from engine.reporting import report_of
from workflows.cycles.operations import policy_of
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a review at ``endpoint``, which takes the review's ``key``.

    ``makes_sense`` says whether a policy has a use for it.
    """

    endpoint: str
    title: str
    makes_sense: Callable[[Policy], bool] = lambda _policy: True


TABS = (
    Tab("reviews.details", N_("Overview")),
    Tab("review.why", N_("How the numbers came about")),
    Tab("self_report.show", N_("Self report"), lambda policy: report_of(policy) is not None),
    Tab("ratings.of_review", N_("Ratings"), lambda policy: bool(policy.ratings)),
    Tab("performance.report", N_("Performance report")),
)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(tabs_of=tabs_of)


def tabs_of(review: Review) -> tuple[Tab, ...]:
    """Return the pages of a review that its policy has a use for."""
    policy = policy_of(review.cycle)
    return tuple(tab for tab in TABS if tab.makes_sense(policy))
