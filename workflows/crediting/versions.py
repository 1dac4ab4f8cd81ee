"""Writing the next version of a record that is not brought by its source."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.base.conditional import change_if
from workflows.crediting.overriding import from_kept, in_force, kept
from workflows.crediting.tables import RecordOverride
from workflows.org.tables import Person
from workflows.sources.extraction import CreditLine, Record
from workflows.sources.tables import ALWAYS, RecordVersion, SourceImport
from workflows.sources.tables import CreditLine as CreditRow
from workflows.sources.tables import Record as RecordRow
from workflows.sources.writing import credit_lines

# What the entry among the imports is called that brings such a version.
AGREED = "agreed-credits"


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it is: its version, what its source says, and what holds instead."""

    row: RecordRow
    version: RecordVersion
    said: Record
    said_digest: str
    credits: tuple[CreditLine, ...] | None

    @property
    def holds(self) -> tuple[CreditLine, ...]:
        """The credit lines that hold."""
        return self.said.credits if self.credits is None else self.credits


def standing_of(session: Session, row: RecordRow) -> Standing:
    """Return a finished record as it stands."""
    version = session.get_one(RecordVersion, row.current_version_id)
    override = in_force(session, [row.id]).get(row.id)
    if override is None:
        said = Record(row.kind, row.code, version.fields, lines_of(session, version.id))
        return Standing(row, version, said, version.digest, None)
    credits = from_kept(override.said_credits)
    agreed = from_kept(override.credits)
    said = Record(row.kind, row.code, override.said_fields, credits)
    return Standing(row, version, said, override.said_digest, agreed)


def lines_of(session: Session, version_id: int) -> tuple[CreditLine, ...]:
    """Return the credit lines of a version, in their order."""
    rows = session.execute(
        select(Person.code, CreditRow.share, CreditRow.role, CreditRow.since)
        .join(Person, Person.id == CreditRow.person_id)
        .where(CreditRow.record_version_id == version_id)
        .order_by(CreditRow.id)
    )
    return tuple(
        CreditLine(code, share, role, None if since == ALWAYS else since)
        for code, share, role, since in rows
    )


def entry_of(now: datetime, source: str, actor_id: int | None, *, state: str) -> SourceImport:
    """Return the entry among the imports that versions come with which no source brings."""
    return SourceImport(
        public_id=uuid.uuid4().hex,
        source=source,
        state=state,
        files=[],
        counts={},
        actor_id=actor_id,
        started_at=now,
        finished_at=now,
    )


def write_version(
    session: Session,
    entry: SourceImport,
    standing: Standing,
    credits: Sequence[CreditLine] | None,
    fields: Mapping[str, str] | None = None,
) -> RecordVersion:
    """Write the version of a record that holds from now on; return it.

    ``credits`` (None: the source's own) hold instead of what its source says, and with them
    ``fields``, where given, until the source says something else.
    Refuses with ``CONFLICT`` where the record has changed meanwhile.
    """
    row, said = standing.row, standing.said
    lines = said.credits if credits is None else tuple(credits)
    content = Record(row.kind, row.code, said.fields if fields is None else fields, lines)
    last = select(func.max(RecordVersion.seq)).where(RecordVersion.record_id == row.id)
    version = RecordVersion(
        record_id=row.id,
        seq=(session.scalar(last) or 0) + 1,
        import_id=entry.id,
        digest=content.digest,
        fields=dict(content.fields),
    )
    session.add(version)
    session.flush()
    rows = credit_lines(session, {version.id: content})
    if rows:
        session.execute(insert(CreditRow), rows)
    if credits is not None:
        session.add(
            RecordOverride(
                version_id=version.id,
                said_digest=standing.said_digest,
                said_fields=dict(said.fields),
                said_credits=kept(said.credits),
                credits=kept(credits),
            )
        )
    _make_current(session, standing, version)
    return version


def _make_current(session: Session, standing: Standing, version: RecordVersion) -> None:
    row = standing.row
    first = change_if(
        session,
        update(RecordRow)
        .where(RecordRow.id == row.id, RecordRow.current_version_id == standing.version.id)
        .values(current_version_id=version.id),
    )
    session.refresh(row)
    if not first:
        raise refuse(
            "crediting.changed_meanwhile",
            N_("The record {code} has changed meanwhile."),
            N_("Look at it as it is now, then decide again."),
            kind=Kind.CONFLICT,
            code=row.code,
        )
