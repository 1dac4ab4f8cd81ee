"""What was agreed with people stays agreed in a new version while their figures stay."""

from __future__ import annotations

import uuid

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workflows.goals.tables import GoalOffer, GoalVersion


def keep_offers(session: Session, old: GoalVersion, new: GoalVersion) -> None:
    """Copy the offers of a version to the one that begins as its copy. Their steps stay behind."""
    rows = [
        {
            "public_id": uuid.uuid4().hex,
            "version_id": new.id,
            "goal_id": each.goal_id,
            "person_id": each.person_id,
            "state": each.state,
            "amounts": each.amounts,
            "countered": each.countered,
            "settler_id": each.settler_id,
            "since": each.since,
        }
        for each in session.scalars(select(GoalOffer).where(GoalOffer.version_id == old.id))
    ]
    if rows:
        session.execute(insert(GoalOffer), rows)
