"""Contributions: one's own, those to confirm, and how many of a kind count in a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, may
from workflows.contributions.tables import Contribution
from workflows.cycles.tables import Cycle
from workflows.tasks.task import Task

# What an input is counted from, by its source.
KIND_OF = {"assists": "assist", "sharings": "sharing"}


def confirmed(session: Session, cycle: Cycle, source: str) -> dict[int, Decimal]:
    """Return by person how many contributions of the cycle's period were confirmed."""
    rows = session.execute(
        select(Contribution.person_id, func.count())
        .where(
            Contribution.kind == KIND_OF[source],
            Contribution.state == "confirmed",
            Contribution.done_on >= cycle.starts_on,
            Contribution.done_on < cycle.ends_on,
        )
        .group_by(Contribution.person_id)
    )
    return {person_id: Decimal(count) for person_id, count in rows}


def contributions_of(session: Session, actor: Actor) -> Sequence[Contribution]:
    """Return what the actor claimed and what they are asked to confirm, the newest first."""
    allow(actor, "contribute")
    own = actor.oneself or 0
    return session.scalars(
        select(Contribution)
        .where(or_(Contribution.person_id == own, Contribution.confirmer_id == own))
        .order_by(Contribution.id.desc())
        .options(
            selectinload(Contribution.person),
            selectinload(Contribution.confirmer),
            selectinload(Contribution.record),
        )
    ).all()


def find_contribution(session: Session, actor: Actor, public_id: str) -> Contribution:
    """Return one of the actor's contributions; refuse with ``MISSING`` any other."""
    for each in contributions_of(session, actor):
        if each.public_id == public_id:
            return each
    raise refuse(
        "contributions.not_there",
        N_("There is no such contribution."),
        N_("Reload the page."),
        kind=Kind.MISSING,
    )


def contribution_rows(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return the actor's contributions, the newest first."""
    return [
        {
            "contribution": each.public_id,
            "kind": each.kind,
            "person": each.person.code,
            "confirmer": each.confirmer.code,
            "what": each.what,
            "day": each.done_on,
            "state": each.state,
            "note": each.note,
        }
        for each in contributions_of(session, actor)
    ]


def contribution_tasks(session: Session, actor: Actor, _now: datetime) -> list[Task]:
    """Return what the actor is asked to confirm."""
    if actor.oneself is None or not may(actor, "contribute"):
        return []
    waiting = session.scalars(
        select(Contribution)
        .where(Contribution.confirmer_id == actor.oneself, Contribution.state == "claimed")
        .options(selectinload(Contribution.person))
    )
    return [
        Task(
            N_("Confirm for {person}: {what}"),
            "/contributions/",
            each.claimed_at,
            params={"person": each.person.name, "what": each.what[:100]},
        )
        for each in waiting
    ]
