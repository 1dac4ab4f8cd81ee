"""Claims that somebody may read: their own, those that concern them, those of their people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, may_everywhere, people
from workflows.claims.states import PENDING
from workflows.claims.tables import CreditAnswer, CreditClaim, CreditProposal
from workflows.crediting.versions import lines_of
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.sources.extraction import CreditLine
from workflows.sources.tables import CreditLine as CreditRow
from workflows.sources.tables import Record

LOADS = (
    joinedload(CreditClaim.person),
    joinedload(CreditClaim.record),
    selectinload(CreditClaim.proposals).selectinload(CreditProposal.concerned),
)


def visible_claims(actor: Actor) -> Select[Any]:
    """Return the statement of all claims that ``actor`` may read."""
    return (
        select(CreditClaim)
        .outerjoin(CreditClaim.person)
        .outerjoin(CreditClaim.record)
        .where(_visible(actor))
    )


def find_claim(session: Session, actor: Actor, public_id: str) -> CreditClaim:
    """Return a claim; refuse with ``MISSING`` one that the actor may not read."""
    allow(actor, "read_claims")
    found: CreditClaim | None = session.scalar(
        visible_claims(actor).where(CreditClaim.public_id == public_id).options(*LOADS)
    )
    if found is None:
        raise refuse(
            "claims.unknown",
            N_("There is no such claim."),
            N_("It may not be yours to see. Start again from the list of claims."),
            kind=Kind.MISSING,
        )
    return found


def claims_of(session: Session, review: Review) -> list[CreditClaim]:
    """Return the claims of a review's person in its cycle, the newest first."""
    return list(
        session.scalars(
            select(CreditClaim)
            .where(CreditClaim.review_id == review.id)
            .options(joinedload(CreditClaim.record))
            .order_by(CreditClaim.id.desc())
        )
    )


def find_record(session: Session, kind: str, code: str) -> Record | None:
    """Return a finished record, whoever's it is: what may be done with it is asked elsewhere."""
    return session.scalar(
        select(Record).where(
            Record.kind == kind, Record.code == code, Record.current_version_id.is_not(None)
        )
    )


def credits_of(session: Session, claim: CreditClaim) -> tuple[CreditLine, ...]:
    """Return the credit lines of a claim's record as they hold now; none while it waits."""
    record = claim.record
    if record is None or record.current_version_id is None:
        return ()
    return lines_of(session, record.current_version_id)


def standing_proposal(claim: CreditClaim) -> CreditProposal | None:
    """Return what is proposed and not settled, if anything."""
    return next((each for each in claim.proposals if each.state in ("open", "declined")), None)


def claim_rows(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return the claims that the actor may read, the newest first, as rows to print."""
    allow(actor, "read_claims")
    claims = session.scalars(
        visible_claims(actor)
        .options(joinedload(CreditClaim.person), joinedload(CreditClaim.record))
        .order_by(CreditClaim.id.desc())
    )
    return [
        {
            "claim": claim.public_id,
            "kind": claim.kind,
            "state": claim.state,
            "person": claim.person.code if claim.person else None,
            "contract": claim.contract,
            "record": claim.record.code if claim.record else None,
            "opened_at": claim.opened_at,
        }
        for claim in claims
    ]


def to_propose(actor: Actor) -> Select[Any]:
    """Return the statement of claims that the actor may propose something for, or decide on."""
    return visible_claims(actor).where(
        CreditClaim.state.in_(PENDING),
        or_(
            CreditClaim.person_id.in_(select(Person.id).where(people(actor, "propose_credits"))),
            CreditClaim.opened_by == actor.account_id,
        ),
    )


def _visible(actor: Actor) -> ColumnElement[bool]:
    if may_everywhere(actor, "read_claims"):
        return true()
    reached = select(Person.id).where(people(actor, "read_claims"))
    concerned = (
        select(CreditProposal.claim_id)
        .join(CreditAnswer, CreditAnswer.proposal_id == CreditProposal.id)
        .where(CreditAnswer.person_id == actor.oneself)
    )
    arranged = select(CreditRow.record_version_id).where(CreditRow.person_id.in_(reached))
    return or_(
        CreditClaim.person_id.in_(reached),
        CreditClaim.id.in_(concerned),
        CreditClaim.opened_by == actor.account_id,
        CreditClaim.person_id.is_(None) & Record.current_version_id.in_(arranged),
    )
