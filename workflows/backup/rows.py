"""A table's rows as JSON lines, the same whichever database they come from."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from workflows.base.types import Instant, Scaled

Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def _same(value: Any) -> Any:
    return value


# What JSON has no form for is text; the column's type says what the text was.
_CODECS: dict[type[TypeEngine[Any]], Codec] = {
    Scaled: (str, Decimal),
    Instant: (datetime.isoformat, datetime.fromisoformat),
    sa.Date: (date.isoformat, date.fromisoformat),
    sa.LargeBinary: (lambda value: b64encode(value).decode(), b64decode),
    sa.JSON: (_same, _same),
    sa.String: (_same, _same),
    sa.Integer: (_same, _same),
    sa.Boolean: (_same, _same),
}


def encode(table: sa.Table, rows: Iterable[sa.Row[Any]]) -> Iterator[bytes]:
    """Yield a line for each row: its values in the order of the table's columns."""
    writers = [_codec(column)[0] for column in table.columns]
    for row in rows:
        values = [
            None if value is None else write(value)
            for write, value in zip(writers, row, strict=True)
        ]
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        yield line.encode() + b"\n"


def decode(table: sa.Table, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Read what ``encode`` wrote; ValueError where a line does not belong to this table."""
    readers = [(column.name, _codec(column)[1]) for column in table.columns]
    for line in lines:
        yield {
            name: None if value is None else read(value)
            for (name, read), value in zip(readers, json.loads(line), strict=True)
        }


def plain(table: sa.Table) -> sa.TableClause:
    """Return the table for inserting: no defaults, and a None in a JSON column stays a NULL."""
    columns = (
        sa.column(c.name, sa.JSON(none_as_null=True) if isinstance(c.type, sa.JSON) else c.type)
        for c in table.columns
    )
    return sa.table(table.name, *columns)


def _codec(column: sa.Column[Any]) -> Codec:
    for kind, codec in _CODECS.items():
        if isinstance(column.type, kind):
            return codec
    raise TypeError(f"{column}: a backup has no form for {column.type!r} yet")
