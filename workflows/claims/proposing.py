"""Proposing whose a record should be: a split 业绩分成, a handover 交接, or another person's."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Answer
from engine.stages import ANSWER, answer_time
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, denied, people
from workflows.base.clock import timezone_of, today
from workflows.claims.logging import log_claim
from workflows.claims.opening import move_claim, unknown_record
from workflows.claims.states import ARRANGEMENT, OPEN, PROPOSED
from workflows.claims.tables import CreditAnswer, CreditClaim, CreditProposal
from workflows.claims.words import reason_given
from workflows.crediting.overriding import kept
from workflows.crediting.versions import Standing, standing_of
from workflows.cycles.operations import policy_of
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.sources.extraction import CreditLine
from workflows.sources.records import SHARE_PLACES
from workflows.sources.tables import CreditLine as CreditRow
from workflows.sources.tables import Record
from workflows.stages.answering import answer_day


def propose_credits(
    session: Session,
    actor: Actor,
    now: datetime,
    claim: CreditClaim,
    lines: Sequence[CreditLine],
    *,
    reason: str,
    answer_by: date | None = None,
) -> CreditProposal:
    """Propose the credit lines of a claim's record; those concerned are asked to answer.

    Concerned is who has a share now or would have one. Another proposal replaces the one before.
    Raises ``KaohengError``: ``DENIED`` for one's own claim and for people whom the actor does not
    reach, ``INVALID`` with everything that is wrong with the lines, ``CONFLICT`` where the claim
    is settled or waits for its record.
    """
    _allow(session, actor, claim)
    said = reason_given(reason)
    if claim.record is None:
        raise _no_record_yet(claim)
    if answer_by is not None:
        _require_time(session, now, answer_by)
    standing = standing_of(session, claim.record)
    concerned = _concerned(session, claim, standing, lines)
    move_claim(session, claim, (OPEN, PROPOSED), PROPOSED)
    for before in claim.proposals:
        if before.state in ("open", "declined"):
            before.state = "replaced"
    session.flush()
    proposal = CreditProposal(
        public_id=uuid.uuid4().hex,
        claim_id=claim.id,
        version_id=standing.version.id,
        state="open",
        lines=kept(lines),
        reason=said,
        answer_by=answer_by or answer_day(session, now, _time_of(claim)),
        version=0,
        proposed_by=actor.account_id,
        proposed_at=now,
        concerned=[CreditAnswer(person_id=person.id) for person in concerned],
    )
    session.add(proposal)
    session.flush()
    _ask(session, now, claim, proposal, concerned)
    log_claim(session, "propose_credits", actor, now, claim, proposal=proposal.public_id)
    return proposal


def _ask(
    session: Session,
    now: datetime,
    claim: CreditClaim,
    proposal: CreditProposal,
    concerned: Sequence[Person],
) -> None:
    for person in concerned:
        notify(
            session,
            now,
            person.id,
            f"credit-proposal/{proposal.public_id}",
            N_("Whose {number} is has been proposed: please answer."),
            link=f"/claims/{claim.public_id}",
            number=claim.contract if claim.record is None else claim.record.code,
        )


def arrange_credits(
    session: Session, actor: Actor, now: datetime, record: Record, *, reason: str
) -> CreditClaim:
    """Bring up a record whose credits should be others, such as those of somebody who leaves.

    For HR, and for managers of everybody who is credited now. What is proposed for it then is
    agreed on as for any claim.
    """
    allow(actor, "propose_credits")
    said = reason_given(reason)
    credited = set(
        session.scalars(
            select(CreditRow.person_id).where(
                CreditRow.record_version_id == record.current_version_id
            )
        )
    )
    reached = select(Person.id).where(Person.id.in_(credited), people(actor, "propose_credits"))
    if not credited or credited != set(session.scalars(reached)):
        raise unknown_record()
    claim = CreditClaim(
        public_id=uuid.uuid4().hex,
        kind=ARRANGEMENT,
        state=OPEN,
        version=0,
        record_id=record.id,
        contract=record.code,
        reason=said,
        opened_by=actor.account_id,
        opened_at=now,
    )
    session.add(claim)
    session.flush()
    log_claim(session, "claim_arrangement", actor, now, claim)
    return claim


def _time_of(claim: CreditClaim) -> Answer:
    """Return how long those concerned have: as the claim's policy says, where it is of a cycle."""
    if claim.review is None:
        return ANSWER
    return answer_time(policy_of(claim.review.cycle), "confirmation")


