"""The requirement ``feedback``: held, recorded, and acknowledged by the person or by silence."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, Place
from engine.model import Policy
from workflows.feedback.operations import MANAGER, notes_of, talk_of
from workflows.reviews.requirements import requirement
from workflows.reviews.tables import Review


@requirement("feedback")
def feedback_is_given(session: Session, review: Review, policy: Policy) -> Iterator[Fault]:  # noqa: ARG001
    """Give what the conversation about a review still lacks."""
    talk = talk_of(session, review)
    if talk is None or talk.held_on is None:
        yield _fault(
            review,
            "feedback.not_held",
            N_("The conversation with {person} was not held yet."),
            N_("Prepare and hold it, then record what was said."),
        )
        return
    sides = {note.side for note in notes_of(session, review)}
    if MANAGER not in sides:
        yield _fault(
            review,
            "feedback.not_recorded",
            N_("What was said to {person} is not written down yet."),
            N_("Add a note of the conversation."),
        )
    if talk.acknowledged_at is None:
        yield _fault(
            review,
            "feedback.not_acknowledged",
            N_("{person} has not acknowledged the conversation yet."),
            N_("Ask them to, or wait: silence until its day counts as well."),
        )


def _fault(review: Review, code: str, message: str, remedy: str) -> Fault:
    return Fault(code, message, remedy, {"person": review.person.code}, Place(path="feedback"))
