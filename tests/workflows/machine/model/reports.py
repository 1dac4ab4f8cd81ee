"""Self reports: written and submitted by oneself, returned with a reason: docs/evaluating.md."""

from __future__ import annotations

from tests.workflows.machine.model.people import reached
from tests.workflows.machine.model.state import DENIED, Reasons, Year, refusals

TOO_LATE = ("result_approval", "feedback", "closed")


def submit(year: Year, who: str, person: str, *, whole: bool) -> Reasons:
    """Submit one's report; ``whole``: no section is missing."""
    review = year.reviews[person]
    refused = refusals(
        year,
        who,
        (person not in reached(who, "be oneself"), DENIED),
        (review.stage in TOO_LATE, "conflict selfreports.too_late"),
        (not whole, "invalid selfreports.section_missing"),
        (review.report == "submitted", "conflict selfreports.not_so"),
    )
    if not refused:
        review.report = "submitted"
    return refused


def send_back(year: Year, who: str, person: str, *, reason: bool) -> Reasons:
    review = year.reviews[person]
    refused = refusals(
        year,
        who,
        (person not in reached(who, "lead"), DENIED),
        (review.stage in TOO_LATE, "conflict selfreports.too_late"),
        (not reason, "invalid selfreports.reason_needed"),
        (review.report == "none", "conflict selfreports.not_submitted"),
        (review.report == "returned", "conflict selfreports.not_so"),
    )
    if not refused:
        review.report = "returned"
    return refused
