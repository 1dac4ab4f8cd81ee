"""An open cycle takes the figures of the plan's newest approved version: only by this operation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import periods
from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.agreements.announcing import announce_cycle
from workflows.cycles.operations import advance, log_cycle, policy_of
from workflows.cycles.population import Member
from workflows.cycles.tables import Cycle
from workflows.goals.plans import approved_version
from workflows.goals.tables import TargetOrigin
from workflows.goals.targets import planned_targets, store_planned
from workflows.reviews.of_cycle import reviews_of
from workflows.stages.naming import cycle_called
from workflows.targets.operations import targets_of_people
from workflows.targets.tables import Target


def take_goals(session: Session, actor: Actor, now: datetime, cycle: Cycle) -> int:
    """Give an open cycle the targets of the approved plan; return for how many people they differ.

    A cycle whose data are locked keeps its targets: scores that were given do not move. Raises
    ``KaohengError``: CONFLICT where it is not open, or no approved plan covers it.
    """
    allow_everywhere(actor, "take_goals")
    policy = policy_of(cycle)
    members = [Member(each.person, each.team) for each in reviews_of(session, cycle) if each.team]
    planned = planned_targets(session, policy, periods.parse(cycle.period), members)
    if not planned:
        raise refuse(
            "goals.not_covered",
            N_("No approved plan has a goal for a target of {cycle}."),
            N_("Approve the year's plan first; a goal's code is the target's in the policy."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
        )
    advance(session, cycle, "open", "open")
    before = targets_of_people(session, cycle)
    _drop(session, cycle, list(planned))
    store_planned(session, cycle, planned.values(), members)
    after = targets_of_people(session, cycle)
    changed = sum(1 for each in before.keys() | after.keys() if before.get(each) != after.get(each))
    announce_cycle(session, actor, now, cycle)
    version = approved_version(session, cycle.starts_on.year)
    log_cycle(
        session, "take_goals", actor, now, cycle,
        plan_version=version.seq if version else None, targets=sorted(planned), people=changed,
    )  # fmt: skip
    return changed


def _drop(session: Session, cycle: Cycle, names: list[str]) -> None:
    """Take back the cycle's targets of these names, the lowest first."""
    of_cycle = select(Target.id).where(Target.cycle_id == cycle.id, Target.name.in_(names))
    session.execute(delete(TargetOrigin).where(TargetOrigin.target_id.in_(of_cycle)))
    session.execute(delete(Target).where(Target.id.in_(of_cycle)))
    session.expire_all()
