"""Policies: every version with its text and digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, false, select
from sqlalchemy.orm import Session, contains_eager, with_expression

from admin.lists.columns import Column, Filter
from admin.lists.named import PolicyFilter
from admin.lists.view import ListView
from admin.services import services
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.accounts.tables import Account
from workflows.cycles.tables import Cycle
from workflows.rulebook.reading import find_draft
from workflows.rulebook.standing import standing
from workflows.rulebook.tables import PolicyRow, PolicyVersion

# The organisation's day, asked for when a statement runs.
_STANDING = standing(bindparam("today", callable_=lambda: services().today(), type_=Date()))


class PoliciesView(ListView):
    """Versions of policies, the newest of each first."""

    operation = "list_policies"
    title = N_("Policies")
    about = N_("What is appraised and how it pays: each version is frozen and has a digest.")
    icon = "policies"
    columns = (
        Column("policy", N_("Policy"), lambda version: version.policy.name, "named"),
        Column("code", N_("Code"), lambda version: version.policy.code, "code", PolicyRow.code),
        Column("version", N_("Version"), lambda version: version.seq, "number", PolicyVersion.seq),
        Column(
            "state",
            N_("State"),
            lambda version: (version.standing, "versions"),
            "badge",
            _STANDING,
        ),
        Column(
            "published",
            N_("Published on"),
            lambda version: version.published_at,
            "instant",
            PolicyVersion.published_at,
        ),
        Column("digest", N_("Digest"), lambda version: version.digest, "digest"),
    )
    filters = (
        PolicyFilter("policy", N_("Policy"), PolicyRow.code),
        Filter("state", N_("State"), _STANDING, lambda state: word(state, "versions")),
    )
    searched = (PolicyRow.code, PolicyVersion.digest)
    default_order = (PolicyRow.code.asc(), PolicyVersion.seq.desc())
    loads = (
        contains_eager(PolicyVersion.policy),
        with_expression(PolicyVersion.standing, _STANDING),
    )
    list_template = "rulebook/list.html"
    details_template = "lists/policy.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = select(PolicyVersion).join(PolicyVersion.policy)
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def keyed(self, key: str) -> ColumnElement[bool]:
        code, _, seq = key.rpartition("/")
        if not seq.isdecimal():
            return false()
        return (PolicyRow.code == code) & (PolicyVersion.seq == int(seq))

    def key(self, row: Any) -> str:
        return f"{row.policy.code}/{row.seq}"

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        others = (
            self.visible(actor)
            .where(PolicyVersion.policy_id == row.policy_id)
            .options(*self.loads)
            .order_by(PolicyVersion.seq.desc())
        )
        cycles = select(Cycle).where(Cycle.policy_version_id == row.id).order_by(Cycle.starts_on)
        return {
            "draft": find_draft(session, row.policy.code),
            "may_write": may_everywhere(actor, "draft_policy"),
            "versions": session.scalars(others).all(),
            "cycles": session.scalars(cycles).all(),
            "author": session.get(Account, row.author_id) if row.author_id else None,
            "publisher": session.get(Account, row.publisher_id) if row.publisher_id else None,
        }
