"""A cycle's scope with every number in it: as it was kept, or as it would be now.

Pages read it often and it changes seldom, so a process keeps the last ones. What was kept
at the lock or at the approval never changes; what is live changes with the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import canonical
from engine.compile import compile_policy
from engine.definitions import Definition
from engine.evaluate import Result, evaluate
from engine.model import Policy
from engine.outlook.whatif import Outlook
from engine.telling.explain import Explanation, explain
from engine.version import Version
from workflows.base.remembering import Memory
from workflows.cycles.apart import apart_of, late_facts
from workflows.cycles.evaluation import FINAL, TRIAL
from workflows.cycles.facts import CreditRow, credit_rows, facts_of, kinds_of
from workflows.cycles.live import live_version, scored_version
from workflows.cycles.pinned import pinned_policy, pinned_version
from workflows.cycles.tables import RECORDS, Cycle, Evaluation, Rerun
from workflows.log.tables import LogEntry
from workflows.reviews.tables import Review

LIVE = "live"


@dataclass(frozen=True)
class Scored:
    """Everybody of a cycle, evaluated; ``stage`` is ``live``, ``trial``, ``rated`` or ``final``."""

    stage: str
    version: Version
    result: Result
    evaluation_id: int | None = None
    rerun_id: int | None = None

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """Each person's named values: Decimal with ten places, text or truth."""
        return {row["person"]: row for row in self.result.frame.to_dicts()}

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """How each named value comes about."""
        return {each.name: each for each in self.version.definitions}

    @cached_property
    def scenarios(self) -> Version:
        """The version for many scenarios of these people at once."""
        return compile_policy(self.version.policy, scenarios=True)

    @cached_property
    def outlooks(self) -> dict[str, Outlook]:
        """What would change the result, of those for whom somebody asked."""
        return {}

    def explanation(self, person: str) -> Explanation:
        return explain(self.version, self.result, person)


def scored(session: Session, cycle: Cycle) -> Scored:
    """Return the final evaluation of the cycle, else the last one before it, else what a lock
    would give now.

    Where something was settled after the approval (an appeal, somebody approved later) it is the
    last computation of that; running again on other records shows nothing else than before.
    """
    settled = select(func.max(Rerun.id)).where(Rerun.cycle_id == cycle.id, Rerun.cause != RECORDS)
    kept = session.execute(
        select(Evaluation.id, Evaluation.stage, settled.scalar_subquery())
        .where(Evaluation.cycle_id == cycle.id)
        .order_by(Evaluation.id.desc())
    ).first()
    if kept is None:
        moment = (LIVE, cycle.id, cycle.version, _state_of_facts(session))
        return _MEMORY.of(session, moment, lambda: _live(session, cycle))
    evaluation_id, stage, rerun_id = kept
    if rerun_id is not None:
        key = ("settled", rerun_id)
        return _MEMORY.of(session, key, lambda: _settled(session, cycle, evaluation_id, rerun_id))
    return _MEMORY.of(
        session, (stage, evaluation_id), lambda: _again(session, cycle, evaluation_id)
    )


def scored_for(session: Session, reviews: Sequence[Review]) -> Scored:
    """Return the scope of a cycle as some of its reviews see it.

    Who of them was held back and is not approved yet has what was rated and graded meanwhile in
    it; it counts for nobody else before their own approval.
    """
    cycle = reviews[0].cycle
    scope = scored(session, cycle)
    apart = apart_of(session, cycle, reviews) if scope.stage == FINAL else []
    if not apart:
        return scope
    lines = canonical.lines(late_facts(session, cycle, apart))
    key = ("apart", scope.evaluation_id, scope.rerun_id, sha256(lines).digest())
    return _MEMORY.of(session, key, lambda: _on(scope, lines))


def _on(scope: Scored, lines: bytes) -> Scored:
    facts = canonical.frame(lines, scope.version)
    return replace(scope, result=evaluate(scope.version, facts, until="grants"))


def _again(session: Session, cycle: Cycle, evaluation_id: int) -> Scored:
    """Evaluate the stored inputs once more: a seal holds them to the same bytes."""
    stage, inputs = session.execute(
        select(Evaluation.stage, Evaluation.inputs).where(Evaluation.id == evaluation_id)
    ).one()
    version = pinned_version(cycle)
    facts = canonical.frame(inputs, version)
    version = scored_version(version, facts)
    if stage != FINAL:
        version = live_version(version, facts)
    result = evaluate(version, facts, until="grants" if stage == FINAL else "grade")
    return Scored(stage, version, result, evaluation_id)


