"""Confirming one's own list of records, before the data are locked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_person
from workflows.base.conditional import change_if
from workflows.confirming.standing import standings
from workflows.confirming.tables import Confirmation
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


def confirm_records(
    session: Session, actor: Actor, now: datetime, review: Review, *, seen: str
) -> Confirmation:
    """Confirm 业绩核对 the list whose digest is ``seen``: these versions of these records.

    A list that is confirmed already stays so. Raises ``KaohengError``: ``DENIED`` for anybody but
    the person, ``CONFLICT`` after the lock, where the list has changed since it was seen, and
    while a line of it is disputed.
    """
    allow_person(session, actor, "confirm_records", review.person_id)
    require_open(session, review.cycle)
    standing = standings(session, review.cycle, policy_of(review.cycle), [review])[review.id]
    if seen != standing.digest:
        raise refuse(
            "confirming.changed_meanwhile",
            N_("Your records have changed since you opened the list."),
            N_("Look at the list as it is now, then confirm it."),
            kind=Kind.CONFLICT,
        )
    if standing.disputes:
        raise refuse(
            "confirming.disputed",
            N_("A line of this list is disputed, or a deal of it is being agreed on."),
            N_("Confirm the list when that is settled, or withdraw it first."),
            kind=Kind.CONFLICT,
        )
    if standing.state == "confirmed" and standing.last is not None:
        return standing.last
    assert actor.account_id is not None, "only an account is somebody's own"
    confirmed = Confirmation(
        review_id=review.id,
        digest=standing.digest,
        lines=[line.line() for line in standing.lines],
        account_id=actor.account_id,
        confirmed_at=now,
    )
    session.add(confirmed)
    append(
        session,
        action="confirm_records",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"list": standing.digest, "lines": len(standing.lines)},
        person=review.person.public_id,
    )
    return confirmed


def require_open(session: Session, cycle: Cycle) -> None:
    """Refuse with ``CONFLICT`` after the lock; before it, let nobody lock until this is done."""
    still = update(Cycle).where(Cycle.id == cycle.id, Cycle.state == "open").values(state="open")
    if not change_if(session, still):
        session.refresh(cycle)
        raise refuse(
            "confirming.data_locked",
            N_("The data of {cycle} are locked: its records are no longer confirmed."),
            N_("A correction after the lock needs its own approval: ask HR."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
        )
