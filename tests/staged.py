"""A policy with deadlines over the tests' small company, for what happens in its stages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest
from engine.model import Policy
from engine.policies import load
from tests.played import Played
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle
from workflows.cycles.tables import Cycle
from workflows.library.templates import template_of
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyRow, PolicyVersion, Publication

CODE = "monthly-sales"
PERIOD = "2017-11"
CYCLE = f"{CODE}@{PERIOD}"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """Return a moment by the organisation's clock: ``2017-12-01 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def monthly(*changes: tuple[str, str]) -> Policy:
    """Return the library's monthly policy for a month of the tests' deals, changed in its text."""
    text = template_of(CODE).written.replace("period: quarter", "period: month")
    text = text.replace("2026-Q1: 12_000_000, 2026-Q2: 12_000_000", "2017-11: 500_000")
    text = text.replace(", 2026-Q3: 12_000_000, 2026-Q4: 12_000_000", "")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return load(text, "policy.yaml")


def add_policy(session: Session, policy: Policy, seq: int = 1) -> PolicyVersion:
    """Publish a version of the policy that has always been in force."""
    row = session.scalar(sa.select(PolicyRow).where(PolicyRow.code == policy.policy))
    version = PolicyVersion(
        policy=row or PolicyRow(code=policy.policy, name={"zh": "月度", "en": "Monthly"}),
        seq=seq,
        digest=digest(policy),
        text="",
        text_sha256="e2" * 32,
        canonical=canonical_text(policy),
        state="published",
        created_at=datetime(2017, 1, 1, tzinfo=UTC),
    )
    session.add(version)
    session.flush()
    return version


def opened(game: Played, at: datetime, *changes: tuple[str, str]) -> Played:
    """Publish the monthly policy and open its cycle ``at`` a moment."""
    with game.database.write() as session:
        version = add_policy(session, monthly(*changes))
        _in_force(session, version)
        open_cycle(session, game.actors[Role.HR], at, policy_code=CODE, period_label=PERIOD)
    return game


def locked(game: Played, at: datetime) -> Played:
    with game.database.write() as session:
        lock_cycle(session, game.actors[Role.HR], at, find_cycle(session, CYCLE))
    return game


def review_of(session: Session, person: str) -> Review:
    cycle = session.scalars(sa.select(Cycle).where(Cycle.code == CYCLE)).one()
    found = sa.select(Review).join(Review.person).where(Review.cycle_id == cycle.id)
    return next(each for each in session.scalars(found) if each.person.code == person)


def _in_force(session: Session, version: PolicyVersion) -> None:
    session.add(
        Publication(
            policy_id=version.policy_id,
            version_id=version.id,
            published_at=datetime(2017, 1, 1, tzinfo=UTC),
            reason="-",
            is_retroactive=False,
        )
    )
    session.flush()
