"""Telling everybody concerned: of a publication, before its period begins, and of an open cycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import periods
from engine.canonical import from_canonical
from engine.errors import KaohengError
from engine.model import Policy
from engine.periods import Period, PeriodKind
from workflows.access.actors import CONSOLE, Actor
from workflows.accounts.tables import Account
from workflows.agreements.delivery import deliver, occasion_of
from workflows.cycles.population import Member, population
from workflows.cycles.tables import Cycle
from workflows.goals.targets import planned_targets
from workflows.publishing.days import first_governed
from workflows.reviews.tables import Review
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.tables import PolicyVersion, Publication
from workflows.targets.operations import targets_of_people, targets_to_be

# How many periods ahead are looked through for one without a cycle of its own.
_AHEAD = 12


def announce(session: Session, now: datetime, publication: Publication, today: date) -> int:
    """Give everybody in the first period that a publication governs their copy; return how many.

    Part of publishing. Targets are those that the cascade gives as things stand, or to follow.
    What governs no period without a cycle yet, and what appraises nobody, has no copies.
    """
    version = publication.version
    policy = from_canonical(version.canonical)
    period = first_period(session, publication, policy, today)
    if period is None or not policy.kpis:
        return 0
    members = population(session, policy, period)
    return deliver(
        session,
        _publisher(session, publication),
        now,
        version,
        occasion_of(version, period, publication.effective_on, publication.published_at),
        members,
        _targets_to_be(session, policy, period, members),
    )


def announce_cycle(session: Session, actor: Actor, now: datetime, cycle: Cycle) -> int:
    """Give everybody with a review in a cycle their copy, with their own targets.

    Part of opening a cycle, and of moving one to another version. Who has a copy that says the
    same keeps it.
    """
    version = cycle.policy_version
    if not from_canonical(version.canonical).kpis:
        return 0
    reviews = session.scalars(select(Review).where(Review.cycle_id == cycle.id))
    members = [Member(each.person, each.team) for each in reviews if each.team is not None]
    published = _publication(session, version, cycle.starts_on)
    return deliver(
        session,
        actor.public_id,
        now,
        version,
        occasion_of(
            version,
            periods.parse(cycle.period),
            published.effective_on if published else None,
            published.published_at if published else version.published_at,
        ),
        members,
        targets_of_people(session, cycle),
        cycle,
    )


def first_period(
    session: Session, publication: Publication, policy: Policy, today: date
) -> Period | None:
    """Return the first period that is not over, begins under the publication and has no cycle.

    A cycle keeps the version that it was opened with, so a publication says nothing about it.
    """
    kind = PeriodKind(policy.period)
    period = periods.containing(today, kind)
    since = publication.effective_on
    if since is not None:
        period = max(period, first_governed(policy, since))
    for _ in range(_AHEAD):
        if not _has_cycle(session, policy, period):
            rules = version_in_force(session, policy.policy, period.start)
            return period if rules is not None and rules.id == publication.version_id else None
        period = period.next
    return None


def _targets_to_be(
    session: Session, policy: Policy, period: Period, members: list[Member]
) -> dict[int, dict[str, Decimal]]:
    """Return the targets that opening a cycle now would give; what cannot be shared out is out."""
    planned = planned_targets(session, policy, period, members)
    given = tuple(
        rule
        for rule in policy.targets
        if rule.code in planned or period.label in dict(rule.company)
    )
    opened_now = Cycle(period=period.label, starts_on=period.start, ends_on=period.end)
    try:
        return targets_to_be(session, opened_now, replace(policy, targets=given), members)
    except KaohengError:  # an organisation without a single top: targets are to follow
        return {}


def _has_cycle(session: Session, policy: Policy, period: Period) -> bool:
    code = f"{policy.policy}@{period.label}"
    return session.scalar(select(Cycle.id).where(Cycle.code == code)) is not None


def _publication(session: Session, version: PolicyVersion, on: date) -> Publication | None:
    """Return the publication by which a version ruled on a day: the newest that had begun."""
    return session.scalar(
        select(Publication)
        .where(
            Publication.version_id == version.id,
            Publication.effective_on.is_(None) | (Publication.effective_on <= on),
        )
        .order_by(Publication.id.desc())
        .limit(1)
    )


def _publisher(session: Session, publication: Publication) -> str:
    account = session.get(Account, publication.publisher_id) if publication.publisher_id else None
    return account.public_id if account else CONSOLE.public_id
