"""What the log says of a claim: nobody's words, and nobody's name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.claims.tables import CreditClaim
from workflows.log.append import append
from workflows.log.leaf import Subject


def log_claim(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    claim: CreditClaim,
    *,
    reason: str | None = None,
    **details: object,
) -> None:
    """Append an entry about a claim; ``reason`` is kept as a personal value of its person."""
    whose = claim.person.public_id if claim.person else None
    record = {"kind": claim.record.kind, "record": claim.record.code} if claim.record else {}
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("claim", claim.public_id),
        at=now,
        details={"state": claim.state, "contract": claim.contract, **record, **details},
        personal={"reason": reason} if reason else {},
        person=whose,
    )
