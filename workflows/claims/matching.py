"""Claims that waited for a record with their contract number, matched when one is imported."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_
from workflows.claims.states import OPEN, WAITING
from workflows.claims.tables import CreditClaim
from workflows.notices.operations import notify
from workflows.sources.contracts import brought_with
from workflows.sources.tables import Record


def match_claims(session: Session, now: datetime, import_id: int) -> list[str]:
    """Match waiting claims with what an import brought; return those matched, as the log has them.

    Part of the import's own transaction; whoever made the claim is told.
    """
    waiting = session.scalars(
        select(CreditClaim)
        .where(CreditClaim.state == WAITING)
        .options(joinedload(CreditClaim.review))
        .order_by(CreditClaim.id)
    ).all()
    if not waiting:
        return []
    kinds = set(session.scalars(select(Record.kind).distinct()))
    found = brought_with(session, import_id, {claim.contract for claim in waiting}, kinds)
    matched = []
    for claim in waiting:
        record = found.get(claim.contract)
        if record is not None and _match(session, claim, record):
            matched.append(claim.public_id)
            _tell(session, now, claim)
    return matched


def _match(session: Session, claim: CreditClaim, record: Record) -> bool:
    result = session.execute(
        update(CreditClaim)
        .where(CreditClaim.id == claim.id, CreditClaim.state == WAITING)
        .values(state=OPEN, record_id=record.id, version=CreditClaim.version + 1)
    )
    session.refresh(claim)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count


def _tell(session: Session, now: datetime, claim: CreditClaim) -> None:
    if claim.person_id is None:
        return
    notify(
        session,
        now,
        claim.person_id,
        f"claim-matched/{claim.public_id}",
        N_("A record with the number {number}, which you claimed, has arrived."),
        link=f"/claims/{claim.public_id}",
        number=claim.contract,
    )
