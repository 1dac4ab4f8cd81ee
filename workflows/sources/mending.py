"""Quarantined rows: mended in place and taken in, or set aside for good; each once."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.claims.matching import match_claims
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.changes import reorganise
from workflows.org.tables import Person, Unit
from workflows.sources.comparing import wanted
from workflows.sources.extraction import (
    ORGANISATION,
    TEAM,
    Extraction,
    canonical_json,
)
from workflows.sources.importing import claim, rows_root
from workflows.sources.known import known
from workflows.sources.model import Source
from workflows.sources.one_row import cells_of, code_column, narrowed, read_row
from workflows.sources.report import parts_of
from workflows.sources.schema import read_source
from workflows.sources.shipped import shipped_source
from workflows.sources.tables import QuarantinedRow, QuarantineMend, Record, SourceImport
from workflows.sources.values import one_line
from workflows.sources.writing import make_current, write_records


def mend_row(
    session: Session,
    actor: Actor,
    now: datetime,
    row: QuarantinedRow,
    *,
    cells: Mapping[str, str],
    today: date,
) -> SourceImport:
    """Take a mended row in, as an import of its own; ``cells`` are its values by column.

    The row is read by the same rules of its source. Returns the import. Raises
    ``KaohengError``: ``DENIED``, ``CONFLICT`` for a row that somebody mended before or while
    an import runs, and all that is wrong with the row still, each fault at its column.
    """
    allow_everywhere(actor, "mend_row")
    source = source_of(row)
    part = part_of(row, source)
    brought = _begin(session, actor, now, row.source_import)
    _refuse_mended(session, row, part)
    typed = {cell.column: cells.get(cell.column, "").strip() for cell in cells_of(source, part)}
    _refuse_code(session, row, source, part, typed)
    extraction = read_row(source, part, row.line, typed, known(session))
    if part == ORGANISATION:
        _refuse_other_region(session, source, extraction)
    _take_in(session, now, brought, narrowed(source, part), extraction, today)
    _note(session, actor, now, row, part, "taken_in", row_=typed, brought=brought)
    matched = match_claims(session, now, brought.id)
    append(
        session,
        action="mend_row",
        actor=actor,
        subject=Subject("import", brought.public_id),
        at=now,
        details={
            **_where(row, part),
            "rows_root": brought.rows_root,
            "counts": brought.counts,
            **({"claims": matched} if matched else {}),
        },
    )
    return brought


def set_row_aside(
    session: Session, actor: Actor, now: datetime, row: QuarantinedRow, *, reason: str
) -> None:
    """Decide that a row never goes in, with a reason; raises ``KaohengError`` as ``mend_row``."""
    allow_everywhere(actor, "mend_row")
    if not reason.strip():
        raise refuse(
            "mend.reason_needed",
            N_("Setting a row aside for good needs a reason."),
            N_("Say why it never goes in."),
            place=Place(path="reason"),
        )
    part = part_of(row, source_of(row))
    _refuse_mended(session, row, part)
    _note(session, actor, now, row, part, "set_aside", reason=reason.strip())
    append(
        session,
        action="set_row_aside",
        actor=actor,
        subject=Subject("import", row.source_import.public_id),
        at=now,
        # What people write may name somebody: the words stay in the table.
        details={
            **_where(row, part),
            "reason_sha256": hashlib.sha256(reason.strip().encode()).hexdigest(),
        },
    )


def source_of(row: QuarantinedRow) -> Source:
    """Return the source that the row was read by; old imports did not keep theirs."""
    text = row.source_import.source_text
    file = f"{row.source_import.source}.yaml"
    if text is None:
        text, file = shipped_source(row.source_import.source)
    return read_source(text, file)


def part_of(row: QuarantinedRow, source: Source) -> str:
    """Return what the row would have been: ``organisation``, or a kind of record."""
    of_file = (name for name, file in source.parts() if source.files[file].name == row.file)
    return row.part or next(of_file)


def _begin(session: Session, actor: Actor, now: datetime, before: SourceImport) -> SourceImport:
    """Begin the import entry; while it is open no other import runs, as for every import."""
    brought = SourceImport(
        public_id=uuid.uuid4().hex,
        source=before.source,
        source_text=before.source_text,
        state="running",
        files=[],
        counts={},
        actor_id=actor.account_id,
        started_at=now,
    )
    claim(session, brought)
    return brought


def _take_in(
    session: Session,
    now: datetime,
    brought: SourceImport,
    source: Source,
    extraction: Extraction,
    today: date,
) -> None:
    counts = write_records(session, brought.id, extraction.all_records)
    make_current(session, brought.id)
    if source.organisation:
        counts = {ORGANISATION: reorganise(session, wanted(extraction), today)}
    brought.state, brought.finished_at = "done", now
    brought.files = [asdict(file) for file in extraction.files]
    brought.counts = {**counts, "quarantined": 0}
    brought.parts = [asdict(part) for part in parts_of(source, extraction, counts, changed=True)]
    brought.rows_root = rows_root(extraction).hex()
    session.flush()


def _note(
    session: Session,
    actor: Actor,
    now: datetime,
    row: QuarantinedRow,
    part: str,
    outcome: str,
    *,
    row_: Mapping[str, str] | None = None,
    reason: str | None = None,
    brought: SourceImport | None = None,
) -> None:
    session.add(
        QuarantineMend(
            import_id=row.import_id,
            file=row.file,
            line=row.line,
            part=part,
            outcome=outcome,
            row=dict(row_ or {}),
            reason=reason,
            brought_id=brought.id if brought else None,
            actor_id=actor.account_id,
            mended_at=now,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise _mended(row) from error


def _refuse_mended(session: Session, row: QuarantinedRow, part: str) -> None:
    there = select(QuarantineMend.id).filter_by(
        import_id=row.import_id, file=row.file, line=row.line, part=part
    )
    if session.scalar(there) is not None:
        raise _mended(row)


def _mended(row: QuarantinedRow) -> KaohengError:
    return refuse(
        "mend.was_first",
        N_("Somebody has already decided on line {line} of {file}."),
        N_("Reload the page to see what they did; what you typed is still here."),
        kind=Kind.CONFLICT,
        line=row.line,
        file=row.file,
    )


def _refuse_code(
    session: Session, row: QuarantinedRow, source: Source, part: str, typed: Mapping[str, str]
) -> None:
    """Refuse a code that is another row's: mending must not overwrite what somebody else has."""
    column = code_column(source, part)
    before, code = one_line(row.row.get(column, "")), one_line(typed[column])
    place = Place(row.file, row.line, path=column)
    if code == before:
        twice = _fault_of(session, row, part, "row.duplicate")
        if twice is not None:
            raise refuse(twice.code, twice.message, twice.remedy, place=place, **twice.params)
    elif _is_taken(session, part, code):
        raise refuse(
            "mend.code_taken",
            N_("“{value}” is there already."),
            N_("Give the code that this row should have, or leave it as it was."),
            place=place,
            value=code,
        )


