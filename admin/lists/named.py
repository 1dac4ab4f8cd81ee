"""Choices among cycles, policies and rules, by what people call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from admin.formats import in_language
from admin.lists.columns import Filter
from admin.people.stages import cycle_name
from workflows.cycles.tables import Cycle
from workflows.incentives.naming import rule_name
from workflows.incentives.tables import LedgerEntry
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyRow, PolicyVersion


@dataclass(frozen=True, slots=True)
class CycleFilter(Filter):
    """A choice among cycles; the address names one by its code."""

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each cycle that the rows have with its name, the latest first."""
        present = set(session.scalars(_distinct(rows, self)))
        found = session.scalars(
            select(Cycle)
            .where(Cycle.code.in_(present))
            .order_by(Cycle.starts_on.desc(), Cycle.code)
            .options(selectinload(Cycle.policy_version).selectinload(PolicyVersion.policy))
        )
        return [(cycle.code, cycle_name(cycle)) for cycle in found]


@dataclass(frozen=True, slots=True)
class PolicyFilter(Filter):
    """A choice among policies; the address names one by its code."""

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each policy that the rows have with its name, by name."""
        present = set(session.scalars(_distinct(rows, self)))
        found = session.scalars(select(PolicyRow).where(PolicyRow.code.in_(present)))
        named = [(policy.code, in_language(policy.name)) for policy in found]
        return sorted(named, key=lambda pair: (pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class RuleFilter(Filter):
    """A choice among what gives incentives, as it was called the last time; by its code."""

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each rule, step or pool that the rows have with its name, by name."""
        each_last = (
            rows.with_only_columns(func.max(LedgerEntry.id), maintain_column_froms=True)
            .group_by(LedgerEntry.rule)
            .order_by(None)
        )
        found = session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.id.in_(each_last))
            .options(
                joinedload(LedgerEntry.review)
                .joinedload(Review.cycle)
                .joinedload(Cycle.policy_version)
                .joinedload(PolicyVersion.policy)
            )
        )
        named = [(entry.rule, in_language(rule_name(entry))) for entry in found]
        return sorted(named, key=lambda pair: (pair[1], pair[0]))


def _distinct(rows: Select[Any], chosen: Filter) -> Select[Any]:
    return (
        rows.with_only_columns(chosen.column, maintain_column_froms=True).distinct().order_by(None)
    )
