"""Each kind of column through JSON and back, and the kinds that have no form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from workflows.backup.rows import decode, encode, plain
from workflows.base.types import Instant, Scaled

TABLE = sa.Table(
    "sample",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("amount", Scaled(4)),
    sa.Column("at", Instant),
    sa.Column("day", sa.Date),
    sa.Column("bytes", sa.LargeBinary),
    sa.Column("json", sa.JSON),
    sa.Column("text", sa.Text),
    sa.Column("yes", sa.Boolean),
)
ROWS = [
    (
        2**62,
        Decimal("-12345678901234.5678"),
        datetime(2026, 11, 21, 1, 2, 3, 4, tzinfo=UTC),
        date(2024, 2, 29),
        bytes(range(256)),
        {"z": [1, None, True, "金额"], "a": {}},
        'quote " line\n\u2028 NUL-free',
        False,
    ),
    (1, None, None, None, None, None, None, None),
    (2, Decimal("0.0000"), None, None, b"", [], "", True),
]


def test_rows_come_back_as_they_were() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        TABLE.create(connection)
        names = [column.name for column in TABLE.columns]
        connection.execute(
            sa.insert(plain(TABLE)), [dict(zip(names, row, strict=True)) for row in ROWS]
        )
        before = connection.execute(sa.select(TABLE)).all()
        lines = list(encode(TABLE, before))
        connection.execute(sa.delete(TABLE))
        connection.execute(sa.insert(plain(TABLE)), list(decode(TABLE, lines)))
        assert connection.execute(sa.select(TABLE)).all() == before
        # SQL's NULL, not JSON's null: they look alike in Python and are found by other queries.
        nulls = sa.text("SELECT count(*) FROM sample WHERE json IS NULL")
        assert connection.scalar(nulls) == 1
    engine.dispose()
    assert [line.count(b"\n") for line in lines] == [1, 1, 1]


def test_a_kind_of_column_without_a_form_is_refused() -> None:
    table = sa.Table("other", sa.MetaData(), sa.Column("ratio", sa.Float))
    with pytest.raises(TypeError, match="no form"):
        list(encode(table, []))


def test_a_line_of_another_table_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        list(decode(TABLE, [b"[1,2]\n"]))
