"""For whom a review waits: the people by name where there is one, else the role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.model import Bilingual, Policy
from engine.stages import detail_of
from workflows.access.policy import Role, reaches
from workflows.closing.overdue import held_over
from workflows.cycles.pinned import pinned_policy
from workflows.org.leading import managers_of
from workflows.org.tables import Person
from workflows.reviews.since import last_moves
from workflows.reviews.steps import steps_from
from workflows.reviews.tables import Review
from workflows.stages.naming import stage_of


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody who can move a review on: a role, and who that is where it is one person."""

    role: str
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a review is, for whom it waits there, since when and until when.

    ``movers`` are empty at the end of the way. ``silence``: it goes on by itself at ``due``.
    ``held`` says that being held back excuses it from its deadline (see ``held_over``).
    """

    review: Review
    stage: Bilingual
    movers: tuple[Mover, ...]
    since: datetime
    due: datetime | None
    silence: bool
    held: str | None = None

    def is_late(self, now: datetime) -> bool:
        waits = bool(self.movers) and self.held is None
        return waits and self.due is not None and self.due <= now


def standings_of(session: Session, reviews: Sequence[Review], on: date) -> dict[int, Standing]:
    """Return where each review stands on a day, by its id: as many statements for one as for all.

    The reviews come with their person and cycle.
    """
    since = last_moves(session, reviews)
    movers = movers_of(session, reviews, on)
    held = held_over(session, reviews)
    return {
        review.id: Standing(
            review,
            stage_of(review),
            movers[review.id],
            since.get(review.id, review.cycle.opened_at),
            review.due_at,
            _has_silence(pinned_policy(review.cycle), review.stage),
            held.get(review.id),
        )
        for review in reviews
    }


def movers_of(
    session: Session, reviews: Sequence[Review], on: date
) -> dict[int, tuple[Mover, ...]]:
    """Return, by review, who can move it on from where it is."""
    roles = {review.id: roles_from(pinned_policy(review.cycle), review.stage) for review in reviews}
    led = {review.person_id for review in reviews if "manager" in roles[review.id]}
    managers = managers_of(session, led, on)
    return {
        review.id: tuple(_mover(review, role, managers) for role in roles[review.id])
        for review in reviews
    }


def roles_from(policy: Policy, stage: str) -> tuple[str, ...]:
    """Return who moves a review on from a stage, in the policy's order; sending back is no way on,
    unless there is no other.
    """
    steps = steps_from(policy, stage)
    leading_on = [step for step in steps if not step.reason] or steps
    roles = (role for step in leading_on for role in (step.by or _of_cycle(step.cycle)))
    return tuple(dict.fromkeys("owner" if role == "salesperson" else role for role in roles))


def _has_silence(policy: Policy, stage: str) -> bool:
    detail = detail_of(policy, stage)
    return detail is not None and detail.silence is not None


def _of_cycle(operation: str | None) -> tuple[str, ...]:
    """Return the roles that may do to a whole cycle what a transition comes with."""
    return tuple(role.value for role in Role if operation and reaches(f"{operation}_cycle", role))


def _mover(review: Review, role: str, managers: Mapping[int, Person]) -> Mover:
    if role == "owner":
        return Mover(role, review.person)
    return Mover(role, managers.get(review.person_id) if role == "manager" else None)
