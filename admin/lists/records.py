"""Deals, customers, products and the rest, as their current versions say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, select
from sqlalchemy.orm import Session, selectinload

from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere, people
from workflows.org.tables import Person
from workflows.sources.tables import CreditLine, Record, RecordVersion


class RecordsView(ListView):
    """Records that are finished; somebody's are those that their current credit lines name."""

    operation = "list_records"
    title = N_("Records")
    about = N_("What the sources reported: every version stays readable.")
    icon = "records"
    columns = (
        Column("code", N_("Code"), lambda record: record.code, "code", Record.code),
        Column("kind", N_("Kind"), lambda record: (record.kind, "records"), "badge", Record.kind),
        Column("source", N_("Source"), lambda record: record.source, "text", Record.source),
    )
    filters = (
        Filter("kind", N_("Kind"), Record.kind, lambda kind: word(kind, "records")),
        Filter("source", N_("Source"), Record.source),
    )
    searched = (Record.code,)
    default_order = (Record.kind.asc(), Record.code.asc())
    details_template = "lists/record.html"

    def visible(self, actor: Actor) -> Select[Any]:
        finished = select(Record).where(Record.current_version_id.is_not(None))
        if may_everywhere(actor, self.operation):
            return finished
        return finished.where(
            exists(
                select(CreditLine.id)
                .join(Person, Person.id == CreditLine.person_id)
                .where(
                    CreditLine.record_version_id == Record.current_version_id,
                    people(actor, self.operation),
                )
                .correlate(Record)
            )
        )

    def keyed(self, key: str) -> ColumnElement[bool]:
        kind, slash, code = key.partition("/")
        return and_(Record.kind == kind, Record.code == code) if slash else false()

    def key(self, row: Any) -> str:
        return f"{row.kind}/{row.code}"

    def heading(self, row: Any) -> str:
        return str(row.code)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:  # noqa: ARG002
        versions = session.scalars(
            select(RecordVersion)
            .where(RecordVersion.record_id == row.id)
            .options(selectinload(RecordVersion.credits))
            .order_by(RecordVersion.seq.desc())
        ).all()
        credited = {line.person_id for version in versions for line in version.credits}
        named = session.scalars(select(Person).where(Person.id.in_(credited)))
        return {"versions": versions, "people": {person.id: person for person in named}}
