"""Calling a meeting: when and where, who reports in which order, and who is on the panel."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.meetings.reading import may_run
from workflows.meetings.tables import Meeting, Seat, Slot
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.selfreports.reading import template_of

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned: a time with its zone, a room or a link, and people by their codes."""

    starts_at: datetime | None
    place: str
    reporters: Sequence[str]
    panel: Sequence[str]


def call_meeting(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, plan: Plan
) -> Meeting:
    """Call a meeting about reports of a cycle; everybody on it is told.

    Raises ``KaohengError``: ``DENIED`` for who calls none, ``INVALID`` with everything that is
    missing: a time to come, a place, reporters whom the actor leads, a panel.
    """
    allow(actor, "call_meeting")
    template_of(policy_of(cycle))
    reviews = _reviews(session, actor, cycle, plan.reporters)
    panel = _panel(session, plan.panel)
    faults = [*_faults(now, plan, reviews, panel)]
    if faults:
        raise KaohengError(faults)
    assert plan.starts_at is not None, "a plan without a time is refused"
    assert actor.account_id is not None, "who calls a meeting has an account"
    meeting = Meeting(
        public_id=uuid.uuid4().hex,
        cycle_id=cycle.id,
        starts_at=plan.starts_at,
        place=plan.place.strip(),
        state="planned",
        version=0,
        called_by=actor.account_id,
        called_at=now,
        slots=[Slot(review=review, position=at) for at, review in enumerate(reviews.values(), 1)],
        seats=[Seat(person=person) for person in panel.values()],
    )
    session.add(meeting)
    session.flush()
    _tell(session, now, meeting)
    _log(session, actor, now, meeting, "call_meeting")
    return meeting


def end_meeting(
    session: Session, actor: Actor, now: datetime, meeting: Meeting, state: str
) -> None:
    """Mark a planned meeting as ``held`` or ``cancelled``; once."""
    if not may_run(session, actor, meeting):
        raise refuse(
            "meetings.not_yours",
            N_("This meeting is not yours to run."),
            N_("It is for who called it, and for HR."),
            kind=Kind.DENIED,
        )
    moved = state in ("held", "cancelled") and change_if(
        session,
        update(Meeting)
        .where(Meeting.id == meeting.id, Meeting.state == "planned")
        .values(state=state, version=Meeting.version + 1),
    )
    session.refresh(meeting)
    if not moved:
        raise refuse(
            "meetings.ended",
            N_("The meeting is {state} already."),
            N_("Look at it again: somebody may have been first."),
            kind=Kind.CONFLICT,
            state=state_named("meetings", meeting.state),
        )
    _log(session, actor, now, meeting, "hold_meeting" if state == "held" else "cancel_meeting")


def _reviews(
    session: Session, actor: Actor, cycle: Cycle, codes: Sequence[str]
) -> dict[str, Review]:
    wanted = list(dict.fromkeys(codes))
    found = {
        review.person.code: review
        for review in session.scalars(
            select(Review)
            .join(Review.person)
            .where(
                Review.cycle_id == cycle.id,
                Person.code.in_(wanted),
                people(actor, "call_meeting"),
            )
        )
    }
    _refuse_unknown(
        [code for code in wanted if code not in found],
        N_("{code} has no review in this cycle that you may put on a meeting."),
    )
    return {code: found[code] for code in wanted}


def _panel(session: Session, codes: Sequence[str]) -> dict[str, Person]:
    wanted = list(dict.fromkeys(codes))
    found = {p.code: p for p in session.scalars(select(Person).where(Person.code.in_(wanted)))}
    _refuse_unknown(
        [code for code in wanted if code not in found], N_("{code} is nobody in the organisation.")
    )
    return {code: found[code] for code in wanted}


def _refuse_unknown(codes: Sequence[str], message: str) -> None:
    if codes:
        raise KaohengError(
            Fault(
                "meetings.nobody",
                message,
                N_("Correct the code."),
                {"code": code},
                Place(path=code),
            )
            for code in codes
        )


def _faults(
    now: datetime, plan: Plan, reviews: dict[str, Review], panel: dict[str, Person]
) -> list[Fault]:
    found = []
    if plan.starts_at is None or plan.starts_at <= now:
        found.append(_fault("starts_at", N_("The meeting needs a time to come.")))
    if not 0 < len(plan.place.strip()) <= LONGEST:
        found.append(_fault("place", N_("The meeting needs a place: a room, or a link.")))
    if not reviews:
        found.append(_fault("reporters", N_("Nobody reports at the meeting.")))
    if not panel:
        found.append(_fault("panel", N_("The meeting has no panel.")))
    return found


def _fault(field: str, message: str) -> Fault:
    return Fault("meetings.missing", message, N_("Fill it in."), {}, Place(path=field))


def _tell(session: Session, now: datetime, meeting: Meeting) -> None:
    link = f"/meetings/{meeting.public_id}"
    told = {slot.review.person_id for slot in meeting.slots}
    for person_id in told:
        message = N_("You report on duty: see when and where.")
        notify(session, now, person_id, f"meeting-{meeting.public_id}", message, link=link)
    for seat in meeting.seats:
        if seat.person.id not in told:
            message = N_("You are on the panel of a meeting about self reports.")
            notify(session, now, seat.person.id, f"meeting-{meeting.public_id}", message, link=link)


def _log(session: Session, actor: Actor, now: datetime, meeting: Meeting, action: str) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("meeting", meeting.public_id),
        at=now,
        details={
            "cycle": meeting.cycle.code,
            "reports": len(meeting.slots),
            "panel": len(meeting.seats),
        },
    )
