"""The table of facts that a cycle is scored on: all that its policy asks for, a row a person.

What is measured comes from the records, what is aimed at from the cascade, what is given from
people, what was paid from the ledger, and days and parts from who was where.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import NamedTuple

import polars as pl
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from engine import periods
from engine.errors import KaohengError
from engine.facts import DATE, DAYS, SEGMENT, FactColumn, target_fact, wanted
from engine.measures import EXACT, actuals, people_frame, records_frame, unknown_fields
from engine.model import Policy
from engine.rated import counted
from workflows.contributions.reading import confirmed
from workflows.cycles.late import Late, late_for
from workflows.cycles.parts import Part, parts_of
from workflows.cycles.population import managed_by
from workflows.cycles.tables import Cycle
from workflows.figures.columns import given_columns
from workflows.figures.reading import given_values
from workflows.incentives.paid import paid_before
from workflows.org.tables import Person
from workflows.sources.spans import marks_of
from workflows.sources.tables import CreditLine, Record, RecordVersion

# Kind, record's code, person's code, share, fields.
Credit = tuple[str, str, str, Decimal, Mapping[str, str]]


class CreditRow(NamedTuple):
    """A credit line of a version of a record, and the day from which it holds."""

    version: int
    kind: str
    code: str
    person: str
    share: Decimal
    fields: Mapping[str, str]
    since: date

    @property
    def credit(self) -> Credit:
        """The line as ``engine.measures`` takes it."""
        return self.kind, self.code, self.person, self.share, self.fields


Cell = str | Decimal | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A row a person, and the versions of the records that were looked at, by id."""

    frame: pl.DataFrame
    records: tuple[int, ...]
    late: Late = field(default_factory=Late)


def facts_of(
    session: Session, cycle: Cycle, policy: Policy, rows: Sequence[CreditRow] | None = None
) -> Facts:
    """Return a row a person (one for each part, where the policy has segments) and what it wants.

    Numbers are Decimal(38, 10). Records count as they are now; locking keeps what this gave.
    Figures that nobody has given are absent (null). ``rows`` as for ``measured_on``.
    """
    return facts_for(session, cycle, policy, parts_of(session, cycle, policy), rows)


def facts_for(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    parts: Sequence[Part],
    rows: Sequence[CreditRow] | None = None,
) -> Facts:
    """Return what the policy wants of ``parts``, a row each in their order."""
    looked_at, measured, late = measured_on(session, cycle, policy, parts, rows)
    known = {column.name: column for column in wanted(policy)}
    others: dict[str, list[Cell]] = {
        "team": [part.team for part in parts],
        **dict(_of_period(cycle, parts)),
        **{
            target_fact(rule): [part.targets.get(rule.code) for part in parts]
            for rule in policy.targets
        },
        **dict(_of_people(session, cycle, policy, parts)),
    }
    columns = (_series(known[name], values) for name, values in others.items() if name in known)
    return Facts(measured.with_columns(*columns), looked_at, late)


def measured_on(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    parts: Sequence[Part],
    rows: Sequence[CreditRow] | None = None,
) -> tuple[tuple[int, ...], pl.DataFrame, Late]:
    """Return the versions of the records looked at, ``parts`` with what was measured in each, and
    which records count late.

    The rows are ``person`` and a column per measure of records, in the order of the parts. A
    cycle that is locked already takes no other late records than it took then; those of its own
    that another cycle has counted late do not count again. ``rows`` are the credit lines, where
    they were read already or are others than those of the records as they are.
    """
    looked_at, records, late = counted_records(session, cycle, policy, rows=rows)
    led = any(measure.over == "team" for measure in policy.measures)
    managed = cache(lambda day: managed_by(session, day) if led else {})
    period = periods.parse(cycle.period)
    frames = [
        _measured(policy, records, period, together, managed) for together in of_one_window(parts)
    ]
    return looked_at, pl.concat(frames).sort("% row").drop("% row"), late


def counted_records(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    people: Collection[str] | None = None,
    rows: Sequence[CreditRow] | None = None,
) -> tuple[tuple[int, ...], pl.DataFrame, Late]:
    """Return the versions of the records that a policy measures, their credit lines as
    ``engine.measures`` takes them, and which of them count late.

    They are those of ``people`` only, where they are given; ``rows`` as for ``measured_on``.
    """
    if rows is None:
        rows = credit_rows(session, policy, people=people)
    versions = [row.version for row in rows]
    credits = [row.credit for row in rows]
    _check_fields(policy, credits)
    late = late_for(session, cycle, policy, [(row.version, row.kind, row.fields) for row in rows])
    lines = [(row.version, row.since) for row in rows]
    marks = marks_of(session, lines, late.codes, late.elsewhere)
    return tuple(sorted(set(versions))), records_frame(policy.measures, credits, marks), late


