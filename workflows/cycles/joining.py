"""Somebody who came after a cycle was opened gets a review in it, with targets of their own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.agreements.announcing import announce_cycle
from workflows.cycles.operations import advance, policy_of
from workflows.cycles.population import Member, in_scope, units_above
from workflows.cycles.presence import Stay, stays
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.standing import require_reason
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called
from workflows.targets.tables import Target

PLACES = 4


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody in scope without a review: their days in the period, and what their team still has
    in reserve for each target, by its name.
    """

    stays: tuple[Stay, ...]
    reserve: Mapping[str, Decimal]


def without_review(session: Session, actor: Actor, cycle: Cycle) -> list[Newcomer]:
    """Return those in the cycle's scope on any of its days who have no review in it, by code."""
    allow_everywhere(actor, "add_to_cycle")
    policy = policy_of(cycle)
    there = set(session.scalars(select(Review.person_id).where(Review.cycle_id == cycle.id)))
    above = units_above(session, cycle.starts_on)
    found = stays(session, policy.scope.role, cycle.starts_on, cycle.ends_on)
    return [
        Newcomer(tuple(own), _reserve(session, cycle, policy, own[0]))
        for person_id, own in found.items()
        if person_id not in there
        and in_scope(policy.scope, Member(own[0].person, own[0].team), above)
    ]


def add_to_cycle(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    *,
    person: str,
    targets: Mapping[str, Decimal],
    reason: str,
) -> Review:
    """Give somebody a review in an open cycle: by code, with an amount for each target.

    A target that their team's reserve covers is part of the cascade; one beyond it stands on its
    own, and moves nobody else's. Raises ``KaohengError``: ``CONFLICT`` where the cycle's data are
    locked or somebody was first, and for an amount that is missing, negative or too fine.
    """
    allow_everywhere(actor, "add_to_cycle")
    why = require_reason(reason)
    advance(session, cycle, "open", "open")
    newcomer = _newcomer(session, actor, cycle, person)
    policy = policy_of(cycle)
    _require_amounts(policy, targets)
    review = _add_review(session, cycle, policy, newcomer)
    _add_targets(session, cycle, policy, newcomer, targets)
    session.flush()
    announce_cycle(session, actor, now, cycle)
    append(
        session,
        action="add_to_cycle",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"cycle": cycle.code},
        personal={
            "reason": why,
            **{f"target.{rule.code}": str(targets[rule.code]) for rule in policy.targets},
        },
        person=newcomer.stays[0].person.public_id,
    )
    return review


def _add_review(session: Session, cycle: Cycle, policy: Policy, newcomer: Newcomer) -> Review:
    first = newcomer.stays[0]
    assert policy.workflow is not None
    review = Review(
        public_id=uuid.uuid4().hex,
        cycle_id=cycle.id,
        person_id=first.person.id,
        team_id=first.team.id,
        stage=policy.workflow.stages[0],
        version=0,
    )
    session.add(review)
    return review


def _add_targets(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    newcomer: Newcomer,
    targets: Mapping[str, Decimal],
) -> None:
    """Add the newcomer's targets: below their team's where its reserve covers one."""
    first = newcomer.stays[0]
    for rule in policy.targets:
        amount = targets[rule.code]
        covered = amount <= newcomer.reserve.get(rule.code, Decimal(0))
        team = _team_target(session, cycle, rule.code, first) if covered else None
        session.add(
            Target(
                cycle_id=cycle.id,
                name=rule.code,
                parent_id=team.id if team else None,
                person_id=first.person.id,
                amount=amount,
            )
        )


def _newcomer(session: Session, actor: Actor, cycle: Cycle, code: str) -> Newcomer:
    for each in without_review(session, actor, cycle):
        if each.stays[0].person.code == code:
            return each
    raise refuse(
        "cycles.no_newcomer",
        N_("{person} has a review in {cycle} already, or is not in its scope on any of its days."),
        N_("Look at the list of those without a review, and at the days of their unit."),
        kind=Kind.CONFLICT,
        person=code,
        cycle=cycle_called(cycle),
    )


def _reserve(session: Session, cycle: Cycle, policy: Policy, stay: Stay) -> dict[str, Decimal]:
    """Return what the team's targets have that nobody in it was given."""
    found = {}
    for rule in policy.targets:
        team = _team_target(session, cycle, rule.code, stay)
        if team is not None:
            given = select(func.sum(Target.amount)).where(Target.parent_id == team.id)
            found[rule.code] = team.amount - (session.scalar(given) or Decimal(0))
    return found


def _team_target(session: Session, cycle: Cycle, name: str, stay: Stay) -> Target | None:
    return session.scalar(
        select(Target).where(
            Target.cycle_id == cycle.id, Target.name == name, Target.unit_id == stay.team.id
        )
    )


def _require_amounts(policy: Policy, targets: Mapping[str, Decimal]) -> None:
    faults = [
        Fault(
            "cycles.target_needed",
            N_("The target {target} needs an amount, not below zero and with at most 4 decimals."),
            N_("Take the team's reserve, or give the amount that was agreed."),
            {"target": rule.code},
            Place(path=rule.code),
        )
        for rule in policy.targets
        if not _is_amount(targets.get(rule.code))
    ]
    if faults:
        raise KaohengError(faults)


def _is_amount(amount: Decimal | None) -> bool:
    if amount is None or not amount.is_finite() or not 0 <= amount < Decimal(10) ** 14:
        return False
    return amount == round(amount, PLACES)
