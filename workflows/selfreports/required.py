"""What a transition that requires ``self_report`` waits for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, Place
from engine.model import Policy
from engine.reporting import report_of
from workflows.reviews.requirements import requirement
from workflows.reviews.tables import Review
from workflows.selfreports.reading import report_for


@requirement("self_report")
def submitted(session: Session, review: Review, policy: Policy) -> Iterator[Fault]:
    """Give a fault while a report that the policy asks for is not submitted."""
    report = report_for(session, review)
    if report_of(policy) is not None and (report is None or report.state != "submitted"):
        yield Fault(
            "selfreports.to_be_submitted",
            N_("The self report of {person} is not submitted."),
            N_("The person submits it on the page of their self report."),
            {"person": review.person.name},
            Place(path=review.person.code),
        )
