"""The ledger: what the rules gave, and what was reversed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session, contains_eager

from admin.lists.columns import Column, Filter
from admin.lists.named import CycleFilter, RuleFilter
from admin.lists.view import ListView
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere, people
from workflows.cycles.tables import Cycle
from workflows.incentives.naming import rule_name
from workflows.incentives.tables import LedgerEntry
from workflows.log.tables import LogEntry
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.rulebook.history import rule_in_text
from workflows.rulebook.tables import PolicyVersion

# Where the page on how a review came about tells of what gave a grant.
_ORIGINS = {"rules": "v-rule.{}", "steps": "v-{}", "pools": "v-pool.{}.share"}


def _rule(entry: LedgerEntry) -> tuple[dict[str, str], str]:
    return rule_name(entry), entry.rule


class LedgerView(ListView):
    """Entries, the newest first; a reversal is an entry too."""

    operation = "list_ledger"
    title = N_("Ledger")
    about = N_("What the rules gave: entries are added and reversed, never changed.")
    icon = "ledger"
    columns = (
        Column("entry", N_("Entry"), lambda entry: entry.id, "entry", LedgerEntry.id),
        Column("person", N_("Person"), lambda entry: entry.person, "person", Person.name),
        Column("amount", N_("Amount"), lambda entry: entry, "money", LedgerEntry.amount_minor),
        Column("kind", N_("Kind"), lambda entry: (entry.kind, "grants"), "badge", LedgerEntry.kind),
        Column("rule", N_("Rule"), _rule, "rule", LedgerEntry.rule),
        Column("cycle", N_("Cycle"), lambda entry: entry.review.cycle, "cycle", Cycle.code),
    )
    filters = (
        CycleFilter("cycle", N_("Cycle"), Cycle.code),
        Filter("kind", N_("Kind"), LedgerEntry.kind, lambda kind: word(kind, "grants")),
        RuleFilter("rule", N_("Rule"), LedgerEntry.rule),
    )
    searched = (Person.name, Person.code, LedgerEntry.rule)
    default_order = (LedgerEntry.id.desc(),)
    loads = (
        contains_eager(LedgerEntry.person),
        contains_eager(LedgerEntry.review)
        .contains_eager(Review.cycle)
        .selectinload(Cycle.policy_version)
        .selectinload(PolicyVersion.policy),
    )
    details_template = "lists/entry.html"

    def visible(self, actor: Actor) -> Select[Any]:
        return (
            select(LedgerEntry)
            .join(LedgerEntry.person)
            .join(LedgerEntry.review)
            .join(Review.cycle)
            .where(people(actor, self.operation))
        )

    def keyed(self, key: str) -> ColumnElement[bool]:
        return LedgerEntry.id == int(key) if key.isdecimal() else false()

    def key(self, row: Any) -> str:
        return str(row.id)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        reversal = self.visible(actor).where(LedgerEntry.reverses_id == row.id)
        version = row.review.cycle.policy_version
        excerpt = rule_in_text(version.text, row.rule)
        return {
            "reversal": session.scalar(reversal.options(*self.loads)),
            "rule": rule_name(row),
            "version": version,
            "excerpt": excerpt,
            "origin": _ORIGINS[excerpt.section].format(row.rule) if excerpt else "",
            "approval": _approval(session, row) if may_everywhere(actor, "list_log") else None,
        }


def _approval(session: Session, row: LedgerEntry) -> int | None:
    """Return the number of the log's entry on the approval that gave this grant."""
    return session.scalar(
        select(func.max(LogEntry.seq)).where(
            LogEntry.subject_kind == "cycle",
            LogEntry.subject_id == row.review.cycle.code,
            LogEntry.action == "approve_cycle",
        )
    )
