"""What holds instead of what a source says, carried on when the source says something else."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from workflows.crediting.tables import CreditDifference, RecordOverride
from workflows.sources.extraction import CreditLine, Record
from workflows.sources.tables import Record as RecordRow
from workflows.sources.tables import RecordVersion
from workflows.sources.values import plain

# The digest of what a version's source said; a query has RecordOverride joined from outside.
SAID = func.coalesce(RecordOverride.said_digest, RecordVersion.digest)


def in_force(session: Session, records: Sequence[int]) -> dict[int, RecordOverride]:
    """Return the override of the current version of those records that have one, by record id."""
    if not records:
        return {}
    rows = session.execute(
        select(RecordRow.id, RecordOverride)
        .join(RecordOverride, RecordOverride.version_id == RecordRow.current_version_id)
        .where(RecordRow.id.in_(records))
    )
    return dict(rows.all())


def overridden(override: RecordOverride, said: Record) -> Record:
    """Return the record that holds where its source says ``said``."""
    return replace(said, credits=from_kept(override.credits))


def carry_on(session: Session, written: Iterable[tuple[RecordOverride, Record, int]]) -> None:
    """Keep overrides with the versions that now hold, given what the source says and their ids.

    A source that says other credits than before, and not the agreed ones, is a difference.
    """
    overrides, differences = [], []
    for before, said, version_id in written:
        credits = kept(said.credits)
        overrides.append(
            {
                "version_id": version_id,
                "said_digest": said.digest,
                "said_fields": dict(said.fields),
                "said_credits": credits,
                "credits": before.credits,
            }
        )
        if not _among(credits, before.said_credits, before.credits):
            differences.append(
                {
                    "public_id": uuid.uuid4().hex,
                    "record_id": before.version.record_id,
                    "version_id": version_id,
                    "said": credits,
                    "agreed": before.credits,
                    "state": "open",
                }
            )
    if overrides:
        session.execute(insert(RecordOverride), overrides)
    if differences:
        session.execute(insert(CreditDifference), differences)


def _among(credits: list[Any], *known: list[Any]) -> bool:
    return sorted(credits, key=str) in [sorted(each, key=str) for each in known]


def kept(lines: Iterable[CreditLine]) -> list[Any]:
    """Return credit lines in JSON's own types: ``[person's code, share, role, since or None]``."""
    return [
        [each.person, plain(each.share), each.role, each.since.isoformat() if each.since else None]
        for each in lines
    ]


def from_kept(lines: Iterable[Sequence[Any]]) -> tuple[CreditLine, ...]:
    """Return the credit lines that ``kept`` gave."""
    return tuple(
        CreditLine(person, Decimal(share), role, date.fromisoformat(since) if since else None)
        for person, share, role, since in lines
    )
