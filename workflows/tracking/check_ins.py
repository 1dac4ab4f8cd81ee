"""Planning a check-in, holding it, and calling it off."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, denied
from workflows.access.units import units
from workflows.base.conditional import change_if
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.leading import holds_on
from workflows.org.tables import Membership, Person, Unit
from workflows.reviews.tables import Review
from workflows.tracking.agenda import agenda_of
from workflows.tracking.tables import Carried, CheckIn, Undertaking
from workflows.tracking.texts import day_faults, text_faults
from workflows.tracking.undertakings import (
    OPEN,
    NewMeasure,
    add_measures,
    close_measure,
    ending_faults,
    measure_faults,
    open_measures,
)

RHYTHMS = ("weekly", "monthly", "once")
PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Notes:
    """What was said: a summary always, and with problems also praise and advice."""

    summary: str
    praise: str = ""
    problems: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of an open measure: ``open`` (carried forward), ``done`` or ``dropped``."""

    state: str
    said: str = ""


def plan_check_in(
    session: Session,
    actor: Actor,
    now: datetime,
    about: Review | Unit,
    cycle: Cycle,
    *,
    rhythm: str,
    planned_on: date | None,
    today: date,
) -> CheckIn:
    """Plan a one-to-one about a review, or a meeting of a unit, of ``cycle`` for a day.

    Raises ``KaohengError``: ``DENIED`` for somebody who does not lead them; ``CONFLICT`` where
    one is planned already.
    """
    _allow(session, actor, about)
    faults = _rhythm_faults(rhythm)
    if planned_on is None or planned_on < today:
        faults += day_faults("planned_on", None, N_("The day is missing, or has passed."))
    if faults:
        raise KaohengError(faults)
    assert planned_on is not None, "a missing day is a fault"
    _refuse_second(session, about, cycle)
    check_in = _planned(session, actor, now, about, cycle, rhythm, planned_on)
    _log(session, "plan_check_in", actor, now, check_in, planned_on=planned_on.isoformat())
    return check_in


def hold_check_in(
    session: Session,
    actor: Actor,
    now: datetime,
    check_in: CheckIn,
    notes: Notes,
    endings: Mapping[str, Ending],
    new: Sequence[NewMeasure],
    *,
    held_on: date | None,
    today: date,
) -> None:
    """Record a check-in as it was held, with its agenda, and carry open measures forward.

    ``endings`` say by public id what became of open measures; those that it does not name are
    carried forward. The next one of a rhythm is planned, as far as the cycle goes. Raises
    ``KaohengError`` with everything that is missing; ``CONFLICT`` where it was recorded already.
    """
    _allow(session, actor, _about(check_in))
    carried = _open(session, check_in)
    faults = _notes_faults(notes)
    faults += day_faults(
        "held_on", held_on, N_("The day is missing, or has not come yet."), until=today
    )
    for each in carried:
        ending = endings.get(each.public_id)
        if ending is not None and ending.state != OPEN:
            faults += ending_faults(each, ending.state, ending.said)
    faults += measure_faults(new, owners_of(session, check_in, today), today)
    if faults:
        raise KaohengError(faults)
    assert held_on is not None, "a missing day is a fault"
    agenda = [item.plain() for item in agenda_of(session, check_in, today)]
    _record(session, actor, now, check_in, notes, agenda, held_on)
    _carry(session, actor, now, check_in, carried, endings)
    where = {"review_id": check_in.review_id, "unit_id": check_in.unit_id}
    made = add_measures(session, now, new, check_in_id=check_in.id, **where)
    _tell(session, now, check_in)
    _plan_next(session, actor, now, check_in, held_on)
    _log(
        session,
        "hold_check_in",
        actor,
        now,
        check_in,
        held_on=held_on.isoformat(),
        text_sha256=_digest(notes),
        carried=len(carried),
        measures=[each.public_id for each in made],
    )


def cancel_check_in(
    session: Session, actor: Actor, now: datetime, check_in: CheckIn, reason: str
) -> None:
    """Call a planned check-in off, with a reason. CONFLICT where it is no longer planned."""
    _allow(session, actor, _about(check_in))
    missing = N_("A check-in is called off only with a reason.")
    if faults := text_faults("reason", reason, missing):
        raise KaohengError(faults)
    _change(session, check_in, state=CANCELLED, summary=reason.strip(), recorded_at=now)
    _log(session, "cancel_check_in", actor, now, check_in)


def owners_of(session: Session, check_in: CheckIn, on: date) -> list[str]:
    """Return the codes of those who may take a measure on: the two, or the team's on that day."""
    unit_id = check_in.unit_id
    codes: list[str] = []
    if check_in.review is not None:
        codes, unit_id = [check_in.review.person.code], check_in.review.team_id
    members = select(Person.code).join(Membership, Membership.person_id == Person.id)
    there = members.where(Membership.unit_id == unit_id, holds_on(on))
    if check_in.review is not None:
        there = there.where(Membership.role == "manager")
    return list(dict.fromkeys([*codes, *session.scalars(there.order_by(Person.code))]))


def next_day(rhythm: str, day: date) -> date | None:
    """Return when the next one of a rhythm is: a week on, or the same day of the next month.

    A month that has no such day has its last one. None for one that is held once.
    """
    if rhythm == "weekly":
        return day + _WEEK
    if rhythm == "monthly":
        first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return first.replace(day=min(day.day, last.day))
    return None


def _allow(session: Session, actor: Actor, about: Review | Unit) -> None:
    """Let those who lead the person, or the unit, hold a check-in with them."""
    allow(actor, "record_check_in")
    if isinstance(about, Review):
        allow_person(session, actor, "record_check_in", about.person_id)
    elif not session.scalar(
        select(Unit.id).where(Unit.id == about.id, units(actor, "record_check_in"))
    ):
        raise denied("record_check_in")


