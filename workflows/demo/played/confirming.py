"""Results confirmed before the lock: lists confirmed or disputed, deals claimed and shared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.claims.answering import answer_proposal, decide_claim
from workflows.claims.opening import claim_missing, dispute_line
from workflows.claims.proposing import arrange_credits, propose_credits
from workflows.claims.reading import standing_proposal
from workflows.claims.tables import CreditClaim
from workflows.confirming.operations import confirm_records
from workflows.confirming.standing import standings
from workflows.crediting.differences import decide_difference, open_differences
from workflows.cycles.operations import find_cycle, lock_cycle
from workflows.demo.played.exports import SPLIT
from workflows.demo.played.play import Play
from workflows.org.tables import Person
from workflows.reviews.reading import find_review
from workflows.sources.extraction import CreditLine as Line
from workflows.sources.tables import CreditLine, Record, RecordVersion


def begin(play: Play, code: str) -> None:
    """Have HR open the confirmation of results for everybody in the cycle."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        play.move(session, play.who("hr"), reviews, "begin_confirmation")


def confirm(play: Play, code: str, but: Sequence[str] = ()) -> None:
    """Have everybody confirm their list as it is, but those who leave it or dispute a line."""
    with play.writing() as session:
        cycle, policy, reviews = play.cycle(session, code)
        asked = [each for each in reviews if each.person.code not in but]
        standing = standings(session, cycle, policy, asked)
        for review in asked:
            found = standing[review.id]
            if found.disputes or found.state == "confirmed":
                continue
            confirm_records(
                session, play.who(review.person.code), play.now(), review, seen=found.digest
            )


def dispute(play: Play, code: str, person: str, reason: str) -> None:
    """Have somebody dispute the last deal of their list."""
    with play.writing() as session:
        cycle, policy, _ = play.cycle(session, code)
        review = find_review(session, cycle, person)
        lines = standings(session, cycle, policy, [review])[review.id].lines
        if lines:
            record = _record(session, lines[-1].code)
            dispute_line(session, play.who(person), play.now(), review, record, reason=reason)


def claim(play: Play, code: str, person: str, contract: str, reason: str) -> None:
    """Have somebody claim a deal by its number, which no system may know yet."""
    with play.writing() as session:
        review = find_review(session, find_cycle(session, code), person)
        claim_missing(
            session, play.who(person), play.now(), review, contract=contract, reason=reason
        )


def claim_of(play: Play, code: str, person: str, owner: str, since: date, reason: str) -> None:
    """Have somebody claim a deal that is credited to a colleague only."""
    with play.writing() as session:
        found = deal_of(session, owner, since)
        if found is not None:
            review = find_review(session, find_cycle(session, code), person)
            claim_missing(
                session, play.who(person), play.now(), review, contract=found.code, reason=reason
            )


def propose(play: Play, person: str, shares: Sequence[tuple[str, str]], reason: str) -> None:
    """Have the manager propose whose the deal is that somebody claims or disputes."""
    with play.writing() as session:
        for each in _claims(session, person, "open"):
            propose_credits(
                session,
                play.manager_of(session, play.who(person).person_id or 0),
                play.now(),
                each,
                [Line(code, Decimal(share), "owner") for code, share in shares],
                reason=reason,
            )


def answer(play: Play, person: str, *, accept: bool = True, reason: str = "") -> None:
    """Have somebody answer what is proposed to them."""
    actor = play.who(person)
    with play.writing() as session:
        for each in session.scalars(select(CreditClaim).order_by(CreditClaim.id)):
            proposal = standing_proposal(each)
            if proposal is None or proposal.state != "open":
                continue
            waits = [a.person_id for a in proposal.concerned if a.answer is None]
            if actor.person_id in waits:
                answer_proposal(session, actor, play.now(), proposal, accept=accept, reason=reason)


def decide(play: Play, person: str, *, grant: bool, reason: str) -> None:
    """Have HR decide on a claim that those concerned do not agree on."""
    with play.writing() as session:
        for each in _claims(session, person, "open", "proposed"):
            decide_claim(
                session, play.who("hr"), play.now(), each, grant=grant, reason=reason,
                today=play.day,
            )  # fmt: skip


def share(play: Play, owner: str, with_whom: str, since: date) -> None:
    """Have a manager bring up a deal that two of their people won together; both agree.

    The play remembers it: later the CRM says something else.
    """
    with play.writing() as session:
        found = deal_of(session, owner, since)
        if found is None:
            return
        manager = play.manager_of(session, play.who(owner).person_id or 0)
        brought = arrange_credits(
            session, manager, play.now(), found, reason="两人共同跟进，合同里写明了分工"
        )
        lines = [Line(owner, Decimal("0.6"), "owner"), Line(with_whom, Decimal("0.4"), "owner")]
        propose_credits(session, manager, play.now(), brought, lines, reason="按投入六四分")
        play.notes |= {SPLIT: found.code, f"{SPLIT}.with": with_whom}
    answer(play, owner)
    answer(play, with_whom)


def lock(play: Play, code: str, reason: str | None = None) -> None:
    """Lock the data; with a reason where somebody has not confirmed."""
    with play.writing() as session:
        lock_cycle(session, play.who("hr"), play.now(), find_cycle(session, code), reason)


def settle_difference(play: Play, reason: str) -> None:
    """Have HR keep what was agreed, where the CRM says otherwise."""
    with play.writing() as session:
        for each in open_differences(session, play.who("hr"))[:1]:
            decide_difference(session, play.who("hr"), play.now(), each, take=False, reason=reason)


def deal_of(session: Session, owner: str, since: date) -> Record | None:
    """Return somebody's first deal won on ``since`` or later, by its code; None for none."""
    query = (
        select(Record, RecordVersion)
        .join(RecordVersion, RecordVersion.id == Record.current_version_id)
        .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
        .join(Person, Person.id == CreditLine.person_id)
        .where(Record.kind == "deal", Person.code == owner)
        .order_by(Record.code)
    )
    for record, version in session.execute(query).all():
        fields = version.fields
        if fields.get("stage") == "won" and fields.get("closed_on", "") >= since.isoformat():
            return record
    return None


def _claims(session: Session, person: str, *states: str) -> list[CreditClaim]:
    query = (
        select(CreditClaim)
        .join(CreditClaim.person)
        .where(
            Person.code == person, CreditClaim.state.in_(states), CreditClaim.record_id.isnot(None)
        )
        .order_by(CreditClaim.id)
    )
    return list(session.scalars(query))


def _record(session: Session, code: str) -> Record:
    return session.scalars(select(Record).where(Record.kind == "deal", Record.code == code)).one()
