"""What waits for a manager who moves or leaves passes on: to a successor, or else further up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError
from engine.errors import Place as At
from workflows.access.actors import Actor
from workflows.notices.operations import notify
from workflows.org.dated import MANAGER, Place, Standing, joined
from workflows.org.leading import Leading, holds_on
from workflows.org.standing import Change, rewrite, standing_of
from workflows.org.tables import Membership, Person, Unit
from workflows.org.tree import below_on


def pass_on(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    before: Standing,
    after: Standing,
    change: Change,
    successor: Person | None,
) -> None:
    """Pass on the units that a person manages no longer; part of their moving or leaving.

    The successor manages them from the day of the change; without one they are the next
    superior's, who is told. Refuses what would be nobody's while somebody is in it.
    """
    units = _given_up(before, after, change.day)
    if not units:
        return
    if successor is not None:
        _succeed(session, actor, now, units, successor, change)
    session.flush()
    leading = Leading(session, change.day)
    ids = dict(session.execute(select(Unit.code, Unit.id).where(Unit.code.in_(units))).all())
    leaders = {code: leading.manager_of(ids[code], person.id) for code in units}
    orphans = [code for code in units if leaders[code] is None]
    if faults := list(_nobodys(session, person, orphans, ids, change.day)):
        raise KaohengError(faults)
    for code, leader in leaders.items():
        if leader is not None:
            notify(
                session,
                now,
                leader,
                f"org.passes/{person.public_id}/{code}/{change.day.isoformat()}",
                N_("What waits for {person} in {unit} is yours from {day} on."),
                link="/",
                person=person.name,
                unit=code,
                day=change.day.isoformat(),
            )


def _given_up(before: Standing, after: Standing, day: date) -> list[str]:
    def managed(standing: Standing) -> set[str]:
        return {place.unit for place in standing.places_on(day) if place.role == MANAGER}

    return sorted(managed(before) - managed(after))


def _succeed(
    session: Session,
    actor: Actor,
    now: datetime,
    units: Iterable[str],
    successor: Person,
    change: Change,
) -> None:
    standing = standing_of(session, successor)
    for code in units:
        if not any(each.unit == code for each in standing.places_on(change.day)):
            standing = joined(standing, Place(code, MANAGER, change.day))
    rewrite(session, actor, now, successor, standing, Change("join", change.day, change.reason))


def _nobodys(
    session: Session, person: Person, units: list[str], ids: dict[str, int], day: date
) -> Iterable[Fault]:
    """Give a fault for each unit that nobody would lead though somebody is in it."""
    for code in units:
        below = below_on(select(Unit.id).where(Unit.id == ids[code]), day)
        led = (
            select(Membership.id)
            .where(
                Membership.unit_id.in_(select(below.c.id)),
                Membership.person_id != person.id,
                holds_on(day),
            )
            .limit(1)
        )
        if session.scalar(led) is not None:
            yield Fault(
                "org.nobody_takes_over",
                N_("From {day} on nobody would lead {unit}, nor any unit above it."),
                N_("Name who takes over from {person}."),
                {"day": day.isoformat(), "unit": code, "person": person.code},
                At(path="successor"),
            )
