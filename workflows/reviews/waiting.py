"""What waits for somebody: the reviews that they may move on, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload
from sqlalchemy.sql.base import ExecutableOption

from engine.model import Transition
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import may, may_everywhere, people, roles_towards_each
from workflows.closing.holding import is_held
from workflows.closing.overdue import held_over
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.moves import moves_for
from workflows.reviews.since import last_moves
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review, since when it is where it is, the moves that the reader may make, and whether
    being held back excuses it from its deadline.
    """

    review: Review
    since: datetime
    moves: tuple[Transition, ...]
    held: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The waiting reviews of a cycle in one stage, the oldest first."""

    cycle: Cycle
    stage: str
    items: tuple[Waiting, ...]

    @property
    def since(self) -> datetime:
        return self.items[0].since

    @property
    def moves(self) -> tuple[Transition, ...]:
        """Every move that somebody in the group may make, in the policy's order."""
        codes = {step.code for item in self.items for step in item.moves}
        steps = policy_of(self.cycle).workflow
        return tuple(step for step in steps.transitions if step.code in codes) if steps else ()


@dataclass(frozen=True, slots=True)
class CycleStep:
    """A step of a whole cycle for which all of its reviews are ready."""

    cycle: Cycle
    step: Transition
    reviews: int


def waiting_for(session: Session, actor: Actor) -> list[Group]:
    """Return what the actor may move on in the cycles that are not sealed, the oldest first."""
    if not may(actor, "move_review"):
        return []
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .join(Review.cycle)
        .where(Cycle.state != "sealed", people(actor, "move_review"))
        .options(contains_eager(Review.person), selectinload(Review.team), _with_policy())
    ).all()
    roles = roles_towards_each(session, actor, "move_review", {r.person_id for r in reviews})
    since = last_moves(session, reviews)
    held = held_over(session, reviews)
    found = [
        Waiting(
            review,
            since.get(review.id, review.cycle.opened_at),
            tuple(moves),
            held.get(review.id),
        )
        for review in reviews
        if (moves := moves_for(policy_of(review.cycle), review, roles[review.person_id]))
    ]
    return _grouped(found)


def cycle_steps_for(session: Session, actor: Actor) -> list[CycleStep]:
    """Return the cycles that the actor may lock or approve now, because everybody is there."""
    operations = [name for name in ("lock", "approve") if may_everywhere(actor, f"{name}_cycle")]
    if not operations:
        return []
    counts: dict[int, dict[str, int]] = {}
    cycles: dict[int, Cycle] = {}
    rows = session.execute(
        select(Cycle, Review.stage, func.count())
        .join(Review, Review.cycle_id == Cycle.id)
        .where(or_(Cycle.state == "open", (Cycle.state == "locked") & ~is_held()))
        .group_by(Cycle.id, Review.stage)
        .options(
            selectinload(Cycle.policy_version).joinedload(PolicyVersion.policy),
        )
    )
    for cycle, stage, count in rows:
        cycles[cycle.id] = cycle
        counts.setdefault(cycle.id, {})[stage] = count
    return [
        CycleStep(cycle, step, sum(counts[cycle.id].values()))
        for cycle in sorted(cycles.values(), key=lambda cycle: cycle.opened_at)
        for step in _steps(cycle)
        if step.cycle in operations and set(counts[cycle.id]) == {step.start}
    ]


def may_calibrate(session: Session, actor: Actor, review: Review) -> bool:
    """Say whether the actor may propose another grade for this review now."""
    if purpose_of(policy_of(review.cycle), review.stage) != "calibration":
        return False
    if not may(actor, "calibrate_review"):
        return False
    condition = people(actor, "calibrate_review")
    reached = select(Person.id).where(Person.id == review.person_id, condition)
    return session.scalar(reached) is not None


def _with_policy() -> ExecutableOption:
    cycle = selectinload(Review.cycle)
    return cycle.joinedload(Cycle.policy_version).joinedload(PolicyVersion.policy)


def _steps(cycle: Cycle) -> Sequence[Transition]:
    workflow = policy_of(cycle).workflow
    return workflow.transitions if workflow else ()


def _grouped(found: list[Waiting]) -> list[Group]:
    groups: dict[tuple[int, str], list[Waiting]] = {}
    for item in sorted(found, key=lambda item: (item.since, item.review.person.code)):
        groups.setdefault((item.review.cycle_id, item.review.stage), []).append(item)
    return [
        Group(items[0].review.cycle, items[0].review.stage, tuple(items))
        for items in groups.values()
    ]
