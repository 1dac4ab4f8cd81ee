"""The database layer: one transaction a write, exact numbers, honest times, append-only tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from workflows.base.database import Database
from workflows.cycles.tables import Cycle
from workflows.migrations import __file__ as migrations
from workflows.migrations import head
from workflows.org.tables import Person
from workflows.reviews.tables import GradeChange, Review
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.schema import metadata
from workflows.targets.tables import Target

NOON = datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=8)))


def a_review(session: sa.orm.Session) -> Review:
    version = PolicyVersion(
        policy=PolicyRow(code="p", name={"zh": "方案"}),
        seq=1,
        digest="d",
        text="",
        text_sha256="",
        canonical="",
        state="published",
        created_at=NOON,
    )
    cycle = Cycle(
        code="p@2026-01",
        policy_version=version,
        period="2026-01",
        starts_on=NOON.date(),
        ends_on=NOON.date(),
        state="open",
        version=0,
        opened_at=NOON,
    )
    review = Review(
        public_id="r",
        cycle=cycle,
        person=Person(code="E01", name="王芳", public_id="x"),
        stage="goal_setting",
        version=0,
    )
    session.add(review)
    session.flush()
    return review


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as session:
            session.add(Person(code="E01", name="王芳", public_id="x"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(Target(cycle_id=99, name="revenue", person_id=99, amount=Decimal(1)))


def test_numbers_are_exact_and_times_are_utc(database: Database) -> None:
    with database.write() as session:
        review = a_review(session)
        review.total = Decimal("86.4200")
    with database.read() as session:
        stored = session.scalars(sa.select(Review)).one()
        assert stored.total == Decimal("86.42")
        assert stored.cycle.opened_at == NOON
        assert stored.cycle.opened_at.tzinfo is UTC


@pytest.mark.parametrize("amount", ["0.00001", "922337203685477.5808"])
def test_a_number_is_never_rounded_on_its_way_in(database: Database, amount: str) -> None:
    with pytest.raises(StatementError, match="does not fit"), database.write() as session:
        session.add(Target(cycle_id=1, name="revenue", person_id=1, amount=Decimal(amount)))


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="no time zone"), database.write() as session:
        a_review(session).cycle.opened_at = datetime(2026, 1, 31)  # noqa: DTZ001 (the point)


@pytest.mark.parametrize(
    "statement", ["UPDATE grade_change SET reason = 'x'", "DELETE FROM grade_change"]
)
def test_history_cannot_be_edited_even_by_sql(database: Database, statement: str) -> None:
    with database.write() as session:
        change = GradeChange(
            review_id=a_review(session).id, grade_after="A", reason="…", changed_at=NOON
        )
        session.add(change)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as session:
        session.execute(sa.text(statement))


def test_migrations_and_tables_agree(database: Database) -> None:
    with database.read_engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables},
        )
        assert compare_metadata(context, metadata) == []


def test_the_newest_file_is_where_the_migrations_lead() -> None:
    assert ScriptDirectory(str(Path(migrations).parent)).get_current_head() == head()
