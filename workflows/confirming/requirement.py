"""That records are confirmed, where a policy requires it: of a move, or of the lock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place
from engine.model import Policy
from workflows.confirming.standing import standings
from workflows.cycles.tables import Cycle
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.requirements import requirement
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import Review

NAME = "records_confirmed"
_MESSAGES = {
    "waiting": N_("{person} has not confirmed the records credited to them."),
    "changed": N_("Records of {person} have changed since they were confirmed."),
    "disputed": N_("{person} disputes or claims a record, which is not settled."),
}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Who had not confirmed when HR locked all the same, and why it did."""

    reviews: tuple[str, ...] = ()
    reason: str = ""

    @property
    def details(self) -> dict[str, object]:
        """What the log says of it."""
        if not self.reviews:
            return {}
        digest = hashlib.sha256(self.reason.encode()).hexdigest()
        return {"unanswered": list(self.reviews), "reason_sha256": digest}


@requirement(NAME)
def records_confirmed(session: Session, review: Review, policy: Policy) -> Iterable[Fault]:
    """Give a fault where the person has not confirmed their list as it is."""
    yield from _faults(session, review.cycle, policy, [review])


def require_confirmed(
    session: Session, cycle: Cycle, policy: Policy, reason: str | None
) -> Unanswered:
    """Refuse a lock that requires confirmed records, naming who has not, unless with a reason."""
    if NAME not in cycle_step(policy, "lock").requires:
        return Unanswered()
    reviews = reviews_of(session, cycle)
    faults = list(_faults(session, cycle, policy, reviews))
    said = (reason or "").strip()
    if faults and not said:
        raise KaohengError(faults, Kind.CONFLICT)
    named = {fault.params["person"] for fault in faults}
    return Unanswered(tuple(each.public_id for each in reviews if each.person.code in named), said)


def _faults(
    session: Session, cycle: Cycle, policy: Policy, reviews: list[Review]
) -> Iterable[Fault]:
    found = standings(session, cycle, policy, reviews)
    for review in reviews:
        state = found[review.id].state
        if state != "confirmed":
            yield Fault(
                f"confirming.{state}",
                _MESSAGES[state],
                N_("They answer on the page of their review, or HR locks with a reason."),
                {"person": review.person.code},
                Place(path=review.person.code),
            )
