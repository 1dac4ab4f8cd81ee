"""Who stands in for whom, and what waits for a stand-in on behalf of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.reviews.waiting import cycle_steps_for, waiting_for
from workflows.standins.acting import acting_for, standing_in_for
from workflows.standins.tables import StandIn
from workflows.tasklist import tasks_for


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """Somebody for whom one may act, and how much waits for them."""

    named: StandIn
    count: int


def stand_ins(session: Session, actor: Actor) -> list[StandIn]:
    """Return those that concern the actor, or all for HR and auditors; the newest first."""
    found = select(StandIn).order_by(StandIn.ends_on.desc(), StandIn.id.desc())
    if not may_everywhere(actor, "read_stand_ins"):
        mine = or_(StandIn.principal_id == actor.account_id, StandIn.account_id == actor.account_id)
        found = found.where(mine)
    return list(session.scalars(found))


def waits_on_behalf(session: Session, actor: Actor, now: datetime, on: date) -> list[OnBehalf]:
    """Return for whom the actor may act today, each with how much waits for them."""
    if actor.on_behalf_of is not None or actor.account_id is None:
        return []
    found = []
    for named in standing_in_for(session, actor.account_id, on):
        theirs = acting_for(session, actor, named.public_id, on)
        if theirs is not None:
            reviews = sum(len(group.items) for group in waiting_for(session, theirs))
            steps = len(cycle_steps_for(session, theirs))
            count = reviews + steps + len(tasks_for(session, theirs, now))
            found.append(OnBehalf(named, count))
    return found


def state_of(named: StandIn, on: date) -> str:
    """Return ``revoked``, ``over``, ``coming`` or ``acting``."""
    if named.revoked_at is not None:
        return "revoked"
    if named.ends_on <= on:
        return "over"
    return "coming" if named.starts_on > on else "acting"
