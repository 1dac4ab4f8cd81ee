"""Which meetings somebody may see: where they lead people, sit, report, or have to do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, may, people
from workflows.cycles.tables import Cycle
from workflows.meetings.tables import Meeting, Seat, Slot, Todo
from workflows.org.tables import Person
from workflows.reviews.tables import Review


def visible_meetings(actor: Actor) -> Select[Any]:
    """Return the meetings that the actor may see, the next first."""
    allow(actor, "list_reviews")
    return (
        select(Meeting)
        .where(_visible(actor))
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .options(
            selectinload(Meeting.cycle).selectinload(Cycle.policy_version),
            selectinload(Meeting.slots).selectinload(Slot.review).selectinload(Review.person),
            selectinload(Meeting.seats).selectinload(Seat.person),
        )
    )


def find_meeting(session: Session, actor: Actor, public_id: str) -> Meeting:
    """Return a meeting that the actor may see; refuse with ``MISSING`` any other."""
    meeting: Meeting | None = session.scalar(
        visible_meetings(actor).where(Meeting.public_id == public_id)
    )
    if meeting is None:
        raise refuse(
            "meetings.not_there",
            N_("There is no such meeting."),
            N_("It may not be yours to see. Start again from the list of meetings."),
            kind=Kind.MISSING,
        )
    return meeting


def may_run(session: Session, actor: Actor, meeting: Meeting) -> bool:
    """Say whether the actor runs the meeting: who called it, or who reaches all who report."""
    if not may(actor, "call_meeting"):
        return False
    if meeting.called_by == actor.account_id:
        return True
    reached = select(Person.id).where(
        Person.id.in_([slot.review.person_id for slot in meeting.slots]),
        people(actor, "call_meeting"),
    )
    return len(set(session.scalars(reached))) == len(meeting.slots)


def has_seat(actor: Actor, meeting: Meeting) -> bool:
    return any(seat.person_id == actor.oneself for seat in meeting.seats)


def todos_of(session: Session, meeting: Meeting) -> list[Todo]:
    return list(
        session.scalars(
            select(Todo)
            .where(Todo.meeting_id == meeting.id)
            .order_by(Todo.due_on, Todo.id)
            .options(selectinload(Todo.person))
        )
    )


def meeting_rows(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return the meetings that the actor may see, the next first."""
    return [
        {
            "meeting": meeting.public_id,
            "cycle": meeting.cycle.code,
            "starts_at": meeting.starts_at,
            "place": meeting.place,
            "state": meeting.state,
            "reporters": ", ".join(slot.review.person.code for slot in meeting.slots),
            "panel": ", ".join(seat.person.code for seat in meeting.seats),
        }
        for meeting in session.scalars(visible_meetings(actor))
    ]


def todo_rows(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return the to-dos of the meetings that the actor may see, the next due first."""
    allow(actor, "list_reviews")
    rows = session.scalars(
        select(Todo)
        .join(Todo.meeting)
        .where(_visible(actor))
        .order_by(Todo.due_on, Todo.id)
        .options(selectinload(Todo.person), selectinload(Todo.meeting))
    )
    return [
        {
            "todo": todo.public_id,
            "meeting": todo.meeting.public_id,
            "person": todo.person.code,
            "what": todo.what,
            "due": todo.due_on,
            "state": todo.state,
            "note": todo.note,
        }
        for todo in rows
    ]


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Meeting``: decided here, for pages and commands alike."""
    own = actor.oneself or 0
    reports = (
        select(Slot.meeting_id)
        .join(Slot.review)
        .join(Review.person)
        .where(or_(people(actor, "call_meeting"), Person.id == own))
    )
    sits = select(Seat.meeting_id).where(Seat.person_id == own)
    does = select(Todo.meeting_id).where(Todo.person_id == own)
    return or_(Meeting.id.in_(reports), Meeting.id.in_(sits), Meeting.id.in_(does))
