"""What earlier imports brought, as the rows of a new one may refer to it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.crediting.overriding import SAID
from workflows.crediting.tables import RecordOverride
from workflows.org.tables import Person
from workflows.sources.extraction import CUSTOMER, PRODUCT, Known
from workflows.sources.tables import Record, RecordVersion


def known(session: Session) -> Known:
    """Return the codes of people, and customers and products with their current fields."""
    return Known(
        frozenset(session.scalars(select(Person.code))),
        _current(session, CUSTOMER),
        _current(session, PRODUCT),
    )


def current_digests(session: Session, kind: str) -> dict[str, str]:
    """Return the digest of what its source said last of every record of ``kind``, by code."""
    rows = session.execute(
        select(Record.code, SAID)
        .select_from(Record)
        .join(RecordVersion, RecordVersion.id == Record.current_version_id)
        .outerjoin(RecordOverride, RecordOverride.version_id == RecordVersion.id)
        .where(Record.kind == kind)
    )
    return dict(rows.all())


def _current(session: Session, kind: str) -> dict[str, Mapping[str, str]]:
    rows = session.execute(
        select(Record.code, RecordVersion.fields)
        .join(RecordVersion, RecordVersion.id == Record.current_version_id)
        .where(Record.kind == kind)
    )
    return dict(rows.all())
