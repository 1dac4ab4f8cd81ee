"""Records by the number of their contract: their code, or the field that their source names."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from workflows.sources.schema import read_source
from workflows.sources.tables import Record, RecordVersion, SourceImport


def by_contract(session: Session, number: str, kinds: Collection[str]) -> list[Record]:
    """Return the finished records of ``kinds`` with this contract number, by kind and code."""
    return list(
        session.scalars(
            _current(kinds)
            .where(or_(Record.code == number, *_in_fields(session, [number])))
            .order_by(Record.kind, Record.code)
        )
    )


def brought_with(
    session: Session, import_id: int, numbers: Collection[str], kinds: Collection[str]
) -> dict[str, Record]:
    """Return, by number, records that an import brought with one of these contract numbers."""
    if not numbers:
        return {}
    named = contract_fields(session)
    rows = session.execute(
        _current(kinds)
        .add_columns(RecordVersion.fields)
        .where(RecordVersion.import_id == import_id)
        .where(or_(Record.code.in_(numbers), *_in_fields(session, numbers)))
        .order_by(Record.kind.desc(), Record.code.desc())
    )
    found: dict[str, Record] = {}
    for record, fields in rows:
        number = fields.get(named.get(record.kind, ""))
        for each in (record.code, number):
            if each in numbers:
                found[each] = record
    return found


def contract_fields(session: Session) -> dict[str, str]:
    """Return, by kind of record, the field with the contract number, as the newest sources say."""
    newest = (
        select(func.max(SourceImport.id))
        .where(SourceImport.state == "done", SourceImport.source_text.is_not(None))
        .group_by(SourceImport.source)
    )
    texts = select(SourceImport.source_text).where(SourceImport.id.in_(newest))
    found: dict[str, str] = {}
    for text in session.scalars(texts.order_by(SourceImport.id)):
        found |= _fields_of(text or "")
    return found


@lru_cache(maxsize=32)
def _fields_of(text: str) -> dict[str, str]:
    kinds = read_source(text, "source.yaml").records
    return {kind.kind: kind.contract for kind in kinds if kind.contract is not None}


def _current(kinds: Collection[str]) -> Select[Record]:
    return (
        select(Record)
        .join(RecordVersion, RecordVersion.id == Record.current_version_id)
        .where(Record.kind.in_(kinds))
    )


def _in_fields(session: Session, numbers: Collection[str]) -> list[ColumnElement[bool]]:
    return [
        and_(Record.kind == kind, RecordVersion.fields[field].as_string().in_(numbers))
        for kind, field in contract_fields(session).items()
    ]
