"""Moving reviews from stage to stage, by the policy's workflow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy, Transition
from workflows.access.actors import SYSTEM, Actor
from workflows.access.decide import require_roles
from workflows.access.naming import movers_named
from workflows.base.conditional import changed
from workflows.cycles.claiming import claim_cycle
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle
from workflows.log.append import Happening, append, append_each
from workflows.log.leaf import Subject
from workflows.reviews.arrivals import arrived
from workflows.reviews.conditions import held_back
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.requirements import count_silence, missing
from workflows.reviews.steps import find_step, steps_from
from workflows.reviews.tables import Review, ReviewMove
from workflows.stages.naming import stage_name, stage_of
from workflows.stages.setting import drop_times, set_times, times_in


def move_review(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    *,
    transition: str,
    reason: str | None = None,
    seen: int | None = None,
) -> None:
    """Move one review along ``transition``.

    ``seen`` is the version of the review that the actor decided on, where they were shown one.
    Raises ``KaohengError``: ``DENIED`` for somebody whose role may not, ``CONFLICT`` where the
    review is elsewhere or somebody was first, ``INVALID`` for an unknown transition, one that
    belongs to the whole cycle, a missing reason, or anything that the transition requires.
    """
    roles = require_roles(session, actor, "move_review", review.person_id)
    step = find_step(policy, transition)
    require_movable(review, step, roles, reason, seen)
    if faults := held_up(session, [review], policy, step).get(review.id):
        raise KaohengError(faults)
    move_all(session, actor, now, [review], policy, step, reason)


def move_by_itself(
    session: Session, now: datetime, review: Review, policy: Policy, transition: str
) -> None:
    """Move a review along ``transition`` because its time has come: nobody's word is a yes.

    Where the move was the person's own to make, what it requires and only they could say counts
    as said. Raises ``KaohengError`` for anything else that the transition requires.
    """
    step = find_step(policy, transition)
    answers = step.requires if step.is_own else ()
    counted = count_silence(session, now, review, policy, answers)
    if faults := held_up(session, [review], policy, step).get(review.id):
        raise KaohengError(faults)
    move_all(session, SYSTEM, now, [review], policy, step, None)
    for name, details in counted.items():
        append(
            session,
            action="count_silence",
            actor=SYSTEM,
            subject=Subject("review", review.public_id),
            at=now,
            details={"requirement": name, **details},
            person=review.person.public_id,
        )


def require_movable(
    review: Review, step: Transition, roles: set[str], reason: str | None, seen: int | None
) -> None:
    """Refuse a move that somebody with ``roles`` towards the review may not make like that."""
    if step.cycle is not None:
        raise refuse(
            "reviews.moved_by_cycle",
            N_("{transition} happens to the whole cycle at once."),
            N_("HR does it on the cycle's page, or with `kaoheng cycle {operation} {cycle}`."),
            transition=step.name,
            operation=step.cycle,
            cycle=review.cycle.code,
        )
    if not _is_for(step, roles):
        raise refuse(
            "reviews.not_yours_to_move",
            N_("{transition} of {person} is not yours to do."),
            N_("It is for: {by}; nobody is that for their own review.")
            if "owner" in roles
            else N_("It is for: {by}."),
            kind=Kind.DENIED,
            transition=step.name,
            person=review.person.code,
            by=movers_named(step.by),
        )
    if step.reason and not (reason or "").strip():
        raise refuse(
            "reviews.reason_needed",
            N_("{transition} needs a reason."),
            N_("Say why: the reason stays with the move."),
            transition=step.name,
        )
    require_seen(review, seen)


def require_start(review: Review, step: Transition) -> None:
    """Refuse with ``CONFLICT`` a move from where the review is not."""
    if review.stage != step.start:
        raise _elsewhere(review, step)


def held_up(
    session: Session, reviews: Sequence[Review], policy: Policy, step: Transition
) -> dict[int, list[Fault]]:
    """Return, by review, what the transition asks for and is not there; nothing for the others.

    The reviews are of one cycle.
    """
    found = {
        review.id: faults
        for review in reviews
        if (faults := missing(session, review, policy, step.requires))
    }
    for review_id, fault in held_back(session, reviews, step).items():
        found.setdefault(review_id, []).append(fault)
    return found


def moves_for(policy: Policy, review: Review, roles: set[str]) -> list[Transition]:
    """Return the transitions that somebody with ``roles`` towards the review may make now:
    those that lead on, then those that need a reason, each in the policy's order.

    ``roles`` are what ``roles_towards`` gives for ``move_review``; the rule is the one that
    ``move_review`` asks.
    """
    steps = [step for step in steps_from(policy, review.stage) if _is_for(step, roles)]
    return sorted(steps, key=lambda step: step.reason)


def require_seen(review: Review, seen: int | None) -> None:
    """Refuse with ``CONFLICT`` where the review is no longer as the actor saw it."""
    if seen is not None and seen != review.version:
        raise refuse(
            "reviews.changed_meanwhile",
            N_("The review of {person} has changed since you opened it: it is in {stage} now."),
            N_("Look at it as it is now, then decide again."),
            kind=Kind.CONFLICT,
            person=review.person.code,
            stage=stage_of(review),
        )


def _ends(policy: Policy, step: Transition) -> bool:
    """Say whether a transition leads to the last stage, where a review may be sealed."""
    return policy.workflow is not None and step.to == policy.workflow.stages[-1]


def _is_for(step: Transition, roles: set[str]) -> bool:
    return step.cycle is None and bool(roles & set(step.by))


def move_with_cycle(
    session: Session, actor: Actor, now: datetime, reviews: Sequence[Review], step: Transition
) -> None:
    """Move reviews along a transition that belongs to the cycle; part of its operation."""
    if reviews:
        move_all(session, actor, now, reviews, pinned_policy(reviews[0].cycle), step, None)


def require_stage(
    session: Session, cycle: Cycle, step: Transition, held: Collection[int] = ()
) -> list[Review]:
    """Return all reviews of the cycle, by person's code, if all are where ``step`` starts.

    Those that are ``held`` back, by id, are left out. Raises ``CONFLICT`` naming each other one
    that is elsewhere.
    """
    reviews = [review for review in reviews_of(session, cycle) if review.id not in held]
    _require(cycle, reviews, step.start)
    return reviews


def _require(cycle: Cycle, reviews: list[Review], stage: str) -> None:
    elsewhere = [review for review in reviews if review.stage != stage]
    if elsewhere:
        raise KaohengError(
            (
                Fault(
                    "reviews.not_there_yet",
                    N_("{person} is in {stage}, not in {expected}."),
                    N_("See what it waits for on its page, or with `kaoheng review list {cycle}`."),
                    {
                        "person": review.person.code,
                        "stage": stage_name(cycle, review.stage),
                        "expected": stage_name(cycle, stage),
                        "cycle": cycle.code,
                    },
                    Place(path=cycle.code),
                )
                for review in elsewhere
            ),
            Kind.CONFLICT,
        )


def move_all(
    session: Session,
    actor: Actor,
    now: datetime,
    reviews: Sequence[Review],
    policy: Policy,
    step: Transition,
    reason: str | None,
) -> None:
    """Move reviews of one cycle along ``step``, which whoever calls has found to be theirs.

    What was to happen in the stage that they leave is dropped, and the next one's times are set.
    All are moved before any is logged: whoever has the log's head waits for nobody's review.
    """
    if _ends(policy, step):
        claim_cycle(session, reviews[0].cycle)
    drop_times(session, now, reviews)
    times = times_in(session, policy, reviews[0].cycle, step.to, now, now)
    _take(session, reviews, step, times.due_at if times else None)
    moves = [_moved(review, actor, now, step, reason) for review in reviews]
    session.execute(insert(ReviewMove), moves)
    set_times(session, reviews, times)
    append_each(
        session,
        [
            Happening(
                action="move_review",
                actor=actor,
                subject=Subject("review", review.public_id),
                at=now,
                details={"transition": step.code, "from": step.start, "to": step.to},
                personal={"reason": reason} if reason else {},
                person=review.person.public_id,
            )
            for review in reviews
        ],
    )
    arrived(session, actor, now, reviews)


def _take(
    session: Session, reviews: Sequence[Review], step: Transition, due_at: datetime | None
) -> None:
    """Change the reviews' stage if each is still where it was seen; refuse with ``CONFLICT``."""
    if len(reviews) > 1:
        # In one order, as everybody takes reviews: crosswise two would wait for ever.
        ids = [review.id for review in reviews]
        held = select(Review.id).where(Review.id.in_(ids)).order_by(Review.id)
        session.execute(held.with_for_update()).all()
    by_version: defaultdict[int, list[Review]] = defaultdict(list)
    for review in reviews:
        by_version[review.version].append(review)
    for seen, same in by_version.items():
        moved = changed(
            session,
            update(Review)
            .where(Review.id.in_([review.id for review in same]))
            .where(Review.stage == step.start, Review.version == seen)
            .values(stage=step.to, version=seen + 1, due_at=due_at)
            .returning(Review.id),
        )
        for review in same:
            if review.id not in moved:
                session.refresh(review)
                raise _elsewhere(review, step)


def _elsewhere(review: Review, step: Transition) -> KaohengError:
    return refuse(
        "reviews.moved_already",
        N_("{person} is in {stage}; {transition} starts from {expected}."),
        N_("Look again: somebody may have been first."),
        kind=Kind.CONFLICT,
        person=review.person.code,
        stage=stage_of(review),
        transition=step.name,
        expected=stage_name(review.cycle, step.start),
    )


def _moved(
    review: Review, actor: Actor, now: datetime, step: Transition, reason: str | None
) -> dict[str, Any]:
    return {
        "review_id": review.id,
        "transition": step.code,
        "from_stage": step.start,
        "to_stage": step.to,
        "actor_id": actor.account_id,
        "reason": reason,
        "moved_at": now,
        "on_behalf_of": actor.on_behalf_of,
    }
