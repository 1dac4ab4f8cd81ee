"""Measures that follow from a report: taken on by somebody, closed only with their effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.tables import Person
from workflows.programme.survey import quarter_of
from workflows.tracking.tables import Undertaking
from workflows.tracking.undertakings import NewMeasure, add_measures, measure_faults


def add_programme_measure(
    session: Session, actor: Actor, now: datetime, quarter: str, measure: NewMeasure, today: date
) -> Undertaking:
    """Take a measure on what the report of a quarter says; anybody in the company may own it."""
    allow_everywhere(actor, "run_programme")
    label = quarter_of(quarter).label
    known: Sequence[str] = session.scalars(
        select(Person.code).where(Person.code == measure.owner)
    ).all()
    if faults := measure_faults([measure], known, today):
        raise KaohengError(faults)
    (made,) = add_measures(session, now, [measure], quarter=label)
    append(
        session,
        action="add_programme_measure",
        actor=actor,
        subject=Subject("measure", made.public_id),
        at=now,
        details={"quarter": label, "due_on": made.due_on.isoformat()},
    )
    return made
