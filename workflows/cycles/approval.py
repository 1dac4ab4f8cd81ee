"""Approving results: decide once, then enter the grants in batches that survive a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import canonical
from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account
from workflows.base.settings import EITHER
from workflows.closing.holding import held_ids, is_held
from workflows.cycles.approvals import give_approval
from workflows.cycles.evaluation import FINAL, evaluate_final, evaluation_of
from workflows.cycles.operations import advance, find_cycle, log_cycle, policy_of
from workflows.cycles.own_part import require_no_part
from workflows.cycles.sealing import seal_cycle_when_complete
from workflows.cycles.tables import Cycle, CycleApproval
from workflows.figures.required import require_ratings
from workflows.incentives.operations import enter_grants
from workflows.jobs.queue import enqueue
from workflows.jobs.registry import JobContext, job
from workflows.org.tables import Person
from workflows.reviews.moves import move_with_cycle, require_stage
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called

BATCH = 500


def approve_cycle(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    needed: Sequence[str] = EITHER,
) -> str | None:
    """Approve the results for one of the roles ``needed``, as the settings name them.

    The last approval decides the grants from the calibrated grades and begins entering them:
    returns the id of the job that does, asked again meanwhile the same one. Returns None while
    somebody is still missing (``approvals.approvals_of`` says who). Whoever is held back counts
    in ranks, shares and pools as everybody does, and is approved later. Raises ``KaohengError``:
    ``DENIED``, ``CONFLICT`` where the cycle is not locked or a review is not up for approval.
    """
    allow_everywhere(actor, "approve_cycle")
    if cycle.state == "approving":
        # Approved before a crash: what is left is the job's to finish.
        return _enqueue(session, cycle)
    policy = policy_of(cycle)
    require_no_part(session, actor, cycle)
    require_ratings(session, cycle, policy)
    # Also one of several claims the cycle: two at once must not each find the other missing.
    advance(session, cycle, "locked", "locked")
    if not require_stage(session, cycle, cycle_step(policy, "approve"), held_ids(session, cycle)):
        raise _nobody(cycle)
    given, missing = give_approval(session, actor, now, cycle, policy, needed)
    if missing:
        details = {"role": given.role, "inputs": given.inputs_sha256, "missing": list(missing)}
        log_cycle(session, "approve_cycle", actor, now, cycle, **details)
        return None
    advance(session, cycle, "locked", "approving", approver_id=actor.account_id, approved_at=now)
    evaluation = evaluate_final(session, cycle, policy, now)
    log_cycle(session, "approve_cycle", actor, now, cycle, role=given.role, **evaluation.digests)
    return _enqueue(session, cycle)


@job("approve")
def enter_all_grants(context: JobContext, cycle_code: str) -> dict[str, int]:
    """Enter every review's grants and move it on; each batch is one transaction, done once."""
    people = context.transaction("people", _people_to_enter, cycle_code)
    entered = 0
    for first in range(0, len(people), BATCH):
        batch = people[first : first + BATCH]
        entered += context.transaction(f"batch {first}", _enter_batch, cycle_code, batch)
    context.transaction("finish", _finish, cycle_code)
    return {"reviews": len(people), "entries": entered}


def _enqueue(session: Session, cycle: Cycle) -> str:
    return enqueue(session, enter_all_grants, cycle.code, key=cycle.code)


def _people_to_enter(session: Session, cycle_code: str) -> list[str]:
    cycle = find_cycle(session, cycle_code)
    return list(
        session.scalars(
            select(Person.code)
            .join(Review, Review.person_id == Person.id)
            .where(Review.cycle_id == cycle.id, ~is_held())
            .order_by(Person.code)
        )
    )


def _enter_batch(session: Session, cycle_code: str, people: list[str]) -> int:
    cycle = find_cycle(session, cycle_code)
    evaluation = evaluation_of(session, cycle, FINAL)
    grants = canonical.grants(evaluation.grants)
    reviews = list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, Person.code.in_(people))
            .order_by(Person.code)
        )
    )
    entered = 0
    for review in reviews:
        own = [grant for grant in grants if grant.person == review.person.code]
        entered += len(enter_grants(session, evaluation.evaluated_at, review, own))
    step = cycle_step(policy_of(cycle), "approve")
    move_with_cycle(session, _approver(session, cycle), evaluation.evaluated_at, reviews, step)
    return entered


def _finish(session: Session, cycle_code: str) -> None:
    cycle = find_cycle(session, cycle_code)
    advance(session, cycle, "approving", "approved")
    approved_at = evaluation_of(session, cycle, FINAL).evaluated_at
    seal_cycle_when_complete(session, approved_at, cycle)


def _approver(session: Session, cycle: Cycle) -> Actor:
    account = session.get(Account, cycle.approver_id)
    assert account is not None, "a cycle under approval has an approver"
    last = session.scalar(
        select(CycleApproval.on_behalf_of)
        .where(CycleApproval.cycle_id == cycle.id, CycleApproval.account_id == account.id)
        .order_by(CycleApproval.id.desc())
        .limit(1)
    )
    return replace(actor_of_account(account), on_behalf_of=last)


def _nobody(cycle: Cycle) -> Exception:
    return refuse(
        "cycles.all_held",
        N_("Everybody in {cycle} is held back: there is nothing to approve."),
        N_("Release a review first, on its page “Closing” or with `kaoheng review release`."),
        kind=Kind.CONFLICT,
        cycle=cycle_called(cycle),
    )
