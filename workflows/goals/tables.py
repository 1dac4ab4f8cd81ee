"""Goal plans: a year's goals, the versions of their trees, and what was agreed with people."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.org.tables import Person, Unit
from workflows.targets.tables import Target


class GoalPlan(Base):
    """The goal plan 目标分解 of a year."""

    __tablename__ = "goal_plan"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class GoalVersion(Base):
    """A state of a plan's trees: ``draft`` → ``submitted`` → ``approved`` → ``superseded``.

    Only a draft is ever changed; ``version`` counts its changes. ``reason`` says why the year's
    plan was changed, from the second on.
    """

    __tablename__ = "goal_version"
    __table_args__ = (
        UniqueConstraint("plan_id", "seq"),
        # One at a time is being worked on.
        Index(
            "uq_goal_version_draft",
            "plan_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'submitted')"),
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("goal_plan.id"))
    seq: Mapped[int]
    state: Mapped[str]
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)

    plan: Mapped[GoalPlan] = relationship()
    author: Mapped[Account | None] = relationship(foreign_keys=[author_id])
    approver: Mapped[Account | None] = relationship(foreign_keys=[approver_id])


class Goal(Base):
    """A goal of a year, in the fields that SMART asks for.

    ``what`` 具体, ``measure`` 衡量指标, ``quantity`` with ``unit`` 数值, ``due_on`` 期限, and what
    it is for: the goal ``parent`` 对齐, or of a company goal the ``strategy``. A company goal
    (no ``person``) has a tree in every version; its ``code`` is that of the policies' targets which
    it gives. ``adds``: amounts add up (a satisfaction does not). ``round_to`` is what months are
    whole in. ``span``: it is agreed by the ``year`` or the ``quarter``. ``if_missing``: who has no
    figure is ``pending`` (no score until there is one) or has the ``average`` of their unit.
    """

    __tablename__ = "goal"
    __table_args__ = (UniqueConstraint("plan_id", "code"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("goal_plan.id"))
    code: Mapped[str]
    title: Mapped[str]
    what: Mapped[str] = mapped_column(Text)
    measure: Mapped[str]
    quantity: Mapped[Decimal | None] = mapped_column(Scaled(4))
    unit: Mapped[str]
    due_on: Mapped[date | None]
    strategy: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    adds: Mapped[bool]
    round_to: Mapped[Decimal] = mapped_column(Scaled(4))
    span: Mapped[str]
    if_missing: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    stated_at: Mapped[datetime] = mapped_column(Instant)

    plan: Mapped[GoalPlan] = relationship()
    parent: Mapped[Goal | None] = relationship(remote_side=[id])
    person: Mapped[Person | None] = relationship()


class GoalNode(Base):
    """A node of a goal's tree in a version: whose it is, its share, and how it is shared out.

    ``kind``: that of a unit, ``person``, ``line`` (产品线) or ``group`` (客户群); the last two have
    their ``label`` and keep the ``unit`` or ``person`` that they are a part of.
    ``ratio`` is its claim with the ``reason``; ``factors`` is what a computed ratio is made of:
    ``[{factor, value, of}]``. ``by`` and what follows say how it is shared out itself.
    """

    __tablename__ = "goal_node"
    __table_args__ = (
        Index("ix_goal_node_version_id_goal_id", "version_id", "goal_id"),
        Index("ix_goal_node_version_id_person_id", "version_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("goal_version.id"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("goal_node.id"), index=True)
    kind: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    label: Mapped[str | None]
    amount: Mapped[Decimal] = mapped_column(Scaled(4))
    ratio: Mapped[Decimal] = mapped_column(Scaled(6))
    reason: Mapped[str | None] = mapped_column(Text)
    factors: Mapped[list[Any]]
    given: Mapped[bool]
    locked: Mapped[bool]
    months: Mapped[list[Any]]
    shape: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str | None]
    factor: Mapped[Decimal] = mapped_column(Scaled(6))
    round_to: Mapped[Decimal] = mapped_column(Scaled(4))
    reserve: Mapped[Decimal] = mapped_column(Scaled(4))
    reserve_rate: Mapped[Decimal | None] = mapped_column(Scaled(6))
    split_reason: Mapped[str | None] = mapped_column(Text)

    goal: Mapped[Goal] = relationship()
    unit: Mapped[Unit | None] = relationship()
    person: Mapped[Person | None] = relationship()


class GoalOffer(Base):
    """What is being agreed with a person about a goal in a version of the plan.

    ``proposed`` → ``accepted`` or ``countered`` → ``settled`` → ``agreed``. Amounts are texts of
    exact decimals: one for the year, or four for its quarters.
    """

    __tablename__ = "goal_offer"
    __table_args__ = (
        UniqueConstraint("version_id", "goal_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("goal_version.id"))
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str]
    amounts: Mapped[list[Any]]
    countered: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    settler_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    since: Mapped[datetime] = mapped_column(Instant)

    goal: Mapped[Goal] = relationship()
    person: Mapped[Person] = relationship()
    goal_version: Mapped[GoalVersion] = relationship()


class GoalStep(Base):
    """One step of agreeing: ``propose``, ``accept``, ``counter``, ``settle``, ``agree``,
    ``send_back``; never changed.
    """

    __tablename__ = "goal_step"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("goal_offer.id"), index=True)
    deed: Mapped[str]
    amounts: Mapped[list[Any]]
    reason: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    done_at: Mapped[datetime] = mapped_column(Instant)

    actor: Mapped[Account | None] = relationship()


class TargetOrigin(Base):
    """From which node of an approved plan a cycle's target came, and how much; never changed."""

    __tablename__ = "target_origin"
    __table_args__ = (UniqueConstraint("target_id", "node_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    node_id: Mapped[int] = mapped_column(ForeignKey("goal_node.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Scaled(4))

    target: Mapped[Target] = relationship()
    node: Mapped[GoalNode] = relationship()
