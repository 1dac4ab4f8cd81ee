"""Which fields the records have: a measure of one that none has would give everybody zero."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Fault
from engine.measures import fields_of, unknown_fields
from engine.model import Measure
from workflows.sources.tables import Record, RecordVersion

_AT_ONCE = 500


def fields_that_no_record_has(session: Session, measures: Iterable[Measure]) -> list[Fault]:
    """Return a fault for each field of a measure that no record of its kind has.

    Before the first record of a kind nothing can be said of its fields.
    """
    measured = [each for each in measures if not each.is_made_of_others and each.records]
    named: dict[str, set[str]] = {}
    for measure in measured:
        named.setdefault(measure.records or "", set()).update(fields_of(measure))
    known = {kind: _known(session, kind, names) for kind, names in named.items()}
    return unknown_fields([each for each in measured if known[each.records or ""]], known)


def _known(session: Session, kind: str, names: set[str]) -> set[str]:
    """Return the fields of a kind's records, the newest first, until all of ``names`` are found."""
    found: set[str] = set()
    rows = session.scalars(
        select(RecordVersion.fields)
        .join(Record, Record.current_version_id == RecordVersion.id)
        .where(Record.kind == kind)
        .order_by(RecordVersion.id.desc())
        .execution_options(yield_per=_AT_ONCE)
    )
    for fields in rows:
        found.update(fields)
        if names <= found:
            break
    rows.close()
    return found
