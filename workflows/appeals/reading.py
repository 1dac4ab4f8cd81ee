"""What people may read of appeals, and what each may do with one now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session, contains_eager

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow, may, people
from workflows.appeals.effect import Effect, read_effect
from workflows.appeals.posting import effect_of_proposal
from workflows.appeals.tables import ACCEPTED, OPEN, PROPOSED, SUBMITTED, Appeal
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class May:
    """What a reader may do with an appeal now."""

    withdraw: bool
    attach: bool
    assign: bool
    accept: bool
    answer: bool
    approve: bool


def visible_appeals(actor: Actor) -> Select[Any]:
    """Return the statement of the appeals that an actor reads: one's own, one's people's, and
    those that one was named to handle.
    """
    named = Appeal.handler_id == actor.account_id if actor.account_id else false()
    return (
        select(Appeal)
        .join(Appeal.review)
        .join(Review.person)
        .join(Review.cycle)
        .where(or_(people(actor, "read_appeals"), named))
    )


def find_appeal(session: Session, actor: Actor, public_id: str) -> Appeal:
    """Return an appeal that the actor reads; refuse with ``MISSING`` any other."""
    allow(actor, "read_appeals")
    appeal: Appeal | None = session.scalar(
        visible_appeals(actor)
        .where(Appeal.public_id == public_id)
        .options(
            contains_eager(Appeal.review).contains_eager(Review.person),
            contains_eager(Appeal.review).contains_eager(Review.cycle),
        )
    )
    if appeal is None:
        raise unknown_appeal()
    return appeal


def unknown_appeal() -> KaohengError:
    """What is said of an appeal, or of a part of one, that is not there or not the reader's."""
    return refuse(
        "appeals.not_there",
        N_("There is no such appeal."),
        N_("It may not be yours to see. Start again from the list of appeals."),
        kind=Kind.MISSING,
    )


def may_do_with(session: Session, actor: Actor, appeal: Appeal) -> May:
    """Say what the actor may do; the operations ask the same again, and more."""
    handles = appeal.handler_id is not None and appeal.handler_id == actor.account_id
    handles = handles and actor.on_behalf_of is None and may(actor, "handle_appeal")
    by_handler = appeal.handler is not None and is_by(actor, appeal.handler)
    withdraw = appeal.review.person_id == actor.oneself and appeal.state in OPEN
    return May(
        withdraw=withdraw,
        attach=withdraw or (handles and appeal.state in OPEN),
        assign=may(actor, "assign_appeal")
        and _reaches(session, actor, "assign_appeal", appeal)
        and appeal.state in (SUBMITTED, ACCEPTED),
        accept=handles and appeal.state == SUBMITTED,
        answer=handles and appeal.state in (ACCEPTED, PROPOSED),
        approve=may(actor, "approve_correction")
        and _reaches(session, actor, "approve_correction", appeal)
        and not by_handler
        and appeal.state == PROPOSED,
    )


def effect_shown(session: Session, appeal: Appeal) -> Effect | None:
    """Return whom a correction moves: now where it waits, as it was granted once it is posted."""
    if appeal.state == PROPOSED:
        return effect_of_proposal(session, appeal)
    return read_effect(appeal.effect) if appeal.effect else None


def pay_visible(session: Session, actor: Actor, cycle: Cycle) -> frozenset[str]:
    """Return the codes of those in a cycle whose pay the actor may see."""
    return frozenset(
        session.scalars(
            select(Person.code)
            .join(Review, Review.person_id == Person.id)
            .where(Review.cycle_id == cycle.id, people(actor, "list_ledger"))
        )
    )


def appeals_of(session: Session, actor: Actor, review: Review) -> list[Appeal]:
    """Return the appeals against a review that the actor reads, the first first."""
    query = visible_appeals(actor).where(Appeal.review_id == review.id).order_by(Appeal.seq)
    return list(session.scalars(query))


def appeal_rows(
    session: Session, actor: Actor, now: datetime, cycle: Cycle | None = None
) -> list[dict[str, object]]:
    """Return the appeals that the actor reads, those that should be answered first."""
    allow(actor, "read_appeals")
    rows = visible_appeals(actor).options(
        contains_eager(Appeal.review).contains_eager(Review.person),
        contains_eager(Appeal.review).contains_eager(Review.cycle),
    )
    if cycle is not None:
        rows = rows.where(Review.cycle_id == cycle.id)
    return [
        {
            "appeal": each.public_id,
            "cycle": each.review.cycle.code,
            "person": each.review.person.code,
            "state": each.state,
            "handler": each.handler.username if each.handler else None,
            "submitted_at": each.submitted_at,
            "answer_due": each.answer_due,
            "late": each.is_open and now >= each.answer_due,
        }
        for each in session.scalars(rows.order_by(Appeal.answer_due, Appeal.id))
    ]


def _reaches(session: Session, actor: Actor, operation: str, appeal: Appeal) -> bool:
    reached = select(Person.id).where(
        Person.id == appeal.review.person_id, people(actor, operation)
    )
    return session.scalar(reached) is not None
