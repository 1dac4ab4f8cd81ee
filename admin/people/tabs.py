"""What there is of a review beside its overview: a line for each page, shown above them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from admin.sign_in.current import current_actor
from engine.errors import N_
from engine.model import Policy
from engine.reporting import report_of
from engine.stages import purpose_of
from workflows.access.decide import may
from workflows.cycles.operations import policy_of
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a review at ``endpoint``, which takes the review's ``key``.

    ``at`` are the purposes of the stages at which it matters; empty: at any. ``operation`` is what
    its readers must be allowed, beyond seeing the review; ``makes_sense`` says whether a policy has
    a use for it.
    """

    endpoint: str
    title: str
    at: frozenset[str] = frozenset()
    operation: str | None = None
    makes_sense: Callable[[Policy], bool] = lambda _policy: True


@dataclass(frozen=True, slots=True)
class Tabs:
    """The pages of a review: what matters at its stage, in the order of its way, and the rest."""

    first: tuple[Tab, ...]
    more: tuple[Tab, ...]


_GOALS = frozenset({"goal_setting", "goal_approval"})
_TALKED = frozenset({"feedback", "appeal", "closed"})
TABS = (
    Tab("reviews.details", N_("At a glance")),
    Tab("goal_offers.of_review", N_("Goals"), _GOALS | {"tracking"}),
    Tab("review.why", N_("How the numbers came about")),
    Tab("tracking.of_review", N_("Tracking"), frozenset({"tracking", "confirmation"})),
    Tab("review_plans.of_review", N_("Plans"), _TALKED - {"appeal"}, "read_plans"),
    Tab(
        "confirm.of_review",
        N_("Records to confirm"),
        frozenset({"confirmation", "tracking", "data_locked"}),
    ),
    Tab(
        "self_report.show",
        N_("Self report"),
        frozenset({"data_locked", "self_report", "evaluation"}),
        makes_sense=lambda policy: report_of(policy) is not None,
    ),
    Tab(
        "ratings.of_review",
        N_("Ratings"),
        frozenset({"self_report", "evaluation", "calibration"}),
        makes_sense=lambda policy: bool(policy.ratings),
    ),
    Tab(
        "performance.report",
        N_("Performance report"),
        frozenset({"evaluation", "calibration", "result_approval"}) | _TALKED,
    ),
    Tab("feedback.of_review", N_("Feedback"), _TALKED),
    Tab("appealing.of_review", N_("Appeal"), _TALKED),
    Tab("closing.of_review", N_("Closing"), frozenset({"closed"})),
)
# So few are not put away.
FEW = 2
# What there is once results are approved: before that nobody looks for it.
AFTER_APPROVAL = frozenset({"feedback.of_review", "appealing.of_review"})
APPROVED = frozenset({"approving", "approved", "sealed"})


def register(app: Flask) -> None:
    app.jinja_env.globals.update(tabs_of=tabs_of)


def tabs_of(review: Review, here: str) -> Tabs:
    """Return the pages of a review that its policy has a use for; the page ``here`` is among those
    shown first. At a stage that only the policy knows all of them are.
    """
    purpose = purpose_of(policy_of(review.cycle), review.stage)
    shown = [tab for tab in TABS if _is_shown(tab, review)]
    more = tuple(
        tab
        for tab in shown
        if purpose is not None and tab.at and purpose not in tab.at and tab.endpoint != here
    )
    if len(more) <= FEW:
        more = ()
    return Tabs(tuple(tab for tab in shown if tab not in more), more)


def _is_shown(tab: Tab, review: Review) -> bool:
    if tab.operation is not None and not may(current_actor(), tab.operation):
        return False
    if tab.endpoint in AFTER_APPROVAL and review.cycle.state not in APPROVED:
        return False
    return tab.makes_sense(policy_of(review.cycle))