def _require_time(session: Session, now: datetime, answer_by: date) -> None:
    """Refuse a last day to answer that is over: those concerned would be passed over."""
    if answer_by < today(now, timezone_of(session)):
        raise refuse(
            "claims.no_time",
            N_("The last day to answer, {day}, is over."),
            N_("Give a day to come, or none: then the policy's time holds."),
            place=Place(path="answer_by"),
            day=answer_by.isoformat(),
        )


def not_there() -> KaohengError:
    return refuse(
        "claims.no_such_proposal",
        N_("There is no such proposal for this claim."),
        N_("Reload the page: another one may stand now."),
        kind=Kind.CONFLICT,
    )


def _no_record_yet(claim: CreditClaim) -> KaohengError:
    return refuse(
        "claims.no_record_yet",
        N_("No record has the number {number} yet."),
        N_("Wait for the import that brings it; it is matched by itself."),
        kind=Kind.CONFLICT,
        number=claim.contract,
    )


def refuse_own(actor: Actor, claim: CreditClaim) -> None:
    """Refuse with ``DENIED`` whoever would decide on a claim of their own."""
    mine = {actor.person_id, actor.own_person_id} - {None}
    if claim.person_id in mine:
        raise denied("decide_claim")


def _allow(session: Session, actor: Actor, claim: CreditClaim) -> None:
    allow(actor, "propose_credits")
    refuse_own(actor, claim)
    if claim.person_id is not None:
        allow_person(session, actor, "propose_credits", claim.person_id)
    elif claim.opened_by != actor.account_id:
        refuse_unreached(session, actor, claim, "propose_credits")


def refuse_unreached(session: Session, actor: Actor, claim: CreditClaim, operation: str) -> None:
    """Refuse with ``DENIED`` who does not reach everybody credited with an arranged record."""
    assert claim.record is not None, "what is arranged is a record"
    credited = select(CreditRow.person_id).where(
        CreditRow.record_version_id == claim.record.current_version_id
    )
    for person_id in set(session.scalars(credited)):
        allow_person(session, actor, operation, person_id)


def _concerned(
    session: Session, claim: CreditClaim, standing: Standing, lines: Sequence[CreditLine]
) -> list[Person]:
    """Check the lines and return everybody whom they concern, by code."""
    codes = {line.person for line in (*lines, *standing.holds)}
    if claim.person is not None:
        codes.add(claim.person.code)
    found = list(
        session.scalars(select(Person).where(Person.code.in_(codes)).order_by(Person.code))
    )
    faults = [*_unknown(lines, {person.code for person in found}), *shares_wrong(lines)]
    if not faults and sorted(kept(lines), key=str) == sorted(kept(standing.holds), key=str):
        faults.append(
            _fault("same", N_("That is how the record is credited already."), N_("Change a share."))
        )
    if faults:
        raise KaohengError(faults)
    return found


def _unknown(lines: Sequence[CreditLine], known: set[str]) -> list[Fault]:
    return [
        _fault(
            "nobody",
            N_("There is nobody with the code {person!r}."),
            N_("Correct the code: see People, or `kaoheng org list`."),
            person=line.person,
        )
        for line in lines
        if line.person not in known
    ]


def shares_wrong(lines: Sequence[CreditLine]) -> list[Fault]:
    """Give a fault for each day whose shares do not sum to one, and for shares that are none."""
    faults = []
    if any(
        not 0 < line.share <= 1 or line.share != round(line.share, SHARE_PLACES) for line in lines
    ):
        faults.append(
            _fault(
                "share",
                N_("A share is more than 0% and at most 100%, with at most six decimals."),
                N_("Write it as 50% or 0.5."),
            )
        )
    days = {line.since for line in lines}
    if None not in days:
        faults.append(
            _fault(
                "start",
                N_("Nobody has the record before the first day of these lines."),
                N_("Keep lines without a day: they hold until the first one."),
            )
        )
    for day in sorted(days, key=lambda each: each or date.min):
        total = sum((line.share for line in lines if line.since == day), Decimal(0))
        if total != 1:
            faults.append(
                _fault(
                    "shares",
                    N_("The shares from {day} add up to {total}, not to 100%.")
                    if day
                    else N_("The shares add up to {total}, not to 100%."),
                    N_("Correct the shares of that day.") if day else N_("Correct the shares."),
                    day=day.isoformat() if day else "",
                    total=f"{(total * 100).normalize():f}%",
                )
            )
    if len({(line.person, line.role, line.since) for line in lines}) < len(lines):
        faults.append(
            _fault(
                "credited_twice",
                N_("Somebody is credited twice in the same role."),
                N_("Add the two shares up."),
            )
        )
    return faults


def _fault(code: str, message: str, remedy: str, **params: str) -> Fault:
    return Fault(f"claims.{code}", message, remedy, params, Place(path="lines"))
