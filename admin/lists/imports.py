"""Imports, and the rows that they put aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session, contains_eager

from admin.data.mending import Mending, mending_context
from admin.data.uploads import Uploading, is_dead
from admin.formats import instant
from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.sources.tables import QuarantinedRow, QuarantineMend, SourceImport

_STATE = func.coalesce(QuarantineMend.outcome, "open")


class ImportsView(Uploading, ListView):
    """Every run of a source file, the newest first."""

    operation = "list_imports"
    title = N_("Imports")
    about = N_("Every run of a source: its files, what went in, what was put aside.")
    icon = "imports"
    columns = (
        Column(
            "started", N_("Started"), lambda run: run.started_at, "instant", SourceImport.started_at
        ),
        Column("source", N_("Source"), lambda run: run.source, "strong", SourceImport.source),
        Column(
            "state", N_("State"), lambda run: (run.state, "imports"), "badge", SourceImport.state
        ),
        Column("files", N_("Files"), lambda run: len(run.files), "number"),
        Column("finished", N_("Finished at"), lambda run: run.finished_at, "instant"),
    )
    filters = (
        Filter("state", N_("State"), SourceImport.state, lambda state: word(state, "imports")),
        Filter("source", N_("Source"), SourceImport.source),
    )
    searched = (SourceImport.source,)
    default_order = (SourceImport.started_at.desc(), SourceImport.id.desc())
    list_template = "data/imports.html"
    details_template = "lists/import.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = select(SourceImport)
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def keyed(self, key: str) -> ColumnElement[bool]:
        return SourceImport.public_id == key

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def heading(self, row: Any) -> str:
        return str(row.source)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:  # noqa: ARG002
        aside = select(func.count()).where(QuarantinedRow.import_id == row.id)
        # A row has a line for each reason: it is mended, or set aside, once.
        rows = (
            select(QuarantinedRow.file, QuarantinedRow.line)
            .outerjoin(QuarantineMend, QuarantineMend.of(QuarantinedRow))
            .where(QuarantinedRow.import_id == row.id, QuarantineMend.id.is_(None))
            .distinct()
        )
        undecided = select(func.count()).select_from(rows.subquery())
        return {
            "quarantined": session.scalar(aside),
            "undecided": session.scalar(undecided),
            "is_dead": is_dead(row),
            "mended": session.scalar(
                select(QuarantineMend).where(QuarantineMend.brought_id == row.id)
            ),
        }


@dataclass(frozen=True, slots=True)
class ImportFilter(Filter):
    """A choice among the imports that put rows aside, by source and time."""

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each import's public id, the newest first."""
        ids = rows.with_only_columns(QuarantinedRow.import_id, maintain_column_froms=True)
        runs = session.scalars(
            select(SourceImport).where(SourceImport.id.in_(ids)).order_by(SourceImport.id.desc())
        )
        return [(run.public_id, f"{run.source} · {instant(run.started_at)}") for run in runs]


class QuarantineView(Mending, ListView):
    """Rows that did not go in: where each is, why, and what to do."""

    operation = "list_imports"
    title = N_("Quarantined rows")
    about = N_("Rows that did not go in: where each is, why, and what to do about it.")
    icon = "quarantine"
    columns = (
        Column("file", N_("File"), lambda row: row.file, "code", QuarantinedRow.file),
        Column("line", N_("Line"), lambda row: row.line, "number", QuarantinedRow.line),
        Column("column", N_("Column"), lambda row: row.column, "code", QuarantinedRow.column),
        Column("reason", N_("Reason"), lambda row: row, "fault", QuarantinedRow.code),
        Column(
            "state",
            N_("State"),
            lambda row: (row.mend.outcome if row.mend else "open", "mends"),
            "badge",
            _STATE,
        ),
    )
    filters = (
        ImportFilter("import", N_("Import"), SourceImport.public_id),
        Filter("state", N_("State"), _STATE, lambda state: word(state, "mends")),
        Filter("file", N_("File"), QuarantinedRow.file),
        Filter("code", N_("Kind of fault"), QuarantinedRow.code),
    )
    searched = (QuarantinedRow.file, QuarantinedRow.column, QuarantinedRow.code)
    default_order = (QuarantinedRow.import_id.desc(), QuarantinedRow.seq.asc())
    loads = (contains_eager(QuarantinedRow.mend), contains_eager(QuarantinedRow.source_import))
    details_template = "lists/quarantined.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = (
            select(QuarantinedRow)
            .join(QuarantinedRow.source_import)
            .outerjoin(QuarantineMend, QuarantineMend.of(QuarantinedRow))
        )
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def keyed(self, key: str) -> ColumnElement[bool]:
        public_id, _, seq = key.partition("/")
        if not seq.isdecimal():
            return false()
        return (SourceImport.public_id == public_id) & (QuarantinedRow.seq == int(seq))

    def key(self, row: Any) -> str:
        return f"{row.source_import.public_id}/{row.seq}"

    def heading(self, row: Any) -> str:
        return f"{row.file}:{row.line}"

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:  # noqa: ARG002
        return mending_context(session, row)
