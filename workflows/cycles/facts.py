"""The table of facts that a cycle is scored on: all that its policy asks for, a row a person.

What is measured comes from the records, what is aimed at from the cascade, what is given from
people, what was paid from the ledger, and days and parts from who was where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import periods
from engine.errors import KaohengError
from engine.facts import DATE, DAYS, SEGMENT, FactColumn, target_fact, wanted
from engine.measures import EXACT, actuals, people_frame, records_frame, unknown_fields
from engine.model import Policy
from engine.rated import counted
from workflows.contributions.reading import confirmed
from workflows.cycles.parts import Part, parts_of
from workflows.cycles.population import managed_by
from workflows.cycles.tables import Cycle
from workflows.figures.columns import given_columns
from workflows.figures.reading import given_values
from workflows.incentives.paid import paid_before
from workflows.org.tables import Person
from workflows.sources.tables import CreditLine, Record, RecordVersion

# Kind, record's code, person's code, share, fields.
Credit = tuple[str, str, str, Decimal, Mapping[str, str]]
Cell = str | Decimal | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A row a person, and the versions of the records that were looked at, by id."""

    frame: pl.DataFrame
    records: tuple[int, ...]


def facts_of(session: Session, cycle: Cycle, policy: Policy) -> Facts:
    """Return a row a person (one for each part, where the policy has segments) and what it wants.

    Numbers are Decimal(38, 10). Records count as they are now; locking keeps what this gave.
    Figures that nobody has given are absent (null).
    """
    return facts_for(session, cycle, policy, parts_of(session, cycle, policy))


def facts_for(session: Session, cycle: Cycle, policy: Policy, parts: Sequence[Part]) -> Facts:
    """Return what the policy wants of ``parts``, a row each in their order."""
    looked_at, measured = measured_on(session, cycle, policy, parts)
    known = {column.name: column for column in wanted(policy)}
    others: dict[str, list[Cell]] = {
        "team": [part.team for part in parts],
        **dict(_of_period(cycle, parts)),
        **{
            target_fact(rule): [part.targets[rule.code] for part in parts]
            for rule in policy.targets
        },
        **dict(_of_people(session, cycle, policy, parts)),
    }
    columns = (_series(known[name], values) for name, values in others.items() if name in known)
    return Facts(measured.with_columns(*columns), looked_at)


def measured_on(
    session: Session, cycle: Cycle, policy: Policy, parts: Sequence[Part]
) -> tuple[tuple[int, ...], pl.DataFrame]:
    """Return the versions of the records looked at, and ``parts`` with what was measured in each.

    The rows are ``person`` and a column per measure of records, in the order of the parts.
    """
    looked_at, credits = _credits(session, policy)
    _check_fields(policy, credits)
    records = records_frame(policy.measures, credits)
    managed = cache(lambda day: managed_by(session, day))
    period = periods.parse(cycle.period)
    ordered = sorted(enumerate(parts), key=lambda each: _window(each[1]))
    frames = [
        _measured(policy, records, period, list(group), managed)
        for _, group in groupby(ordered, key=lambda each: _window(each[1]))
    ]
    return looked_at, pl.concat(frames).sort("% row").drop("% row")


def _window(part: Part) -> tuple[date, date, date]:
    return part.start, part.end, part.joined


def _measured(
    policy: Policy,
    records: pl.DataFrame,
    period: periods.Period,
    rows: list[tuple[int, Part]],
    managed: Callable[[date], dict[int, tuple[str, ...]]],
) -> pl.DataFrame:
    """Measure rows of one window. What is of other periods is the same for every part of one."""
    part = rows[0][1]
    below = managed(part.joined)
    people = people_frame({row.person: below.get(row.person_id, ()) for _, row in rows})
    found = people.select("person")
    for measure in policy.measures:
        if not measure.is_made_of_others:
            own = actuals([measure], records, people, part.period_for(measure, period))
            found = found.hstack(own.drop("person"))
    return found.with_columns(pl.Series("% row", [place for place, _ in rows], dtype=pl.Int64))


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


def _credits(session: Session, policy: Policy) -> tuple[tuple[int, ...], list[Credit]]:
    """Return the record versions of the kinds that the policy measures, and their credits."""
    kinds = {measure.records for measure in policy.measures if measure.records}
    rows = session.execute(
        select(
            RecordVersion.id,
            Record.kind,
            Record.code,
            Person.code,
            CreditLine.share,
            RecordVersion.fields,
        )
        .join(RecordVersion, RecordVersion.id == Record.current_version_id)
        .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
        .join(Person, Person.id == CreditLine.person_id)
        .where(Record.kind.in_(kinds))
    ).all()
    return tuple(sorted({row[0] for row in rows})), [tuple(row[1:]) for row in rows]
