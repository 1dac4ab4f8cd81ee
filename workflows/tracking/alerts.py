"""Alerts 预警 by rule: looked for in live figures, and told once, or again when it got worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_
from engine.following import Held, alerts_of
from engine.model import Alert
from workflows.access.actors import SYSTEM
from workflows.access.policy import Role
from workflows.accounts.holders import holders_of
from workflows.accounts.tables import Account
from workflows.cycles.operations import policy_of
from workflows.cycles.pace import share_gone
from workflows.cycles.scored import live_facts
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.leading import manager_of
from workflows.reviews.tables import Review
from workflows.tracking.tables import AlertFired


def fire_alerts(session: Session, now: datetime, today: date) -> int:
    """Look for alerts in every open cycle that has begun; return how many were told."""
    cycles = session.scalars(
        select(Cycle)
        .where(Cycle.state == "open", Cycle.starts_on <= today)
        .order_by(Cycle.id)
        .options(joinedload(Cycle.policy_version))
    )
    return sum(fire_alerts_of(session, now, cycle, today) for cycle in cycles.all())


def fire_alerts_of(session: Session, now: datetime, cycle: Cycle, today: date) -> int:
    """Tell of the cycle's alerts that hold now and were not told, or got worse; return how many.

    Each is kept with the figures of this moment; owner, manager and HR are told as the policy
    says. It happens by itself: whoever imported has nothing to do with it.
    """
    policy = policy_of(cycle)
    if not policy.alerts:
        return 0
    gone = share_gone(cycle, today)
    held = alerts_of(policy, live_facts(session, cycle), gone)
    if not held:
        return 0
    reviews = _reviews(session, cycle)
    before = _told_before(session, cycle)
    fired = []
    for each in held:
        review = reviews[each.person]
        alert = next(alert for alert in policy.alerts if alert.code == each.code)
        last = before.get((review.id, alert.code))
        if _is_told(alert, each, last):
            fired.append(_fire(session, now, today, review, alert, each, gone, last))
    if fired:
        _log(session, now, cycle, fired)
    return len(fired)


def _is_told(alert: Alert, held: Held, last: AlertFired | None) -> bool:
    """Say whether an alert that holds is to be told: the first time, or when it got worse."""
    if last is None:
        return True
    if alert.often == "once" or alert.step is None:
        return False
    if held.gauge is None or last.gauge is None:
        return False
    return last.gauge - held.gauge >= alert.step


def _fire(
    session: Session,
    now: datetime,
    today: date,
    review: Review,
    alert: Alert,
    held: Held,
    gone: Decimal,
    last: AlertFired | None,
) -> AlertFired:
    name = {"zh": alert.name.zh, "en": alert.name.en}
    fired = AlertFired(
        review_id=review.id,
        review=review,
        code=alert.code,
        seq=1 if last is None else last.seq + 1,
        name=name,
        told=list(alert.to),
        gone=gone,
        gauge=held.gauge,
        figures={key: _plain(value) for key, value in held.figures.items()},
        fired_at=now,
    )
    session.add(fired)
    session.flush()
    for told, message in _whom(session, review, alert, today):
        notify(
            session,
            now,
            told,
            f"alert/{review.public_id}/{alert.code}/{fired.seq}",
            message,
            link=f"/reviews/{review.public_id}/tracking",
            tone="warn",
            alert=name,
            person=review.person.name,
            cycle=review.cycle.period,
        )
    return fired


def _whom(
    session: Session, review: Review, alert: Alert, today: date
) -> Iterator[tuple[int | Account, str]]:
    to_them = N_("{alert}: your figures of {cycle} need a look.")
    about_them = N_("{alert}: {person}, {cycle}.")
    if "owner" in alert.to:
        yield review.person_id, to_them
    if "manager" in alert.to:
        manager = manager_of(session, review.person_id, today)
        if manager is not None:
            yield manager.id, about_them
    if "hr" in alert.to:
        for account in holders_of(session, [Role.HR]):
            yield account, about_them


def _reviews(session: Session, cycle: Cycle) -> Mapping[str, Review]:
    rows = session.scalars(
        select(Review)
        .where(Review.cycle_id == cycle.id)
        .options(joinedload(Review.person), joinedload(Review.cycle))
    )
    return {review.person.code: review for review in rows}


def _told_before(session: Session, cycle: Cycle) -> dict[tuple[int, str], AlertFired]:
    """Return the last time that each alert was told of each review."""
    rows = session.scalars(
        select(AlertFired)
        .join(Review, Review.id == AlertFired.review_id)
        .where(Review.cycle_id == cycle.id)
        .order_by(AlertFired.seq)
    )
    return {(each.review_id, each.code): each for each in rows}


def _log(session: Session, now: datetime, cycle: Cycle, fired: Sequence[AlertFired]) -> None:
    append(
        session,
        action="fire_alerts",
        actor=SYSTEM,
        subject=Subject("cycle", cycle.code),
        at=now,
        details={
            "alerts": [
                {"review": each.review.public_id, "alert": each.code, "seq": each.seq}
                for each in fired
            ]
        },
    )


def _plain(value: object) -> object:
    """Return a figure as it is kept: a decimal as text without its trailing zeros."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
