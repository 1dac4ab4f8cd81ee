"""Moving many reviews at once: all, or the ones that can, with why the others stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_, Fault, KaohengError
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow, denied, people, roles_towards_each
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle
from workflows.reviews.moves import held_up, move_all, require_movable, require_start
from workflows.reviews.steps import find_step
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.stages.setting import hold_times


@dataclass(frozen=True, slots=True)
class Stays:
    """A review that was not moved, and why; of one that is not the actor's nothing is told."""

    review: Review | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of moving many: how many were asked for, those that went on, and the others,
    each in the order that was asked.
    """

    asked: int
    moved: tuple[Review, ...]
    stay: tuple[Stays, ...]


def move_reviews(
    session: Session,
    actor: Actor,
    now: datetime,
    chosen: Mapping[str, int | None],
    *,
    transition: str,
    reason: str | None = None,
) -> Moved:
    """Move each of ``chosen`` (its public id, and the version that was seen) that can go.

    The same checks as for a single one, in one transaction, with a few statements for all and a
    few more for each that goes.
    """
    allow(actor, "move_review")
    hold_times(session, chosen)
    reviews = _visible(session, actor, chosen)
    reached = {review.person_id for review in reviews}
    roles = roles_towards_each(session, actor, "move_review", reached)
    stay = [_not_there() for _ in range(len(chosen) - len(reviews))]
    moved: list[Review] = []
    for together in _by_cycle(reviews):
        policy = pinned_policy(together[0].cycle)
        faults = _faults(session, together, policy, roles, chosen, transition, reason)
        stay += [Stays(each, tuple(faults[each.id])) for each in together if each.id in faults]
        going = [each for each in together if each.id not in faults]
        if going:
            step = find_step(policy, transition)
            move_all(session, actor, now, going, policy, step, reason)
            moved += going
    place = {key: number for number, key in enumerate(chosen)}
    moved.sort(key=lambda each: place[each.public_id])
    stay.sort(key=lambda each: place[each.review.public_id] if each.review else len(place))
    return Moved(len(chosen), tuple(moved), tuple(stay))


def _visible(session: Session, actor: Actor, chosen: Iterable[str]) -> Sequence[Review]:
    """Return the reviews that the actor sees, held until the end, as they are by now."""
    return session.scalars(
        select(Review)
        .join(Review.person)
        .where(Review.public_id.in_(list(chosen)), people(actor, "list_reviews"))
        .order_by(Review.id)
        .options(
            joinedload(Review.person),
            joinedload(Review.team),
            joinedload(Review.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy),
        )
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    ).all()


def _by_cycle(reviews: Iterable[Review]) -> Iterable[list[Review]]:
    found: dict[int, list[Review]] = defaultdict(list)
    for review in reviews:
        found[review.cycle_id].append(review)
    return found.values()


def _faults(
    session: Session,
    reviews: Sequence[Review],
    policy: Policy,
    roles: Mapping[int, set[str]],
    chosen: Mapping[str, int | None],
    transition: str,
    reason: str | None,
) -> dict[int, Sequence[Fault]]:
    """Return, by review, why it cannot go; what costs more to ask is asked of the others only."""
    found: dict[int, Sequence[Fault]] = {}
    for review in reviews:
        try:
            if not roles[review.person_id]:
                raise denied("move_review")
            step = find_step(policy, transition)
            seen = chosen[review.public_id]
            require_movable(review, step, roles[review.person_id], reason, seen)
            require_start(review, step)
        except KaohengError as error:
            found[review.id] = error.faults
    left = [review for review in reviews if review.id not in found]
    if left:
        found |= held_up(session, left, policy, find_step(policy, transition))
    return found


def _not_there() -> Stays:
    message = N_("There is no such review.")
    remedy = N_("It may not be yours to see. Start again from the list of reviews.")
    return Stays(None, (Fault("reviews.not_there", message, remedy),))
