"""What HR enters of a person: joining, moving, leaving, long leave and the return from it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.org.dated import MEMBER, WHOLE, Away, Place, away, joined, left, moved
from workflows.org.leavers import end_accounts
from workflows.org.standing import Change, rewrite, standing_of
from workflows.org.successors import pass_on
from workflows.org.tables import Person


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is not in the organisation yet: their code 工号, name, post and rank."""

    code: str
    name: str
    post: str | None = None
    rank: str | None = None


def add_person(session: Session, actor: Actor, newcomer: Newcomer) -> Person:
    """Add somebody who is not there yet; part of joining. CONFLICT for a code that is taken."""
    allow_everywhere(actor, "change_organisation")
    code, name = newcomer.code.strip(), newcomer.name.strip()
    if not code or not name or len(code) > 64 or len(name) > 200:
        raise refuse(
            "org.unnamed",
            N_("Somebody who joins needs a code (工号) and a name."),
            N_("Fill in both; a code has at most 64 characters."),
        )
    if session.scalar(select(Person.id).where(Person.code == code)) is not None:
        raise refuse(
            "org.code_taken",
            N_("There is already somebody with the code {code}."),
            N_("Choose another code, or enter the move on that person's page."),
            kind=Kind.CONFLICT,
            code=code,
        )
    person = Person(
        code=code,
        name=name,
        public_id=uuid.uuid4().hex,
        post=(newcomer.post or "").strip() or None,
        rank=(newcomer.rank or "").strip() or None,
    )
    session.add(person)
    session.flush()
    return person


def join_unit(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    *,
    unit: str,
    day: date,
    reason: str,
    role: str = MEMBER,
    ratio: Decimal = WHOLE,
    seen: int | None = None,
) -> None:
    """Have a person belong to a unit from ``day`` on, beside the units that they are in.

    Raises ``KaohengError`` for every contradiction: too much of their time, twice in the unit,
    before the unit is there.
    """
    allow_everywhere(actor, "change_organisation")
    after = joined(standing_of(session, person), Place(unit, role, day, None, ratio))
    rewrite(session, actor, now, person, after, Change("join", day, reason), seen=seen)


def move_person(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    *,
    unit: str,
    day: date,
    reason: str,
    role: str = MEMBER,
    ratio: Decimal = WHOLE,
    leaving: str | None = None,
    successor: Person | None = None,
    seen: int | None = None,
) -> None:
    """Move a person to ``unit`` on ``day``: out of the unit ``leaving``, or of all they are in.

    What waits for a manager in a unit that they leave passes to ``successor``, who manages it
    from that day, or else to whoever manages the next unit above; where there is nobody, it is
    refused until a successor is named.
    """
    allow_everywhere(actor, "change_organisation")
    before = standing_of(session, person)
    there = {place.unit for place in before.places_on(day)}
    gone = there if leaving is None else there & {leaving}
    if not gone:
        raise refuse(
            "org.not_there",
            N_("{person} is in no unit to move from on {day}."),
            N_("Enter a joining instead, or correct the day or the unit that is left."),
            person=person.code,
            day=day.isoformat(),
        )
    after = moved(before, Place(unit, role, day, None, ratio), gone)
    change = Change("move", day, reason)
    rewrite(session, actor, now, person, after, change, seen=seen)
    pass_on(session, actor, now, person, before, after, change, successor)


def leave_person(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    *,
    last_day: date,
    reason: str,
    timezone: ZoneInfo,
    successor: Person | None = None,
    seen: int | None = None,
) -> None:
    """Have a person leave after ``last_day``: places, leaves and accounts end with it.

    Their reviews go on, and are settled for what they earned. What waits for them passes on as
    in ``move_person``. An administrator's account stays: only an administrator ends it.
    """
    allow_everywhere(actor, "change_organisation")
    day = last_day + timedelta(days=1)
    before = standing_of(session, person)
    if before.left_on is None and not before.places_on(last_day):
        raise refuse(
            "org.not_there_to_leave",
            N_("{person} is in no unit on {day}, so cannot leave then."),
            N_("Give the last day on which they were there."),
            person=person.code,
            day=last_day.isoformat(),
        )
    after = left(replace(before, left_on=None), day)
    change = Change("leave", day, reason)
    rewrite(session, actor, now, person, after, change, seen=seen)
    pass_on(session, actor, now, person, before, after, change, successor)
    end_accounts(session, actor, now, person, day, timezone)


def set_absence(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    *,
    kind: str,
    first_day: date,
    last_day: date | None,
    reason: str,
    seen: int | None = None,
) -> None:
    """Enter a long leave (产假, 病假, …); without a last day it is open until the return."""
    allow_everywhere(actor, "change_organisation")
    until = last_day + timedelta(days=1) if last_day else None
    after = away(standing_of(session, person), Away(kind, first_day, until))
    rewrite(session, actor, now, person, after, Change("absence", first_day, reason), seen=seen)


def end_absence(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    *,
    day: date,
    reason: str,
    seen: int | None = None,
) -> None:
    """Enter that a person is back from ``day`` on, earlier or later than was said."""
    allow_everywhere(actor, "change_organisation")
    before = standing_of(session, person)
    begun = [leave for leave in before.absences if leave.since < day]
    if not begun:
        raise refuse(
            "org.not_away",
            N_("{person} is on no leave that began before {day}."),
            N_("Correct the day of the return."),
            person=person.code,
            day=day.isoformat(),
        )
    after = away(before, replace(begun[-1], until=day))
    rewrite(session, actor, now, person, after, Change("return", day, reason), seen=seen)


def find_person(session: Session, code: str) -> Person:
    """Return the person with this code; refuse with ``MISSING``."""
    person = session.scalar(select(Person).where(Person.code == code))
    if person is None:
        raise _unknown(code)
    return person


def find_successor(session: Session, code: str | None) -> Person | None:
    """Return whom a form names as the successor, or None where it names nobody."""
    return find_person(session, code.strip()) if code and code.strip() else None


def _unknown(code: str) -> KaohengError:
    return refuse(
        "org.unknown_person",
        N_("There is nobody with the code {code!r} in the organisation."),
        N_("Import the organisation first, or check the code with `kaoheng org list`."),
        kind=Kind.MISSING,
        code=code,
    )
