"""To-dos 待办 of a meeting: what, by whom, by when, and that it was done."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.meetings.reading import has_seat, may_run
from workflows.meetings.tables import Meeting, Todo
from workflows.notices.operations import notify
from workflows.org.tables import Person

LONGEST = 1_000


def add_todo(
    session: Session,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    *,
    what: str,
    who: str,
    due_on: date | None,
) -> Todo:
    """Note what is to be done, by the person with the code ``who``, who is told.

    Raises ``KaohengError``: ``DENIED`` for who neither runs the meeting nor sits on it,
    ``INVALID`` with everything that is missing.
    """
    allow(actor, "list_reviews")
    if not may_run(session, actor, meeting) and not has_seat(actor, meeting):
        raise _not_yours()
    person = session.scalar(select(Person).where(Person.code == who.strip()))
    _require_all(what=0 < len(what.strip()) <= LONGEST, who=person, due_on=due_on)
    assert person is not None, "a to-do of nobody is refused"
    assert due_on is not None, "a to-do without a day is refused"
    todo = Todo(
        public_id=uuid.uuid4().hex,
        meeting_id=meeting.id,
        person_id=person.id,
        what=what.strip(),
        due_on=due_on,
        state="open",
        added_at=now,
    )
    session.add(todo)
    session.flush()
    notify(
        session,
        now,
        person.id,
        f"todo-{todo.public_id}",
        N_("There is something for you to do: {what}"),
        link=f"/meetings/{meeting.public_id}#todos",
        what=todo.what[:100],
    )
    _log(session, actor, now, todo, "add_todo", {"text": todo.what})
    return todo


def _not_yours() -> KaohengError:
    return refuse(
        "meetings.not_yours",
        N_("This meeting is not yours to run."),
        N_("It is for who called it, and for HR."),
        kind=Kind.DENIED,
    )


_MISSING = {
    "what": N_("Say what is to be done."),
    "who": N_("Name who does it, by their code."),
    "due_on": N_("Say by when it is to be done."),
}


def _require_all(**given: object) -> None:
    """Refuse with every field of a to-do that nothing was given for."""
    if missing := [field for field, value in given.items() if not value]:
        raise KaohengError(
            Fault("meetings.todo", _MISSING[field], "", {}, Place(path=field)) for field in missing
        )


def do_todo(session: Session, actor: Actor, now: datetime, todo: Todo, note: str) -> None:
    """Mark a to-do as done, with a note on what was done.

    Raises ``KaohengError``: ``DENIED`` for who neither does it nor runs the meeting, ``INVALID``
    without a note, ``CONFLICT`` a second time.
    """
    if todo.person_id != actor.oneself and not may_run(session, actor, todo.meeting):
        raise refuse(
            "meetings.todo_not_yours",
            N_("This is not yours to do."),
            N_("It is for {person}."),
            kind=Kind.DENIED,
            person=todo.person.name,
        )
    said = note.strip()[:LONGEST]
    if not said:
        raise refuse(
            "meetings.note_needed",
            N_("Say in a note what was done."),
            N_("A sentence is enough."),
            place=Place(path=todo.public_id),
        )
    done = change_if(
        session,
        update(Todo)
        .where(Todo.id == todo.id, Todo.state == "open")
        .values(state="done", note=said, done_at=now),
    )
    session.refresh(todo)
    if not done:
        raise refuse(
            "meetings.todo_done",
            N_("It is done already."),
            N_("Look at it again."),
            kind=Kind.CONFLICT,
        )
    _log(session, actor, now, todo, "do_todo", {"note": said})


def find_todo(session: Session, meeting: Meeting, public_id: str) -> Todo:
    """Return a to-do of the meeting; refuse with ``MISSING`` any other."""
    todo = session.scalar(
        select(Todo)
        .where(Todo.meeting_id == meeting.id, Todo.public_id == public_id)
        .options(joinedload(Todo.person), joinedload(Todo.meeting))
    )
    if todo is None:
        raise refuse(
            "meetings.no_todo",
            N_("There is no such to-do."),
            N_("Reload the page."),
            kind=Kind.MISSING,
        )
    return todo


def _log(
    session: Session,
    actor: Actor,
    now: datetime,
    todo: Todo,
    action: str,
    personal: dict[str, str],
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("meeting", todo.meeting.public_id),
        at=now,
        details={"todo": todo.public_id},
        personal=personal,
        person=todo.person.public_id,
    )
