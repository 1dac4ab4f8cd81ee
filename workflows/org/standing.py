"""A person's standing: read from the tables, and written back with the entry that says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.contradictions import Life, require_sound
from workflows.org.dated import Away, Place, Standing
from workflows.org.tables import Absence, Membership, OrgEntry, Person, Unit

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """What is entered: the kind of change, the day from which it counts, and why.

    Kinds: ``join``, ``move``, ``leave``, ``absence``, ``return``, ``correction``.
    """

    kind: str
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a person is called, and their post 岗位 and rank 职级."""

    name: str
    post: str | None
    rank: str | None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "post": self.post, "rank": self.rank}


def named(person: Person) -> Named:
    return Named(person.name, person.post, person.rank)


def lives_of(session: Session) -> dict[str, Life]:
    """Return from when to when each unit, by code, is there."""
    rows = session.execute(select(Unit.code, Unit.valid_from, Unit.valid_to))
    return {code: Life(since, until) for code, since, until in rows}


def standing_of(session: Session, person: Person) -> Standing:
    """Return where a person belongs, over all time."""
    return standings(session, [person])[person.id]


def standings(session: Session, people: list[Person]) -> dict[int, Standing]:
    """Return where each of ``people`` belongs, by id: two statements however many they are."""
    ids = [person.id for person in people]
    places: dict[int, list[Place]] = {each: [] for each in ids}
    absences: dict[int, list[Away]] = {each: [] for each in ids}
    rows = session.execute(
        select(Membership, Unit.code)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id.in_(ids))
        .order_by(Membership.valid_from, Unit.code, Membership.role)
    )
    for each, unit in rows:
        place = Place(unit, each.role, each.valid_from, each.valid_to, each.ratio)
        places[each.person_id].append(place)
    for leave in session.scalars(
        select(Absence).where(Absence.person_id.in_(ids)).order_by(Absence.valid_from)
    ):
        absences[leave.person_id].append(Away(leave.kind, leave.valid_from, leave.valid_to))
    return {
        person.id: Standing(tuple(places[person.id]), tuple(absences[person.id]), person.left_on)
        for person in people
    }


def rewrite(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    after: Standing,
    change: Change,
    *,
    seen: int | None = None,
    called: Named | None = None,
) -> None:
    """Have a person belong where ``after`` says; what was before stays in the history.

    ``seen`` is the person's version that the actor decided on. Raises ``KaohengError`` for every
    contradiction, a missing reason, and ``CONFLICT`` where somebody was first.
    """
    reason = enter(session, actor, now, person, after, change, seen=seen, called=called)
    append(
        session,
        action=f"{change.kind}_person",
        actor=actor,
        subject=Subject("person", person.public_id),
        at=now,
        details={"places": len(after.places)},
        # When somebody came, left or fell ill is theirs, as the reason is.
        personal={"day": change.day.isoformat(), "reason": reason},
    )


def enter(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    after: Standing,
    change: Change,
    *,
    seen: int | None = None,
    called: Named | None = None,
) -> str:
    """Do what ``rewrite`` does, but for the log; return the reason. Part of an import."""
    reason = require_reason(change.reason)
    before = standing_of(session, person)
    require_sound(person.code, after, lives_of(session))
    was = named(person)
    _claim(session, person, seen, after.left_on, called or was)
    _write_places(session, person, before, after)
    _write_absences(session, person, before, after)
    session.add(
        OrgEntry(
            kind=change.kind,
            person_id=person.id,
            day=change.day,
            reason=reason,
            before=was.as_json() | before.as_json(),
            after=(called or was).as_json() | after.as_json(),
            account_id=actor.account_id,
            entered_at=now,
        )
    )
    return reason


def require_reason(reason: str) -> str:
    """Return the reason without its margins; refuse one that is missing or far too long."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise refuse(
            "org.reason_needed",
            N_("A change of the organisation needs a reason."),
            N_("Say why, in at most 2,000 characters: it stays in the history."),
        )
    return said


def _claim(
    session: Session, person: Person, seen: int | None, left_on: date | None, called: Named
) -> None:
    version = person.version if seen is None else seen
    first = change_if(
        session,
        update(Person)
        .where(Person.id == person.id, Person.version == version)
        .values(version=version + 1, left_on=left_on, **called.as_json()),
    )
    session.refresh(person)
    if not first:
        raise refuse(
            "org.changed_meanwhile",
            N_("Where {person} belongs has been changed since you looked."),
            N_("Look at it as it is now, then decide again."),
            kind=Kind.CONFLICT,
            person=person.code,
        )


def _write_places(session: Session, person: Person, before: Standing, after: Standing) -> None:
    """Bring the memberships to ``after``; one that goes on keeps its row."""
    units = dict(session.execute(select(Unit.code, Unit.id)).all())
    kept = {_key(place): place for place in after.places}
    for place in before.places:
        of_place = (
            (Membership.person_id == person.id)
            & (Membership.unit_id == units[place.unit])
            & (Membership.role == place.role)
            & (Membership.valid_from == place.since)
        )
        now = kept.pop(_key(place), None)
        if now is None:
            session.execute(delete(Membership).where(of_place))
        elif now != place:
            changed = {"valid_to": now.until, "ratio": now.ratio}
            session.execute(update(Membership).where(of_place).values(changed))
    for place in kept.values():
        session.add(
            Membership(
                person_id=person.id,
                unit_id=units[place.unit],
                role=place.role,
                valid_from=place.since,
                valid_to=place.until,
                ratio=place.ratio,
            )
        )
    session.flush()


def _write_absences(session: Session, person: Person, before: Standing, after: Standing) -> None:
    if before.absences == after.absences:
        return
    session.execute(delete(Absence).where(Absence.person_id == person.id))
    session.add_all(
        Absence(person_id=person.id, kind=leave.kind, valid_from=leave.since, valid_to=leave.until)
        for leave in after.absences
    )
    session.flush()


def _key(place: Place) -> tuple[str, str, date]:
    return place.unit, place.role, place.since
