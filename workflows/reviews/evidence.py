"""The records behind a measure: those that the engine counted for a person, no more, no fewer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session

from engine import periods
from engine.errors import N_, Kind, refuse
from engine.measures import counted, fields_of, people_frame, records_frame
from engine.model import Measure, Policy
from workflows.cycles.late import Late, late_for
from workflows.cycles.parts import Part, parts_as_scored
from workflows.cycles.population import managed_by
from workflows.cycles.scored import Scored
from workflows.cycles.tables import Cycle, Evaluation, Rerun
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.sources.spans import marks_of
from workflows.sources.tables import CreditLine, Record, RecordVersion


@dataclass(frozen=True, slots=True)
class Line:
    """A record that counts: ``worth`` is what it adds to the figure, in the measure's unit."""

    kind: str
    code: str
    person: str
    day: date | None
    share: Decimal
    fields: dict[str, str | None]
    worth: Decimal
    late_from: str | None = None  # the period that it is dated in, where it counts late


@dataclass(frozen=True, slots=True)
class Evidence:
    """A measure's lines and their sum; ``figure`` is what the review was scored on.

    The two differ only where a cycle was locked before the versions of its records were
    kept, and a record was corrected since.
    """

    measure: Measure
    lines: tuple[Line, ...]
    figure: Decimal

    @property
    def sum(self) -> Decimal:
        return sum((line.worth for line in self.lines), Decimal(0))


def evidence_of(session: Session, review: Review, scope: Scored, measure_code: str) -> Evidence:
    """Return what ``measure_code`` counted for the review's person, by day and code.

    Refuses with ``MISSING`` for a measure that the policy does not have or that is a ratio.
    """
    measure = _measure(scope.version.policy, measure_code)
    parts = _parts(session, review, scope, measure)
    lines = (
        line
        for place, part in enumerate(parts)
        for line in _counted(session, review, scope, measure if not place else _own(measure), part)
    )
    return Evidence(measure, tuple(lines), scope.rows[review.person.code][measure.code])


def _parts(session: Session, review: Review, scope: Scored, measure: Measure) -> list[Part]:
    """Return the parts of the period whose figures make up the person's."""
    rows = scope.result.rows.filter(pl.col("person") == review.person.code)
    parts = parts_as_scored(session, review.cycle, scope.version.policy, rows)
    # What is of other periods than the segments' own is the last segment's.
    return parts if measure.period == "this" else parts[-1:]


def _own(measure: Measure) -> Measure:
    """Return the measure without late records, which count in a person's first part only."""
    return replace(measure, late="left")


def _counted(
    session: Session, review: Review, scope: Scored, measure: Measure, part: Part
) -> Iterator[Line]:
    members = managed_by(session, part.joined) if measure.over == "team" else {}
    below = members.get(review.person_id, ())
    rows = list(_credits(session, measure, [review.person.code, *below], scope))
    policy = scope.version.policy
    late = late_for(session, review.cycle, policy, [(row[0], row[1], row[5]) for row in rows])
    marks = marks_of(session, [(row[0], row[6]) for row in rows], late.codes, late.elsewhere)
    records = records_frame([measure], [row[1:6] for row in rows], marks)
    period = part.period_for(measure, periods.parse(review.cycle.period))
    found = counted(measure, records, people_frame({review.person.code: below}), period)
    periods_of = _periods_of(session, late, measure, rows)
    for row in found.iter_rows(named=True):
        yield _line(row, measure, periods_of.get((row["kind"], row["code"])))


def _periods_of(
    session: Session, late: Late, measure: Measure, rows: list[Any]
) -> dict[tuple[str, str], str]:
    """Return, by kind and code, the period that a record comes from which counts late."""
    of = {version: by[measure.code] for version, by in late.here.items() if measure.code in by}
    if not of or measure.late == "left":
        return {}
    cycles = select(Cycle.id, Cycle.period).where(Cycle.id.in_(set(of.values())))
    named = dict(session.execute(cycles).all())
    return {(row[1], row[2]): named[of[row[0]]] for row in rows if row[0] in of}


def _measure(policy: Policy, code: str) -> Measure:
    for measure in policy.measures:
        if measure.code == code and not measure.is_made_of_others:
            return measure
    raise refuse(
        "reviews.no_such_measure",
        N_("{policy} counts no records for {measure!r}."),
        N_("Choose a measure on the review."),
        kind=Kind.MISSING,
        policy=policy.policy,
        measure=code,
    )


def _credits(
    session: Session, measure: Measure, people: list[str], scope: Scored
) -> Iterator[tuple[Any, ...]]:
    """Give the credit lines as they were looked at, at the lock or later, or now before it: the
    version's id, the line as ``records_frame`` takes it, and the day from which it holds.
    """
    versions = _versions_looked_at(session, scope)
    current: ColumnElement[bool] = (
        RecordVersion.id == Record.current_version_id if versions is None else true()
    )
    # Who was the company's first with a customer can only be told from everybody's records.
    whose = true() if measure.by == "company" else Person.code.in_(people)
    rows = session.execute(_lines(measure).where(current, whose))
    for row in rows:
        if versions is None or row[0] in versions:
            yield tuple(row)


def _lines(measure: Measure) -> Select[Any]:
    return (
        select(
            RecordVersion.id,
            Record.kind,
            Record.code,
            Person.code,
            CreditLine.share,
            RecordVersion.fields,
            CreditLine.since,
        )
        .join(RecordVersion, RecordVersion.record_id == Record.id)
        .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
        .join(Person, Person.id == CreditLine.person_id)
        .where(Record.kind == measure.records)
    )


def _versions_looked_at(session: Session, scope: Scored) -> frozenset[int] | None:
    if scope.evaluation_id is None:
        return None
    if scope.rerun_id is not None:
        later = session.scalars(select(Rerun.records).where(Rerun.id == scope.rerun_id)).one()
        return frozenset(json.loads(later)) or None
    of_scope = Evaluation.id == scope.evaluation_id
    cycle = select(Evaluation.cycle_id).where(of_scope).scalar_subquery()
    kept = session.scalar(
        select(Evaluation.records).where(
            Evaluation.cycle_id == cycle, Evaluation.records.is_not(None)
        )
    )
    return None if kept is None else frozenset(json.loads(kept))


def _line(row: dict[str, Any], measure: Measure, late_from: str | None) -> Line:
    fields = {name: row[f"field.{name}"] for name in dict.fromkeys(fields_of(measure))}
    day = date.fromisoformat(row["day"]) if row["day"] else None
    return Line(
        row["kind"],
        row["code"],
        row["person"],
        day,
        row["share"],
        fields,
        row["worth"] or Decimal(0),
        late_from,
    )