def _settled(session: Session, cycle: Cycle, evaluation_id: int, rerun_id: int) -> Scored:
    """Evaluate the inputs of a computation made after the approval once more."""
    inputs = session.scalars(select(Rerun.inputs).where(Rerun.id == rerun_id)).one()
    version = pinned_version(cycle)
    result = evaluate(version, canonical.frame(inputs, version), until="grants")
    return Scored(FINAL, version, result, evaluation_id, rerun_id)


def _live(session: Session, cycle: Cycle) -> Scored:
    facts = live_facts(session, cycle)
    version = live_version(pinned_version(cycle), facts)
    # Through the canonical lines, as at the lock: the same facts give the same numbers.
    given = canonical.frame(canonical.lines(facts), version)
    return Scored(LIVE, version, evaluate(version, given, until="grade"))


def live_facts(session: Session, cycle: Cycle) -> pl.DataFrame:
    """Return what ``facts_of`` gives of a cycle at this moment, computed once for each state."""
    state, policy = _state_of_facts(session), pinned_policy(cycle)

    def compute() -> pl.DataFrame:
        return facts_of(session, cycle, policy, _rows(session, policy, state)).frame

    return _FACTS.of(session, (cycle.id, state), compute)


def _rows(session: Session, policy: Policy, state: bytes) -> list[CreditRow]:
    """Read the records once for all cycles that a session asks of and that measure the same.

    They are kept no longer than the session: there may be very many.
    """
    of_what = (kinds_of(policy), state)
    known: tuple[object, list[CreditRow]] | None = session.info.get(_ROWS)
    if known is None or known[0] != of_what:
        known = session.info[_ROWS] = of_what, credit_rows(session, policy)
    return known[1]


# What is done each day or by many people and moves no number before the lock. Everything else
# that is logged may: records and figures, who was where, what another cycle has counted or paid.
_MOVES_NO_FACT = (
    *("sign_in", "sign_out", "change_password", "add_account", "name_stand_in", "revoke_stand_in"),
    *("move_review", "count_silence", "confirm_records", "fire_alerts", "seal_review"),
    *("plan_check_in", "hold_check_in", "cancel_check_in", "end_measure", "note_plan"),
    *("draft_plan", "agree_plan", "start_plan", "call_meeting", "add_todo", "do_todo"),
    *("submit_self_report", "return_self_report", "comment_self_report", "give_upward_feedback"),
    *("score_report", "write_minutes", "add_opinion", "answer_opinion"),
    # Ratings and grades are no facts: what is measured is there before anybody rates.
    *("propose_raters", "agree_rater", "give_rating", "finish_ratings", "send_back_ratings"),
    *("open_calibration", "calibrate_review", "leave_out_of_calibration", "close_calibration"),
    *("deliver_agreements", "open_agreement", "sign_agreement", "answer_consent", "comment_draft"),
    *("prepare_feedback", "hold_feedback", "note_feedback", "acknowledge_feedback"),
    *("feedback_by_silence", "answer_survey", "submit_appeal", "assign_appeal", "attach_evidence"),
    # A cycle has its targets until it takes the plan's (``take_goals``), whatever is agreed on.
    *("state_goal", "restate_goal", "set_goal", "split_goal", "lock_goals", "unlock_goals"),
    *("propose_goal", "answer_goal", "settle_goal", "agree_goal", "return_goal"),
    # It is scored by the version that it was opened with.
    *("start_draft", "draft_policy", "submit_policy", "approve_policy", "publish_policy"),
)


def _state_of_facts(session: Session) -> bytes:
    """Return the log's root at the newest entry that may have changed what cycles are measured on.

    Not its number: one that was rolled back gives that to the next.
    """
    newest = (
        select(LogEntry.root)
        .where(LogEntry.action.not_in(_MOVES_NO_FACT))
        .order_by(LogEntry.seq.desc())
        .limit(1)
    )
    return session.scalar(newest) or b""


_ROWS = "credit_rows"  # in a session's ``info``
_FACTS: Memory[pl.DataFrame] = Memory(most=24)
_MEMORY: Memory[Scored] = Memory(most=24)

__all__ = ["FINAL", "LIVE", "TRIAL", "Scored", "live_facts", "scored", "scored_for"]
