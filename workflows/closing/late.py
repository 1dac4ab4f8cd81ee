"""Approving those who were held back, after the others: their grants, and what that moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import canonical
from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.settings import EITHER
from workflows.closing.holding import is_held
from workflows.cycles.apart import late_facts, set_results
from workflows.cycles.approvals import give_approval
from workflows.cycles.evaluation import FINAL, compute
from workflows.cycles.latest import granted_reviews, keep_computation, latest_computation
from workflows.cycles.operations import advance, log_cycle, policy_of
from workflows.cycles.own_part import require_no_part
from workflows.cycles.tables import LATE, Cycle
from workflows.incentives.differences import post_differences
from workflows.incentives.operations import enter_grants
from workflows.org.tables import Person
from workflows.reviews.moves import move_with_cycle
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


@dataclass(frozen=True, slots=True)
class LateApproval:
    """Who was approved, how many entries that made; or whose approvals are still missing."""

    people: tuple[str, ...]
    entries: int
    missing: tuple[str, ...]


def approve_late(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    needed: Sequence[str] = EITHER,
) -> LateApproval:
    """Approve the results of those who were held back and are up for approval now.

    With the last approval their grants are entered, and whatever their grades change for
    everybody else is posted as differences. Raises ``KaohengError``: ``DENIED``, ``CONFLICT``
    where nobody waits or somebody was first.
    """
    allow_everywhere(actor, "approve_cycle")
    require_no_part(session, actor, cycle)
    policy = policy_of(cycle)
    advance(session, cycle, "approved", "approved")
    late = late_reviews(session, cycle)
    if not late:
        raise _nobody(cycle)
    given, missing = give_approval(session, actor, now, cycle, policy, needed, late)
    people = tuple(review.person.code for review in late)
    if missing:
        details = {"role": given.role, "inputs": given.inputs_sha256, "missing": list(missing)}
        log_cycle(session, "approve_late", actor, now, cycle, reviews=len(late), **details)
        return LateApproval(people, 0, missing)
    entries = _enter(session, actor, now, cycle, late)
    # Before the log is taken: whoever has it waits for nobody's review.
    move_with_cycle(session, actor, now, late, cycle_step(policy, "approve"))
    log_cycle(
        session,
        "approve_late",
        actor,
        now,
        cycle,
        role=given.role,
        reviews=len(late),
        entries=entries,
    )
    return LateApproval(people, entries, ())


def late_reviews(session: Session, cycle: Cycle) -> list[Review]:
    """Return the reviews of an approved cycle that are up for approval and not held back."""
    if cycle.state != "approved":
        return []
    start = cycle_step(policy_of(cycle), "approve").start
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, Review.stage == start, ~is_held())
            .order_by(Person.code)
        )
    )


def _enter(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, late: Sequence[Review]
) -> int:
    """Enter what ``late`` are given, and post what changes for everybody approved before."""
    policy = policy_of(cycle)
    records = latest_computation(session, cycle).records
    computed = compute(policy, FINAL, canonical.lines(late_facts(session, cycle, late)))
    rerun = keep_computation(
        session, actor, now, cycle, computed, cause=LATE, reason="", records=records
    )
    grants = canonical.grants(computed.grants)
    entered = 0
    for review in late:
        own = [grant for grant in grants if grant.person == review.person.code]
        entered += len(enter_grants(session, now, review, own))
    set_results(session, cycle, policy, computed, late=late)
    approved = {review.id: review for review in (*granted_reviews(session, cycle, policy), *late)}
    return entered + post_differences(session, now, list(approved.values()), grants, rerun.seq)


def _nobody(cycle: Cycle) -> Exception:
    return refuse(
        "closing.nobody_late",
        N_("Nobody of {cycle} who was held back is up for approval."),
        N_("Release the review and bring it to the approval first."),
        kind=Kind.CONFLICT,
        cycle=cycle_called(cycle),
    )
