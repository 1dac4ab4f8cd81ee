"""Measures 改进措施: agreed on, carried forward, and done or dropped with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.tracking.tables import Undertaking
from workflows.tracking.texts import day_faults, text_faults

OPEN, DONE, DROPPED = "open", "done", "dropped"


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A measure as it is typed: what, by whom (a person's code), by when."""

    what: str
    owner: str
    due_on: date | None


def measure_faults(
    measures: Sequence[NewMeasure], owners: Sequence[str], today: date
) -> list[Fault]:
    """Return what is missing in measures; ``owners`` are the codes of those who may take one on."""
    faults: list[Fault] = []
    for number, each in enumerate(measures, 1):
        where = f"measure-{number}"
        faults += text_faults(where, each.what, N_("It is not said what is to be done."))
        if each.owner not in owners:
            faults.append(
                Fault(
                    "tracking.owner",
                    N_("It is not said who takes the measure on, or they have no part in this."),
                    N_("Choose one of: {people}."),
                    {"people": ", ".join(owners)},
                    Place(path=where),
                )
            )
        if each.due_on is None or each.due_on < today:
            faults += day_faults(where, None, N_("A measure needs a day that is still to come."))
    return faults


def add_measures(
    session: Session, now: datetime, measures: Sequence[NewMeasure], **about: int | str | None
) -> list[Undertaking]:
    """Add measures that were agreed on; part of the operation in which they were.

    ``about`` are the columns that say where: ``check_in_id``, ``plan_id``, ``quarter``,
    ``review_id``, ``unit_id``. Their owners are told.
    """
    codes = {each.owner for each in measures}
    owners = {
        person.code: person
        for person in session.scalars(select(Person).where(Person.code.in_(codes)))
    }
    made = [
        Undertaking(
            public_id=uuid.uuid4().hex,
            what=each.what.strip(),
            owner_id=owners[each.owner].id,
            due_on=each.due_on,
            state=OPEN,
            agreed_at=now,
            **about,
        )
        for each in measures
    ]
    session.add_all(made)
    session.flush()
    for each in made:
        notify(
            session,
            now,
            each.owner_id,
            f"measure/{each.public_id}",
            N_("You took on a measure, due {day}: {what}"),
            link=f"/measures/{each.public_id}",
            day=each.due_on.isoformat(),
            what=each.what[:200],
        )
    return made


def end_measure(
    session: Session,
    actor: Actor,
    now: datetime,
    measure: Undertaking,
    *,
    state: str,
    said: str,
) -> None:
    """Close a measure as ``done``, with its effect, or ``dropped``, with the reason.

    A measure of the programme closes only with its effect; any that is dropped, with a reason.
    Raises ``KaohengError``: ``CONFLICT`` where it is closed already.
    """
    allow(actor, "end_measure")
    close_measure(session, actor, now, measure, state=state, said=said)
    append(
        session,
        action="end_measure",
        actor=actor,
        subject=Subject("measure", measure.public_id),
        at=now,
        details={"state": state},
        personal={"said": said.strip()} if said.strip() else None,
        person=measure.owner.public_id,
    )


def close_measure(
    session: Session, actor: Actor, now: datetime, measure: Undertaking, *, state: str, said: str
) -> None:
    """Close a measure; part of the operation in which that is said."""
    if faults := ending_faults(measure, state, said):
        raise KaohengError(faults)
    text = said.strip() or None
    first = change_if(
        session,
        update(Undertaking)
        .where(Undertaking.id == measure.id, Undertaking.state == OPEN)
        .values(
            state=state,
            ended_at=now,
            ended_by=actor.account_id,
            reason=text if state == DROPPED else None,
            effect=text if state == DONE else None,
        ),
    )
    session.refresh(measure)
    if not first:
        raise refuse(
            "tracking.measure_ended",
            N_("This measure is closed already."),
            N_("Look at it again: somebody was first."),
            kind=Kind.CONFLICT,
        )


def ending_faults(measure: Undertaking, state: str, said: str) -> list[Fault]:
    """Return what is missing for a measure to be closed as ``state``."""
    where = f"state-{measure.public_id}"
    if state not in (DONE, DROPPED):
        return [
            Fault(
                "tracking.measure_state",
                N_("A measure is done, or it is dropped."),
                N_("Choose one of the two."),
                place=Place(path=where),
            )
        ]
    missing = None
    if state == DROPPED:
        missing = N_("A measure is dropped only with a reason.")
    elif measure.quarter is not None:
        missing = N_("A measure of the programme closes only with its effect.")
    return text_faults(where, said, missing)


def open_measures(
    session: Session, *, person: int | None = None, unit: int | None = None
) -> Sequence[Undertaking]:
    """Return what is still to be done, the first due first: of a team, or for a person.

    A person's are those that they took on, and those agreed about them, over all of their cycles.
    """
    if unit is not None:
        whose = Undertaking.unit_id == unit
    else:
        of_person = select(Review.id).where(Review.person_id == person)
        whose = or_(Undertaking.owner_id == person, Undertaking.review_id.in_(of_person))
    return session.scalars(
        select(Undertaking)
        .where(Undertaking.state == OPEN, whose)
        .order_by(Undertaking.due_on, Undertaking.id)
        .options(joinedload(Undertaking.owner))
    ).all()