def _fault_of(session: Session, row: QuarantinedRow, part: str, code: str) -> QuarantinedRow | None:
    """Return the line of the quarantine that refuses this row for ``code``, if one does."""
    same = select(QuarantinedRow).filter_by(import_id=row.import_id, file=row.file, line=row.line)
    lines = session.scalars(same.where(QuarantinedRow.code == code))
    return next((line for line in lines if line.part in (None, part)), None)


def _is_taken(session: Session, part: str, code: str) -> bool:
    if part == ORGANISATION:
        return session.scalar(select(Person.id).where(Person.code == code)) is not None
    finished = select(Record.id).where(Record.current_version_id.is_not(None))
    return session.scalar(finished.filter_by(kind=part, code=code)) is not None


def _refuse_other_region(session: Session, source: Source, extraction: Extraction) -> None:
    """Refuse a row that would move a whole team to another region."""
    assert source.organisation is not None, "the row is one of the organisation's"
    for unit in extraction.units:
        there = session.scalar(select(Unit).where(Unit.code == unit.code))
        if unit.kind == TEAM and there and there.parent and there.parent.code != unit.parent:
            fault = Fault(
                "mend.other_region",
                N_("The team of “{manager}” belongs to “{region}”."),
                N_("A team has one region: correct the row, or import a list with the team moved."),
                {"manager": unit.code, "region": there.parent.code},
                Place(path=source.organisation.region),
            )
            raise KaohengError([fault])


def _where(row: QuarantinedRow, part: str) -> dict[str, object]:
    return {
        "source": row.source_import.source,
        "import": row.source_import.public_id,
        "file": row.file,
        "line": row.line,
        "part": part,
        "row_sha256": hashlib.sha256(canonical_json(row.row)).hexdigest(),
    }