class Placed(NamedTuple):
    """A part with its place among all, and whether it is its person's first: what is late counts
    there, and once.
    """

    place: int
    part: Part
    is_first: bool


def of_one_window(parts: Sequence[Part]) -> Iterator[list[Placed]]:
    """Give together the parts of the same days, which are measured at once, by time."""
    seen: set[int] = set()
    placed = []
    for place, part in enumerate(parts):
        placed.append(Placed(place, part, part.person_id not in seen))
        seen.add(part.person_id)
    for _, together in groupby(sorted(placed, key=_window), key=_window):
        yield list(together)


def _window(row: Placed) -> tuple[date, date, date, bool]:
    return row.part.start, row.part.end, row.part.joined, row.is_first


def _measured(
    policy: Policy,
    records: pl.DataFrame,
    period: periods.Period,
    rows: list[Placed],
    managed: Callable[[date], dict[int, tuple[str, ...]]],
) -> pl.DataFrame:
    """Measure rows of one window. What is of other periods is the same for every part of one."""
    _, part, is_first = rows[0]
    below = managed(part.joined)
    people = people_frame({row.person: below.get(row.person_id, ()) for _, row, _ in rows})
    found = people.select("person")
    for each in policy.measures:
        measure = each if is_first else replace(each, late="left")
        if not measure.is_made_of_others:
            own = actuals([measure], records, people, part.period_for(measure, period))
            found = found.hstack(own.drop("person"))
    return found.with_columns(pl.Series("% row", [place for place, _, _ in rows], dtype=pl.Int64))


def _of_period(cycle: Cycle, parts: Sequence[Part]) -> Iterator[tuple[str, list[Cell]]]:
    in_post, in_period = DAYS
    yield DATE.name, [cycle.starts_on.isoformat()] * len(parts)
    yield SEGMENT.name, [part.label for part in parts]
    yield in_post, [Decimal(part.days) for part in parts]
    yield in_period, [Decimal((cycle.ends_on - cycle.starts_on).days)] * len(parts)


def _of_people(
    session: Session, cycle: Cycle, policy: Policy, parts: Sequence[Part]
) -> Iterator[tuple[str, list[Cell]]]:
    """Give what each person was given and paid: the same in all of their parts."""
    given = given_values(session, cycle, policy) if given_columns(policy) else {}
    for name in given_columns(policy):
        yield name, [given.get((part.person_id, name)) for part in parts]
    for each in policy.inputs:
        if each.paid is not None:
            paid = paid_before(session, cycle, each.paid)
            yield each.code, [paid.get(part.person_id, Decimal(0)) for part in parts]
        elif each.code in counted(policy):
            counts = confirmed(session, cycle, each.source or "")
            yield each.code, [counts.get(part.person_id, Decimal(0)) for part in parts]


def _series(column: FactColumn, values: Iterable[Cell]) -> pl.Series:
    return pl.Series(column.name, values, dtype=pl.String() if column.type == "text" else EXACT)


def _check_fields(policy: Policy, credits: list[Credit]) -> None:
    """Refuse measures of fields that no record of their kind has: they would be zero for all."""
    known: dict[str, set[str]] = {}
    for kind, _code, _person, _share, fields in credits:
        known.setdefault(kind, set()).update(fields)
    # Before the first record of a kind nothing can be said of its fields.
    measures = [measure for measure in policy.measures if measure.records in known]
    if faults := unknown_fields(measures, known):
        raise KaohengError(faults)


def kinds_of(policy: Policy) -> frozenset[str]:
    """Return the kinds of records that the policy measures."""
    return frozenset(measure.records for measure in policy.measures if measure.records)


def credit_rows(
    session: Session,
    policy: Policy,
    versions: Collection[int] | None = None,
    people: Collection[str] | None = None,
) -> list[CreditRow]:
    """Return the credit lines of the kinds that the policy measures: as they are now, or as they
    were in ``versions``; of ``people`` only, where nothing is measured against everybody's.
    """
    kinds = kinds_of(policy)
    # Who was the company's first with a customer can only be told from everybody's records.
    of_all = people is None or any(measure.by == "company" for measure in policy.measures)
    whose = true() if of_all else Person.code.in_(people or ())
    current = RecordVersion.id == Record.current_version_id
    which = current if versions is None else RecordVersion.record_id == Record.id
    found = session.execute(
        select(
            RecordVersion.id,
            Record.kind,
            Record.code,
            Person.code,
            CreditLine.share,
            RecordVersion.fields,
            CreditLine.since,
        )
        .join(RecordVersion, which)
        .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
        .join(Person, Person.id == CreditLine.person_id)
        .where(Record.kind.in_(kinds), whose)
    ).all()
    rows = [CreditRow(*row) for row in found]
    if versions is None:
        return rows
    wanted_ones = frozenset(versions)
    return [row for row in rows if row.version in wanted_ones]
