"""The requirement ``calibrated``: the session over a person is approved, or HR left them out."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault
from engine.model import Policy
from workflows.calibration.tables import CalibrationCard, CalibrationSession
from workflows.reviews.requirements import requirement
from workflows.reviews.tables import Review


@requirement("calibrated")
def _calibrated(session: Session, review: Review, _policy: Policy) -> Iterator[Fault]:
    rows = session.execute(
        select(CalibrationSession.name, CalibrationSession.state, CalibrationCard.left_out)
        .join(CalibrationCard, CalibrationCard.session_id == CalibrationSession.id)
        .where(CalibrationCard.review_id == review.id)
    ).all()
    waits = [name for name, state, left_out in rows if left_out is None and state != "done"]
    if waits:
        yield Fault(
            "calibration.not_approved",
            N_("The calibration session “{name}” over {person} is not approved yet."),
            N_("Close it, and have the next level up or the sales director approve it."),
            {"name": waits[0], "person": review.person.code},
        )
    elif not rows:
        yield Fault(
            "calibration.no_session",
            N_("There was no calibration session over {person}."),
            N_("Have HR open one over their team, or leave them out of one with a reason."),
            {"person": review.person.code},
        )
