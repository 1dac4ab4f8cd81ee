"""Proposals that wait for an answer, and claims that wait for somebody to propose or decide."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may
from workflows.claims.reading import to_propose
from workflows.claims.tables import CreditAnswer, CreditClaim, CreditProposal
from workflows.tasks.task import Task


def claim_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return the proposals that the actor has to answer, and the claims that they handle."""
    return [*_to_answer(session, actor), *_to_handle(session, actor)]


def _to_answer(session: Session, actor: Actor) -> list[Task]:
    if actor.oneself is None or not may(actor, "answer_proposal"):
        return []
    rows = session.scalars(
        select(CreditProposal)
        .join(CreditAnswer, CreditAnswer.proposal_id == CreditProposal.id)
        .where(CreditProposal.state.in_(("open", "declined")))
        .where(CreditAnswer.person_id == actor.oneself, CreditAnswer.answer.is_(None))
        .options(joinedload(CreditProposal.claim))
    )
    return [
        Task(
            N_("Answer whose {number} is"),
            f"/claims/{each.claim.public_id}",
            each.proposed_at,
            params={"number": each.claim.contract},
        )
        for each in rows
    ]


def _to_handle(session: Session, actor: Actor) -> list[Task]:
    if not may(actor, "propose_credits"):
        return []
    own = {actor.person_id, actor.own_person_id} - {None}
    claims = session.scalars(
        to_propose(actor).options(joinedload(CreditClaim.proposals)).order_by(CreditClaim.id)
    ).unique()
    return [
        Task(
            message,
            f"/claims/{claim.public_id}",
            claim.opened_at,
            params={"number": claim.contract},
        )
        for claim in claims
        if claim.person_id not in own and (message := _handling(actor, claim))
    ]


def _handling(actor: Actor, claim: CreditClaim) -> str | None:
    """Say what a claim waits for that the actor can do; nothing while others are to answer."""
    if claim.state == "open":
        return N_("Propose whose {number} is")
    declined = any(each.state == "declined" for each in claim.proposals)
    return N_("Decide whose {number} is") if declined and may(actor, "decide_claim") else None
