"""Goal plans: goals, the versions of their trees, what was agreed, where targets came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0014"
down_revision = "0013"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_AMOUNT = sa.BigInteger()


def upgrade() -> None:
    _plans()
    _nodes()
    _offers()
    _table(
        "target_origin",
        _reference("target_id", "target"),
        _reference("node_id", "goal_node"),
        sa.Column("amount", _AMOUNT, nullable=False),
        unique=(("target_id", "node_id"),),
        indexed=(("node_id",),),
    )
    make_append_only("goal_step")


def _plans() -> None:
    _table(
        "goal_plan",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _reference("author_id", "account", nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        unique=(("year",),),
    )
    _table(
        "goal_version",
        _reference("plan_id", "goal_plan"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _reference("author_id", "account", nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        _reference("submitter_id", "account", nullable=True),
        sa.Column("submitted_at", _INSTANT, nullable=True),
        _reference("approver_id", "account", nullable=True),
        sa.Column("approved_at", _INSTANT, nullable=True),
        unique=(("plan_id", "seq"),),
    )
    current = sa.text("state IN ('draft', 'submitted')")
    op.create_index(
        "uq_goal_version_draft",
        "goal_version",
        ["plan_id"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )
    _table(
        "goal",
        _reference("plan_id", "goal_plan"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("quantity", _AMOUNT, nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("strategy", sa.Text(), nullable=False),
        _reference("parent_id", "goal", nullable=True),
        _reference("person_id", "person", nullable=True),
        sa.Column("adds", sa.Boolean(), nullable=False),
        sa.Column("round_to", _AMOUNT, nullable=False),
        sa.Column("span", sa.String(), nullable=False),
        sa.Column("if_missing", sa.String(), nullable=False),
        _reference("author_id", "account", nullable=True),
        sa.Column("stated_at", _INSTANT, nullable=False),
        unique=(("plan_id", "code"),),
        indexed=(("person_id",),),
    )


def _nodes() -> None:
    _table(
        "goal_node",
        _reference("version_id", "goal_version"),
        _reference("goal_id", "goal"),
        _reference("parent_id", "goal_node", nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        _reference("unit_id", "unit", nullable=True),
        _reference("person_id", "person", nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("amount", _AMOUNT, nullable=False),
        sa.Column("ratio", _AMOUNT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("months", sa.JSON(), nullable=False),
        sa.Column("shape", sa.JSON(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("factor", _AMOUNT, nullable=False),
        sa.Column("round_to", _AMOUNT, nullable=False),
        sa.Column("reserve", _AMOUNT, nullable=False),
        sa.Column("reserve_rate", _AMOUNT, nullable=True),
        sa.Column("split_reason", sa.Text(), nullable=True),
        indexed=(("parent_id",), ("version_id", "goal_id"), ("version_id", "person_id")),
    )


def _offers() -> None:
    _table(
        "goal_offer",
        sa.Column("public_id", sa.String(), nullable=False),
        _reference("version_id", "goal_version"),
        _reference("goal_id", "goal"),
        _reference("person_id", "person"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amounts", sa.JSON(), nullable=False),
        sa.Column("countered", sa.JSON(), nullable=True),
        _reference("settler_id", "account", nullable=True),
        sa.Column("since", _INSTANT, nullable=False),
        unique=(("public_id",), ("version_id", "goal_id", "person_id")),
        indexed=(("person_id",),),
    )
    _table(
        "goal_step",
        _reference("offer_id", "goal_offer"),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("amounts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        _reference("actor_id", "account", nullable=True),
        sa.Column("done_at", _INSTANT, nullable=False),
        indexed=(("offer_id",),),
    )


def _table(
    name: str,
    *columns: sa.Column[object] | tuple[sa.Column[object], str],
    unique: tuple[tuple[str, ...], ...] = (),
    indexed: tuple[tuple[str, ...], ...] = (),
) -> None:
    """Create a table with its key; a column that refers to a table comes with that one's name."""
    plain = [each if isinstance(each, sa.Column) else each[0] for each in columns]
    refers = [each for each in columns if not isinstance(each, sa.Column)]
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        *plain,
        *(
            sa.ForeignKeyConstraint(
                [column.name], [f"{other}.id"], name=op.f(f"fk_{name}_{column.name}")
            )
            for column, other in refers
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(*each, name=op.f(f"uq_{name}_{'_'.join(each)}")) for each in unique),
        sqlite_autoincrement=True,
    )
    for each in indexed:
        op.create_index(op.f(f"ix_{name}_{'_'.join(each)}"), name, list(each))


def _reference(column: str, other: str, *, nullable: bool = False) -> tuple[sa.Column[object], str]:
    return sa.Column(column, _KEY, nullable=nullable), other
