"""Imports, and the rows that they put aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session

from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.accounts.tables import Account
from workflows.sources.tables import QuarantinedRow, SourceImport


class ImportsView(ListView):
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
        Column("finished", N_("Finished"), lambda run: run.finished_at, "instant"),
    )
    filters = (
        Filter("state", N_("State"), SourceImport.state, lambda state: word(state, "imports")),
        Filter("source", N_("Source"), SourceImport.source),
    )
    searched = (SourceImport.source,)
    default_order = (SourceImport.started_at.desc(), SourceImport.id.desc())
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
        return {
            "quarantined": session.scalar(aside),
            "actor_account": session.get(Account, row.actor_id) if row.actor_id else None,
        }


class QuarantineView(ListView):
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
    )
    filters = (
        Filter("file", N_("File"), QuarantinedRow.file),
        Filter("code", N_("Kind of fault"), QuarantinedRow.code),
    )
    searched = (QuarantinedRow.file, QuarantinedRow.column, QuarantinedRow.code)
    default_order = (QuarantinedRow.import_id.desc(), QuarantinedRow.seq.asc())
    details_template = "lists/quarantined.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = select(QuarantinedRow)
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def keyed(self, key: str) -> ColumnElement[bool]:
        public_id, _, seq = key.partition("/")
        if not seq.isdecimal():
            return false()
        of_import = select(SourceImport.id).where(SourceImport.public_id == public_id)
        return QuarantinedRow.import_id.in_(of_import) & (QuarantinedRow.seq == int(seq))

    def key(self, row: Any) -> str:
        return f"{row.source_import.public_id}/{row.seq}"

    def heading(self, row: Any) -> str:
        return f"{row.file}:{row.line}"
