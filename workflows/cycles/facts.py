"""The table of facts that a cycle is scored on: a row a person, from records and targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import periods
from engine.errors import KaohengError
from engine.measures import EXACT, actuals, people_frame, records_frame, unknown_fields
from engine.model import Policy
from workflows.cycles.population import managed_by
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.moves import reviews_of
from workflows.sources.tables import CreditLine, Record, RecordVersion
from workflows.targets.operations import targets_of_people

# Kind, record's code, person's code, share, fields.
Credit = tuple[str, str, str, Decimal, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """A row a person, and the versions of the records that were looked at, by id."""

    frame: pl.DataFrame
    records: tuple[int, ...]


def facts_of(session: Session, cycle: Cycle, policy: Policy) -> Facts:
    """Return person, team, every base measure and every target of everybody in the cycle.

    Numbers are Decimal(38, 10). Records count as they are now; locking keeps what this gave.
    """
    reviews = reviews_of(session, cycle)
    managed = managed_by(session, cycle.starts_on)
    people = people_frame({r.person.code: managed.get(r.person_id, ()) for r in reviews})
    looked_at, credits = _credits(session, policy)
    _check_fields(policy, credits)
    records = records_frame(policy.measures, credits)
    measured = actuals(policy.measures, records, people, periods.parse(cycle.period))
    targets = targets_of_people(session, cycle)
    teams = pl.Series("team", [r.team.code if r.team else None for r in reviews], dtype=pl.String)
    frame = measured.with_columns(
        teams,
        *(
            pl.Series(rule.code, [targets[r.person_id][rule.code] for r in reviews], dtype=EXACT)
            for rule in policy.targets
        ),
    )
    return Facts(frame, looked_at)


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
