"""Mending a quarantined row in place: its columns as fields, its faults beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.preferences import translate
from admin.refusals import by_field
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.base.clock import today
from workflows.sources.mending import mend_row, part_of, set_row_aside, source_of
from workflows.sources.one_row import cells_of
from workflows.sources.tables import QuarantinedRow, QuarantineMend, SourceImport

Page = str | Response | tuple[str, int]
PREFIX = "cell."  # before a column's name in the form, so that no column can pose as a field


class Mending:
    """The addresses of a quarantined row's mend; ``QuarantineView`` has them beside its list."""

    @expose("/<key>/<int:seq>/mend", methods=["POST"])  # type: ignore[untyped-decorator]
    def mend(self, key: str, seq: int) -> Page:
        """Take the mended row in, or show what is still wrong with it, as it was typed."""
        allow_everywhere(current_actor(), "mend_row")
        typed = {
            name.removeprefix(PREFIX): value
            for name, value in request.form.items()
            if name.startswith(PREFIX)
        }
        app = services()
        try:
            with writing() as write:
                row = _find(write.session, key, seq)
                day = today(write.now, app.settings.timezone)
                mend_row(write.session, write.actor, write.now, row, cells=typed, today=day)
        except KaohengError as error:
            return self._again(key, seq, error, typed=typed)
        return redirect(url_for("quarantine.details", key=f"{key}/{seq}"), 303)

    @expose("/<key>/<int:seq>/set-aside", methods=["POST"])  # type: ignore[untyped-decorator]
    def set_aside(self, key: str, seq: int) -> Page:
        """Decide that the row never goes in."""
        allow_everywhere(current_actor(), "mend_row")
        reason = request.form.get("reason", "")
        try:
            with writing() as write:
                row = _find(write.session, key, seq)
                set_row_aside(write.session, write.actor, write.now, row, reason=reason)
        except KaohengError as error:
            return self._again(key, seq, error, reason=reason)
        return redirect(url_for("quarantine.details", key=f"{key}/{seq}"), 303)

    def _again(
        self,
        key: str,
        seq: int,
        error: KaohengError,
        typed: Mapping[str, str] | None = None,
        reason: str = "",
    ) -> Page:
        if error.kind in (Kind.DENIED, Kind.MISSING):
            raise error
        with services().database.read() as session:
            row = _find(session, key, seq)
            context = mending_context(session, row, error=error, typed=typed, reason=reason)
            page = self.render("lists/quarantined.html", row=row, **context)  # type: ignore[attr-defined]
        return str(page), status_of(error)


def mending_context(
    session: Session,
    row: QuarantinedRow,
    *,
    error: KaohengError | None = None,
    typed: Mapping[str, str] | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """Return what the row's page shows: its reasons, its fields, how it ended if it has."""
    return {
        "reasons": _reasons(session, row),
        "mend": row.mend,
        "form": _form(session, row, error, typed),
        "refused": by_field(error),
        "reason": reason,
        "after": _next_open(session, row),
    }


def _find(session: Session, key: str, seq: int) -> QuarantinedRow:
    row = session.scalar(
        select(QuarantinedRow)
        .join(QuarantinedRow.source_import)
        .where(SourceImport.public_id == key, QuarantinedRow.seq == seq)
    )
    if row is None:
        abort(404)
    return row


def _reasons(session: Session, row: QuarantinedRow) -> list[QuarantinedRow]:
    same = {"import_id": row.import_id, "file": row.file, "line": row.line, "part": row.part}
    rows = select(QuarantinedRow).filter_by(**same).order_by(QuarantinedRow.seq)
    return list(session.scalars(rows))


def _form(
    session: Session,
    row: QuarantinedRow,
    error: KaohengError | None,
    typed: Mapping[str, str] | None,
) -> dict[str, Any] | None:
    """Return the fields with what stands in them; None for who may not mend."""
    if not may_everywhere(current_actor(), "mend_row"):
        return None
    try:
        source = source_of(row)
    except KaohengError:
        return None  # an old import of a source that is not shipped: only setting aside is left
    part = part_of(row, source)
    faults = by_field(error) if typed is not None else _words(_reasons(session, row))
    values = typed if typed is not None else row.row
    return {
        "part": part,
        "fields": [
            (cell, values.get(cell.column, ""), faults.get(cell.column, []))
            for cell in cells_of(source, part)
        ],
    }


def _words(reasons: list[QuarantinedRow]) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for each in reasons:
        parts = [translate(part, **each.params) for part in (each.message, each.remedy) if part]
        found.setdefault(each.column, []).append(" ".join(parts))
    return found


def _next_open(session: Session, row: QuarantinedRow) -> QuarantinedRow | None:
    """Return the next row of the same import that nobody has decided on."""
    return session.scalar(
        select(QuarantinedRow)
        .outerjoin(QuarantineMend, QuarantineMend.of(QuarantinedRow))
        .where(QuarantinedRow.import_id == row.import_id, QuarantineMend.id.is_(None))
        .where((QuarantinedRow.file != row.file) | (QuarantinedRow.line != row.line))
        .order_by((QuarantinedRow.seq < row.seq), QuarantinedRow.seq)
        .limit(1)
    )
