"""What a rule only proposes, such as discipline: a person decides, with a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.grants import Grant
from engine.model import Bilingual
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, people
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.cycles.tables import Cycle
from workflows.incentives.operations import entry_of
from workflows.incentives.tables import Proposal
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.tables import Person
from workflows.reviews.tables import Review

ACCEPTED, DECLINED = "accepted", "declined"


def decide_proposal(
    session: Session,
    actor: Actor,
    now: datetime,
    proposal: Proposal,
    *,
    accept: bool,
    reason: str,
) -> None:
    """Accept a proposal, which enters it in the ledger, or decline it.

    Raises ``KaohengError``: ``DENIED`` for somebody whose role may not, and for the person
    whom it is about; ``INVALID`` without a reason; ``CONFLICT`` where it is decided already.
    """
    review = proposal.review
    allow_person(session, actor, "decide_proposal", review.person_id)
    if not reason.strip():
        raise refuse(
            "proposals.reason_needed",
            N_("A decision on a proposal needs a reason."),
            N_("Say why: the reason stays with the decision."),
        )
    state = ACCEPTED if accept else DECLINED
    _decide(session, proposal, state=state, decided_by=actor.account_id, decided_at=now, why=reason)
    if accept:
        text = Bilingual(**proposal.text)
        grant = Grant(review.person.code, proposal.kind, None, None, proposal.rule, text)
        detail: dict[str, object] = {"proposal": proposal.id}
        session.add(entry_of(now, review, grant, proposal.seq, detail))
    append(
        session,
        action="decide_proposal",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"rule": proposal.rule, "kind": proposal.kind, "decision": state},
        personal={"reason": reason},
        person=review.person.public_id,
    )


def find_proposal(session: Session, number: int) -> Proposal:
    """Return the proposal with this number; refuse with ``MISSING``."""
    proposal = session.get(Proposal, number)
    if proposal is None:
        raise refuse(
            "proposals.unknown",
            N_("There is no proposal {number}."),
            N_("See them with `kaoheng proposals list <cycle>`."),
            kind=Kind.MISSING,
            number=number,
        )
    return proposal


def proposal_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return the cycle's proposals about those whom the actor reaches, in the order made."""
    allow(actor, "list_proposals")
    found = session.scalars(
        select(Proposal)
        .join(Proposal.review)
        .join(Person, Person.id == Review.person_id)
        .where(Review.cycle_id == cycle.id, people(actor, "list_proposals"))
        .order_by(Proposal.id)
    )
    return [
        {
            "proposal": each.id,
            "person": each.review.person.code,
            "kind": each.kind,
            "rule": each.rule,
            "state": each.state,
            "reason": each.reason,
            "decided_at": each.decided_at,
        }
        for each in found
    ]


def _decide(
    session: Session,
    proposal: Proposal,
    *,
    state: str,
    decided_by: int | None,
    decided_at: datetime,
    why: str,
) -> None:
    decided = change_if(
        session,
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == "open")
        .values(state=state, decided_by=decided_by, decided_at=decided_at, reason=why),
    )
    session.refresh(proposal)
    if not decided:
        raise refuse(
            "proposals.decided_already",
            N_("The proposal {number} is {state} already."),
            N_("Look at it again: somebody was first."),
            kind=Kind.CONFLICT,
            number=proposal.id,
            state=state_named("proposals", proposal.state),
        )
