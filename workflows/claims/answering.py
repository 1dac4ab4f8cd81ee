"""What those concerned answer to a proposal, and HR's decision where they do not agree."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, denied
from workflows.accounts.tables import Account
from workflows.base.conditional import change_if
from workflows.claims.logging import log_claim
from workflows.claims.opening import move_claim
from workflows.claims.proposing import refuse_own, refuse_unreached
from workflows.claims.states import AGREED, DECIDED, OPEN, PROPOSED, REJECTED
from workflows.claims.tables import CreditAnswer, CreditClaim, CreditProposal
from workflows.claims.words import reason_given
from workflows.crediting.overriding import from_kept
from workflows.crediting.versions import AGREED as AGREED_SOURCE
from workflows.crediting.versions import entry_of, standing_of, write_version
from workflows.notices.operations import notify
from workflows.sources.importing import claim as claim_import
from workflows.sources.tables import RecordVersion

ACCEPTED, DECLINED = "accepted", "declined"


def answer_proposal(
    session: Session,
    actor: Actor,
    now: datetime,
    proposal: CreditProposal,
    *,
    accept: bool,
    reason: str = "",
) -> None:
    """Accept a proposal, or decline it with a reason; each of those concerned answers once.

    When all have accepted, the record has these credit lines from now on. Raises
    ``KaohengError``: ``DENIED`` for whom it does not concern, ``CONFLICT`` for a second answer, a
    proposal that no longer stands, and a record that has changed since it was proposed.
    """
    allow(actor, "answer_proposal")
    own = next((each for each in proposal.concerned if each.person_id == actor.oneself), None)
    if own is None:
        raise denied("answer_proposal")
    said = reason_given(reason) if not accept else reason.strip() or None
    # Whoever answers last must see all the others: one after the other from here on.
    _take_turn(session, proposal)
    _answer(session, actor, now, own, ACCEPTED if accept else DECLINED, said)
    claim = proposal.claim
    answers = session.scalars(
        select(CreditAnswer.answer).where(CreditAnswer.proposal_id == proposal.id)
    ).all()
    version = None
    if all(answer == ACCEPTED for answer in answers):
        version = _carry_out(session, now, proposal, actor)
        _end(session, proposal, AGREED)
        move_claim(session, claim, (PROPOSED,), AGREED, decided_at=now)
        _tell(session, now, proposal, N_("All have agreed: {number} is credited as proposed."))
    elif not accept:
        _end(session, proposal, DECLINED)
    log_claim(
        session,
        "answer_proposal",
        actor,
        now,
        claim,
        reason=said,
        proposal=proposal.public_id,
        answer=own.answer,
        **_written(version),
    )


def decide_claim(
    session: Session,
    actor: Actor,
    now: datetime,
    claim: CreditClaim,
    *,
    grant: bool,
    reason: str,
    today: date,
) -> None:
    """Decide for HR on a claim that those concerned do not agree on, with a reason.

    ``grant`` carries out what was proposed; otherwise the record stays as it is. Before somebody
    has declined, or the day to answer by has passed, what was proposed is not decided on.
    """
    _allow_deciding(session, actor, claim)
    said = reason_given(reason)
    proposal = _proposal_to_decide(claim, grant)
    after = DECIDED if grant else REJECTED
    version = None
    if proposal is not None:
        _refuse_concerned(actor, proposal)
        _require_answered(session, proposal, today)
        _take_turn(session, proposal)
        if grant:
            version = _carry_out(session, now, proposal, actor)
        _end(session, proposal, after)
    by = {"decided_by": actor.account_id, "decided_at": now, "decision": said}
    move_claim(session, claim, (OPEN, PROPOSED), after, **by)
    if proposal is not None:
        _tell(session, now, proposal, N_("HR has decided whose {number} is."))
    _tell_claimant(session, now, claim)
    log_claim(
        session,
        "decide_claim",
        actor,
        now,
        claim,
        reason=said,
        granted=grant,
        **_written(version),
    )


def _allow_deciding(session: Session, actor: Actor, claim: CreditClaim) -> None:
    allow(actor, "decide_claim")
    refuse_own(actor, claim)
    if claim.person_id is not None:
        allow_person(session, actor, "decide_claim", claim.person_id)
    else:
        refuse_unreached(session, actor, claim, "decide_claim")


def _proposal_to_decide(claim: CreditClaim, grant: bool) -> CreditProposal | None:
    """Return what is proposed for a claim and stands; what is granted must be."""
    proposal = next((each for each in claim.proposals if each.state in ("open", DECLINED)), None)
    if proposal is None and grant:
        raise refuse(
            "claims.nothing_proposed",
            N_("Nothing is proposed for this claim."),
            N_("Propose the credit lines first, so that those concerned can answer."),
            kind=Kind.CONFLICT,
        )
    return proposal


def _take_turn(session: Session, proposal: CreditProposal) -> None:
    """Hold the proposal until the commit; refuse with ``CONFLICT`` one that no longer stands."""
    stands = (
        update(CreditProposal)
        .where(CreditProposal.id == proposal.id, CreditProposal.state.in_(("open", DECLINED)))
        .values(version=CreditProposal.version + 1)
    )
    if not change_if(session, stands):
        session.refresh(proposal)
        raise refuse(
            "claims.not_standing",
            N_("This proposal no longer stands."),
            N_("Look at the claim as it is now: it was settled or replaced meanwhile."),
            kind=Kind.CONFLICT,
        )
    session.refresh(proposal)
    session.refresh(proposal.claim)


def _answer(
    session: Session,
    actor: Actor,
    now: datetime,
    own: CreditAnswer,
    answer: str,
    reason: str | None,
) -> None:
    first = change_if(
        session,
        update(CreditAnswer)
        .where(CreditAnswer.id == own.id, CreditAnswer.answer.is_(None))
        .values(answer=answer, reason=reason, account_id=actor.account_id, answered_at=now),
    )
    session.refresh(own)
    if not first:
        raise refuse(
            "claims.answered",
            N_("You have answered this proposal already."),
            N_("Ask for another proposal if you have changed your mind."),
            kind=Kind.CONFLICT,
        )


def _carry_out(
    session: Session, now: datetime, proposal: CreditProposal, actor: Actor
) -> RecordVersion:
    """Write the record with the proposed lines, unless its credits have changed since."""
    claim = proposal.claim
    assert claim.record is not None, "nothing is proposed for a claim without its record"
    session.refresh(claim.record)
    standing = standing_of(session, claim.record)
    if standing.version.id != proposal.version_id and not _same_credits(
        session, proposal, standing.version.id
    ):
        raise refuse(
            "claims.record_changed",
            N_("The credits of {code} have changed since this was proposed."),
            N_("Have it proposed anew, on the record as it is now."),
            kind=Kind.CONFLICT,
            code=claim.record.code,
        )
    entry = entry_of(now, AGREED_SOURCE, actor.account_id, state="running")
    claim_import(session, entry)
    version = write_version(session, entry, standing, credits=from_kept(proposal.lines))
    entry.state = "done"
    entry.counts = {claim.record.kind: {"new": 0, "corrected": 1, "unchanged": 0}}
    session.flush()
    return version


def _same_credits(session: Session, proposal: CreditProposal, version_id: int) -> bool:
    before = session.get_one(RecordVersion, proposal.version_id)
    after = session.get_one(RecordVersion, version_id)
    lines = [
        sorted((line.person_id, line.role, line.share, line.since) for line in version.credits)
        for version in (before, after)
    ]
    return lines[0] == lines[1]


def _end(session: Session, proposal: CreditProposal, state: str) -> None:
    proposal.state = state
    session.flush()


def _refuse_concerned(actor: Actor, proposal: CreditProposal) -> None:
    mine = {actor.person_id, actor.own_person_id} - {None}
    if mine & {each.person_id for each in proposal.concerned}:
        raise denied("decide_claim")


def _require_answered(session: Session, proposal: CreditProposal, today: date) -> None:
    """Refuse to decide while those concerned may still agree by themselves."""
    if proposal.state == DECLINED or today > proposal.answer_by:
        return
    silent = [each for each in proposal.concerned if each.answer is None]
    able = set(
        session.scalars(
            select(Account.person_id).where(
                Account.person_id.in_([each.person_id for each in silent]), Account.active.is_(True)
            )
        )
    )
    if able:
        raise refuse(
            "claims.may_still_agree",
            N_("Nobody has declined, and {people} may still answer until {day}."),
            N_("Decide after that day, or when somebody has declined."),
            kind=Kind.CONFLICT,
            people=", ".join(each.person.code for each in silent if each.person_id in able),
            day=proposal.answer_by.isoformat(),
        )


def _tell(session: Session, now: datetime, proposal: CreditProposal, message: str) -> None:
    claim = proposal.claim
    for each in proposal.concerned:
        notify(
            session,
            now,
            each.person_id,
            f"credit-settled/{proposal.public_id}",
            message,
            link=f"/claims/{claim.public_id}",
            number=claim.contract,
        )


def _tell_claimant(session: Session, now: datetime, claim: CreditClaim) -> None:
    if claim.person_id is not None:
        notify(
            session,
            now,
            claim.person_id,
            f"claim-decided/{claim.public_id}",
            N_("HR has decided on your claim of {number}."),
            link=f"/claims/{claim.public_id}",
            number=claim.contract,
        )


def _written(version: RecordVersion | None) -> dict[str, object]:
    return {} if version is None else {"version": version.digest}