def _about(check_in: CheckIn) -> Review | Unit:
    about = check_in.review or check_in.unit
    assert about is not None, "a check-in is about a review or a unit"
    return about


def _open(session: Session, check_in: CheckIn) -> Sequence[Undertaking]:
    if check_in.review is not None:
        return open_measures(session, person=check_in.review.person_id)
    return open_measures(session, unit=check_in.unit_id)


def _refuse_second(session: Session, about: Review | Unit, cycle: Cycle) -> None:
    same = (
        CheckIn.review_id == about.id if isinstance(about, Review) else CheckIn.unit_id == about.id
    )
    there = select(CheckIn.id).where(same, CheckIn.cycle_id == cycle.id, CheckIn.state == PLANNED)
    if session.scalar(there) is not None:
        raise refuse(
            "tracking.planned_already",
            N_("A check-in is planned here already."),
            N_("Hold it or call it off before you plan another."),
            kind=Kind.CONFLICT,
        )


def _planned(
    session: Session,
    actor: Actor,
    now: datetime,
    about: Review | Unit,
    cycle: Cycle,
    rhythm: str,
    planned_on: date,
) -> CheckIn:
    of_review = isinstance(about, Review)
    check_in = CheckIn(
        public_id=uuid.uuid4().hex,
        kind="one_to_one" if of_review else "team",
        rhythm=rhythm,
        cycle_id=cycle.id,
        review_id=about.id if of_review else None,
        unit_id=None if of_review else about.id,
        planned_on=planned_on,
        state=PLANNED,
        version=0,
        planned_by=actor.account_id,
        planned_at=now,
    )
    session.add(check_in)
    session.flush()
    if isinstance(about, Review):
        notify(
            session,
            now,
            about.person_id,
            f"check-in/{check_in.public_id}/planned",
            N_("A check-in with you is planned on {day}."),
            link=f"/check-ins/{check_in.public_id}",
            day=planned_on.isoformat(),
        )
    return check_in


def _plan_next(
    session: Session, actor: Actor, now: datetime, check_in: CheckIn, held_on: date
) -> None:
    day = next_day(check_in.rhythm, held_on)
    if day is not None and day < check_in.cycle.ends_on:
        _planned(session, actor, now, _about(check_in), check_in.cycle, check_in.rhythm, day)


def _record(
    session: Session,
    actor: Actor,
    now: datetime,
    check_in: CheckIn,
    notes: Notes,
    agenda: list[dict[str, object]],
    held_on: date,
) -> None:
    _change(
        session,
        check_in,
        state=HELD,
        held_on=held_on,
        agenda=agenda,
        summary=notes.summary.strip(),
        praise=notes.praise.strip() or None,
        problems=notes.problems.strip() or None,
        advice=notes.advice.strip() or None,
        recorded_by=actor.account_id,
        recorded_at=now,
    )


def _change(session: Session, check_in: CheckIn, **values: object) -> None:
    first = change_if(
        session,
        update(CheckIn)
        .where(CheckIn.id == check_in.id, CheckIn.state == PLANNED)
        .values(version=check_in.version + 1, **values),
    )
    session.refresh(check_in)
    if not first:
        raise refuse(
            "tracking.not_planned",
            N_("This check-in was recorded or called off meanwhile."),
            N_("Look at it again: it stays as it is."),
            kind=Kind.CONFLICT,
        )


def _carry(
    session: Session,
    actor: Actor,
    now: datetime,
    check_in: CheckIn,
    measures: Sequence[Undertaking],
    endings: Mapping[str, Ending],
) -> None:
    for each in measures:
        ending = endings.get(each.public_id, Ending(OPEN))
        if ending.state != OPEN:
            close_measure(session, actor, now, each, state=ending.state, said=ending.said)
        note = ending.said.strip() or None
        session.add(
            Carried(check_in_id=check_in.id, undertaking_id=each.id, state=ending.state, note=note)
        )


def _tell(session: Session, now: datetime, check_in: CheckIn) -> None:
    if check_in.review is not None:
        notify(
            session,
            now,
            check_in.review.person_id,
            f"check-in/{check_in.public_id}/held",
            N_("Your check-in was recorded: read what was noted."),
            link=f"/check-ins/{check_in.public_id}",
        )


def _rhythm_faults(rhythm: str) -> list[Fault]:
    if rhythm in RHYTHMS:
        return []
    return [
        Fault(
            "tracking.rhythm",
            N_("A check-in is held weekly, monthly or once."),
            N_("Choose one of them."),
            place=Place(path="rhythm"),
        )
    ]


def _notes_faults(notes: Notes) -> list[Fault]:
    faults = text_faults("summary", notes.summary, N_("The summary is missing."))
    for part in ("praise", "problems", "advice"):
        faults += text_faults(part, getattr(notes, part))
    if notes.problems.strip() and not (notes.praise.strip() and notes.advice.strip()):
        faults.append(
            Fault(
                "tracking.bare_criticism",
                N_("Problems alone help nobody: what went well and your advice are missing."),
                N_("Say also what went well, and what you advise."),
                place=Place(path="advice"),
            )
        )
    return faults


def _digest(notes: Notes) -> str:
    said = "\n\n".join((notes.summary, notes.praise, notes.problems, notes.advice))
    return hashlib.sha256(said.encode()).hexdigest()


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    check_in: CheckIn,
    **details: object,
) -> None:
    subject = (
        Subject("review", check_in.review.public_id)
        if check_in.review is not None
        else Subject("unit", check_in.unit.code if check_in.unit else "")
    )
    append(
        session,
        action=action,
        actor=actor,
        subject=subject,
        at=now,
        details={"check_in": check_in.public_id, **details},
    )
