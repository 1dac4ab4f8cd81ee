"""Disputing a line of one's list, and claiming a deal that is missing from it 漏单."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, denied
from workflows.base.conditional import change_if
from workflows.claims.logging import log_claim
from workflows.claims.states import DISPUTE, MISSING, OPEN, UNSETTLED, WAITING, WITHDRAWN
from workflows.claims.tables import CreditClaim, CreditProposal
from workflows.claims.words import reason_given
from workflows.confirming.operations import require_open
from workflows.cycles.operations import policy_of
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.sources.contracts import by_contract
from workflows.sources.tables import CreditLine, Record

LONGEST_NUMBER = 200


def dispute_line(
    session: Session, actor: Actor, now: datetime, review: Review, record: Record, *, reason: str
) -> CreditClaim:
    """Dispute a record of one's list, with a reason; somebody who leads one handles it.

    Raises ``KaohengError``: ``DENIED`` for somebody else's list, ``MISSING`` for a record that is
    not theirs, ``CONFLICT`` after the lock or where the record is being settled already.
    """
    allow_person(session, actor, "claim_credit", review.person_id)
    require_open(session, review.cycle)
    said = reason_given(reason)
    if not _is_credited(session, record, review.person):
        raise unknown_record()
    _refuse_unsettled(session, record, review.person_id)
    claim = _claim(actor, now, review, DISPUTE, OPEN, record, record.code, said)
    return _opened(session, actor, now, claim)


def claim_missing(
    session: Session, actor: Actor, now: datetime, review: Review, *, contract: str, reason: str
) -> CreditClaim:
    """Claim a deal by its contract number; a number that no record has yet waits for one.

    Raises ``KaohengError`` as ``dispute_line`` does, and ``INVALID`` where the deal is on the list
    already or several records have the number.
    """
    allow_person(session, actor, "claim_credit", review.person_id)
    require_open(session, review.cycle)
    said, number = reason_given(reason), " ".join(contract.split())
    if not number or len(number) > LONGEST_NUMBER:
        raise refuse(
            "claims.no_number",
            N_("The contract number is missing, or longer than one is."),
            N_("Write it as it stands on the contract."),
            place=Place(path="contract"),
        )
    record = _claimed(session, policy_of(review.cycle), number)
    if record is None:
        _refuse_same_number(session, number, review.person_id)
        claim = _claim(actor, now, review, MISSING, WAITING, None, number, said)
        return _opened(session, actor, now, claim)
    if _is_credited(session, record, review.person):
        raise refuse(
            "claims.yours_already",
            N_("{number} is credited to you already."),
            N_("Where the share or the role is wrong, dispute its line instead."),
            place=Place(path="contract"),
            number=number,
        )
    _refuse_unsettled(session, record, review.person_id)
    claim = _claim(actor, now, review, MISSING, OPEN, record, number, said)
    return _opened(session, actor, now, claim)


def withdraw_claim(session: Session, actor: Actor, now: datetime, claim: CreditClaim) -> None:
    """Withdraw a claim that is not settled; only whoever made it may, and in their own name."""
    if claim.opened_by != actor.account_id or actor.on_behalf_of is not None:
        raise denied("claim_credit")
    move_claim(session, claim, UNSETTLED, WITHDRAWN, decided_by=actor.account_id, decided_at=now)
    session.execute(
        update(CreditProposal)
        .where(CreditProposal.claim_id == claim.id, CreditProposal.state.in_(("open", "declined")))
        .values(state="replaced")
    )
    log_claim(session, "withdraw_claim", actor, now, claim)


def move_claim(
    session: Session, claim: CreditClaim, before: tuple[str, ...], after: str, **changes: object
) -> None:
    """Move a claim on, if it is as it was seen; ``CONFLICT`` where somebody was first."""
    moved = change_if(
        session,
        update(CreditClaim)
        .where(CreditClaim.id == claim.id, CreditClaim.state.in_(before))
        .where(CreditClaim.version == claim.version)
        .values(state=after, version=claim.version + 1, **changes),
    )
    session.refresh(claim)
    if not moved:
        raise refuse(
            "claims.moved_already",
            N_("Somebody has dealt with the claim of {number} meanwhile."),
            N_("Look at it as it is now."),
            kind=Kind.CONFLICT,
            number=claim.contract,
        )


def kinds_of(policy: Policy) -> frozenset[str]:
    """Return the kinds of record that a policy measures: those that can be claimed under it."""
    return frozenset(each.records for each in policy.measures if each.records)


def unknown_record() -> KaohengError:
    return refuse(
        "claims.no_such_record",
        N_("There is no such record."),
        N_("It may not be yours to see. Start again from the list."),
        kind=Kind.MISSING,
    )


def _claimed(session: Session, policy: Policy, number: str) -> Record | None:
    found = by_contract(session, number, kinds_of(policy))
    if len(found) > 1:
        raise refuse(
            "claims.several",
            N_("Several records have the number {number}: {codes}."),
            N_("Claim the one that you mean by its own code."),
            place=Place(path="contract"),
            number=number,
            codes=", ".join(record.code for record in found),
        )
    return found[0] if found else None


def _is_credited(session: Session, record: Record, person: Person) -> bool:
    line = select(CreditLine.id).where(
        CreditLine.record_version_id == record.current_version_id,
        CreditLine.person_id == person.id,
    )
    return session.scalar(line.limit(1)) is not None


def _refuse_unsettled(session: Session, record: Record, person_id: int) -> None:
    there = select(CreditClaim.id).where(
        CreditClaim.record_id == record.id,
        CreditClaim.person_id == person_id,
        CreditClaim.state.in_(UNSETTLED),
    )
    if session.scalar(there.limit(1)) is not None:
        raise _twice(record.code)


def _refuse_same_number(session: Session, number: str, person_id: int) -> None:
    there = select(CreditClaim.id).where(
        CreditClaim.contract == number,
        CreditClaim.person_id == person_id,
        CreditClaim.state.in_(UNSETTLED),
    )
    if session.scalar(there.limit(1)) is not None:
        raise _twice(number)


def _twice(number: str) -> KaohengError:
    return refuse(
        "claims.twice",
        N_("You have brought up {number} already."),
        N_("It is being settled; withdraw it if you want to put it otherwise."),
        kind=Kind.CONFLICT,
        number=number,
    )


def _claim(
    actor: Actor,
    now: datetime,
    review: Review,
    kind: str,
    state: str,
    record: Record | None,
    contract: str,
    reason: str,
) -> CreditClaim:
    return CreditClaim(
        public_id=uuid.uuid4().hex,
        kind=kind,
        state=state,
        version=0,
        review_id=review.id,
        person_id=review.person_id,
        record_id=record.id if record else None,
        contract=contract,
        reason=reason,
        opened_by=actor.account_id,
        opened_at=now,
    )


def _opened(session: Session, actor: Actor, now: datetime, claim: CreditClaim) -> CreditClaim:
    session.add(claim)
    session.flush()
    log_claim(session, f"claim_{claim.kind}", actor, now, claim, reason=claim.reason)
    return claim
