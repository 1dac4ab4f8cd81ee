"""A database that is emptied from test to test is as new: nothing of one test is in the next."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from tests.emptying import Emptied

NAME = "emptied"
ITSELF = "SELECT oid FROM pg_database WHERE datname = current_database()"


def said(url: URL, *statements: str) -> list[object]:
    """Execute statements, each in a transaction of its own, and return what each selects."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    answers: list[object] = []
    for statement in statements:
        with engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            answers.append(result.scalar() if result.returns_rows else None)
    return answers


UNIT = "INSERT INTO unit (code, name, kind) VALUES ('east', 'East', 'region') RETURNING id"


def test_rows_go_and_numbers_begin_anew(postgres_databases: Emptied) -> None:
    url = postgres_databases.fresh(NAME)
    before = said(url, "SELECT version_num FROM alembic_version", UNIT, UNIT.replace("east", "w"))
    said(url, "DELETE FROM alembic_version")
    url = postgres_databases.fresh(NAME)
    assert said(url, "SELECT count(*) FROM unit") == [0]
    again = said(url, "SELECT version_num FROM alembic_version", UNIT, UNIT.replace("east", "w"))
    assert again == before


def test_jobs_go_too(postgres_databases: Emptied) -> None:
    """Were one left, the next of its name would be done already."""
    url = postgres_databases.fresh(NAME)
    said(url, "INSERT INTO dbos.workflow_status (workflow_uuid) VALUES ('a')")
    url = postgres_databases.fresh(NAME)
    assert said(url, "SELECT count(*) FROM dbos.workflow_status") == [0]


def test_history_goes_too_and_is_kept_again(postgres_databases: Emptied) -> None:
    url = postgres_databases.fresh(NAME)
    kept = "INSERT INTO log_checkpoint (size, note, at) VALUES (1, 'a', now())"
    said(url, kept)
    url = postgres_databases.fresh(NAME)
    assert said(url, "SELECT count(*) FROM log_checkpoint") == [0]
    said(url, kept)
    with pytest.raises(sa.exc.DBAPIError, match="append"):
        said(url, "DELETE FROM log_checkpoint")


def test_no_change_of_the_schema_is_passed_by(postgres_databases: Emptied) -> None:
    url = postgres_databases.fresh(NAME)
    for change in (
        "CREATE TABLE more (x integer)",
        "CREATE SCHEMA more",
        "ALTER TABLE unit ADD more integer",
        "ALTER TABLE unit ALTER name SET DEFAULT 'x'",
        "ALTER TABLE log_value DISABLE TRIGGER ALL",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP INDEX ix_unit_parent_id",
        "DROP TABLE log_value",
    ):
        before = postgres_databases.shape(NAME)
        said(url, change)
        assert postgres_databases.shape(NAME) != before, change


def test_another_schema_goes(postgres_databases: Emptied) -> None:
    url = postgres_databases.fresh(NAME)
    before = said(url, ITSELF, "SELECT to_regclass('log_value') IS NULL")
    said(url, "DROP TABLE log_value")
    url = postgres_databases.fresh(NAME)
    after = said(url, ITSELF, "SELECT to_regclass('log_value') IS NULL")
    assert before[0] != after[0]
    assert after[1] == before[1] is False


def test_whoever_is_left_from_the_last_test_is_sent_away(postgres_databases: Emptied) -> None:
    engine = sa.create_engine(postgres_databases.fresh(NAME), poolclass=sa.NullPool)
    with engine.connect() as left:
        left.exec_driver_sql(UNIT)
        url = postgres_databases.fresh(NAME)
        assert said(url, "SELECT count(*) FROM unit", UNIT) == [0, 1]
        left.invalidate()


def test_what_is_only_filled_is_not_made_anew(postgres_databases: Emptied) -> None:
    """Were it, the tests would be right, and slow: the database stays the same one."""
    first = said(postgres_databases.fresh(NAME), UNIT, "ANALYZE", ITSELF)[2]
    assert said(postgres_databases.fresh(NAME), ITSELF) == [first]
