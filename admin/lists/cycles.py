"""Cycles: a policy's run over a period, and where everybody stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session, contains_eager, defer

from admin.cycles.fairness import CycleFairness
from admin.cycles.joining import CycleJoining
from admin.cycles.moving import CycleMoving
from admin.cycles.opening import CycleOpening
from admin.cycles.steps import CycleSteps
from admin.lists.columns import Column, Filter
from admin.lists.named import PolicyFilter
from admin.lists.view import ListView
from admin.services import services
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere, people
from workflows.accounts.tables import Account
from workflows.cycles.approvals import approvals_of
from workflows.cycles.operations import policy_of
from workflows.cycles.standing import approval_progress, next_operation, stages_of
from workflows.cycles.tables import Cycle, Evaluation, Seal
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyRow, PolicyVersion


class CyclesView(CycleFairness, CycleJoining, CycleMoving, CycleOpening, CycleSteps, ListView):
    """Cycles, the latest period first."""

    operation = "list_cycles"
    title = N_("Cycles")
    about = N_("One policy over one period, under the version pinned when it was opened.")
    icon = "cycles"
    columns = (
        Column("policy", N_("Policy"), lambda cycle: cycle.policy_version.policy.name, "named"),
        Column("period", N_("Period"), lambda cycle: cycle.period, "text", Cycle.starts_on),
        Column("state", N_("State"), lambda cycle: (cycle.state, "cycles"), "badge", Cycle.state),
        Column("opened", N_("Opened"), lambda cycle: cycle.opened_at, "instant", Cycle.opened_at),
        Column("code", N_("Code"), lambda cycle: cycle.code, "code", Cycle.code),
    )
    filters = (
        PolicyFilter("policy", N_("Policy"), PolicyRow.code),
        Filter("period", N_("Period"), Cycle.period),
        Filter("state", N_("State"), Cycle.state, lambda state: word(state, "cycles")),
    )
    searched = (Cycle.code,)
    default_order = (Cycle.starts_on.desc(), Cycle.code.asc())
    loads = (contains_eager(Cycle.policy_version).contains_eager(PolicyVersion.policy),)
    list_template = "cycles/list.html"
    details_template = "lists/cycle.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = select(Cycle).join(Cycle.policy_version).join(PolicyVersion.policy)
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Cycle.code == key

    def key(self, row: Any) -> str:
        return str(row.code)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        evaluations = (
            select(Evaluation)
            .where(Evaluation.cycle_id == row.id)
            .options(*(defer(part) for part in (Evaluation.inputs, Evaluation.outputs)))
            .options(defer(Evaluation.grants))
            .order_by(Evaluation.evaluated_at)
        )
        approvals = approvals_of(session, row, services().settings.approvals)
        return {
            "stages": stage_counts(session, actor, row),
            "standing": stages_of(session, actor, row, approvals.missing),
            "next_step": next_operation(actor, row, approvals),
            "approvals": approvals,
            "progress": approval_progress(session, row) if row.state == "approving" else None,
            "evaluations": session.scalars(evaluations).all(),
            "cycle_seal": session.scalar(select(Seal).where(Seal.cycle_id == row.id)),
            "approver": session.get(Account, row.approver_id) if row.approver_id else None,
        }


def stage_counts(session: Session, actor: Actor, cycle: Cycle) -> list[tuple[str, int]]:
    """Return how many of the reviews that ``actor`` may see are in each stage of a cycle, in the
    order of its policy's workflow.
    """
    counts = (
        select(Review.stage, func.count())
        .join(Review.person)
        .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
        .group_by(Review.stage)
    )
    found = dict(session.execute(counts).all())
    workflow = policy_of(cycle).workflow
    stages = workflow.stages if workflow else ()
    return [(stage, found[stage]) for stage in stages if stage in found]
