"""A draft brought into force in a test: handed in, approved where money moves, published."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.base.settings import EITHER
from workflows.publishing.approving import (
    approvals_of,
    approve_submission,
    publish_submission,
)
from workflows.publishing.submitting import submit_draft
from workflows.publishing.tables import Submission
from workflows.rulebook.tables import PolicyDraft, Publication

# Before any period that the tests' policies have figures for.
EARLY = date(2017, 1, 1)


def submit(
    session: Session,
    by: Actor,
    now: datetime,
    draft: PolicyDraft,
    *,
    reason: str = "why",
    since: date = EARLY,
) -> Submission:
    """Hand a draft in on the day before it is to be in force."""
    return submit_draft(
        session,
        by,
        now,
        draft,
        seen=draft.seq,
        today=since - timedelta(days=1),
        reason=reason,
        effective_on=since,
    )


def bring_into_force(
    session: Session,
    by: Actor,
    now: datetime,
    draft: PolicyDraft,
    *,
    approver: Actor,
    reason: str = "why",
    since: date = EARLY,
) -> Publication:
    """Take a draft all the way: ``by`` hands it in and publishes, ``approver`` approves."""
    handed_in = submit(session, by, now, draft, reason=reason, since=since)
    if approvals_of(session, handed_in, EITHER).missing:
        approve_submission(session, approver, now, handed_in, seen=handed_in.version)
    return publish_submission(
        session,
        by,
        now,
        handed_in,
        seen=handed_in.version,
        today=since - timedelta(days=1),
    )
