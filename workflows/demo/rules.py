"""The demo's rulebook: a version published, one that waits for approval, a draft under discussion.

Everything happens by the real operations. The first days of what waits are far off, so that a
visitor can still decide about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from engine.policies import load
from engine.reader import Path
from engine.sheets.edit import edited
from workflows.comments.operations import add_comment, begin_thread
from workflows.consultation.operations import (
    Record,
    add_opinion,
    answer_opinion,
    record_consultation,
)
from workflows.cycles.operations import find_cycle
from workflows.demo.calendar import MANAGERS, QUARTERS, SALES
from workflows.demo.stage import Stage
from workflows.publishing.approving import approve_submission, publish_submission
from workflows.publishing.submitting import submit_draft
from workflows.publishing.tables import Submission
from workflows.rulebook.cases import differing, taken_over
from workflows.rulebook.drafts import save_draft, start_draft
from workflows.rulebook.reading import edit_of
from workflows.rulebook.tables import PolicyDraft
from workflows.simulation.operations import simulate

_DECEMBER, _JANUARY = date(2025, 12, 8), date(2026, 1, 12)
_TO_COME = date(2027, 1, 1)
_BONUS: Mapping[Path, str] = {("constants", "bonus_base", "value"): "16_000"}
_WEIGHTS: Mapping[Path, str] = {
    ("kpis", "revenue", "weight"): "45%",
    ("kpis", "customers", "weight"): "15%",
}
_DEALS: Mapping[Path, str] = {
    ("kpis", "revenue", "weight"): "35%",
    ("kpis", "deals", "weight"): "15%",
    ("grades", 1, "from"): "105",
}


def publish_rules(stage: Stage) -> None:
    """Publish the managers' next version by all who have to agree, before its first period."""
    with stage.app.database.write() as session:
        draft = _written(stage, session, "hr", _DECEMBER, MANAGERS, _BONUS)
        consult(stage, session, draft, _DECEMBER)
        reason = "经理奖金基数三年未调，按年度预算上调"
        publish(stage, session, "hr", draft, _DECEMBER, date(2026, 1, 1), reason)


def publish(
    stage: Stage,
    session: Session,
    by: str,
    draft: PolicyDraft,
    day: date,
    first_day: date,
    reason: str,
    minutes: int = 90,
) -> None:
    """Submit a draft on ``day``, have it approved by whom the settings name, and publish it."""
    actors, needed = stage.cast.actors, stage.app.settings.rule_approvals
    submission = _submitted(stage, session, by, draft, day, first_day, reason, minutes)
    for minute, role in enumerate(needed, start=minutes + 30):
        approve_submission(
            session,
            actors[role.split("|")[0].removeprefix("sales_")],
            stage.at(day, minute),
            submission,
            seen=submission.version,
            needed=needed,
        )
    publish_submission(
        session,
        actors["hr2"],
        stage.at(day, minutes + 90),
        submission,
        seen=submission.version,
        today=day,
        needed=needed,
    )


def leave_rules_undecided(stage: Stage) -> None:
    """Leave a submission of the managers' policy, and a draft of the salespeople's, to visitors."""
    with stage.app.database.write() as session:
        draft = _written(stage, session, "hr2", _JANUARY, MANAGERS, _WEIGHTS)
        _tried(stage, session, "hr2", draft, QUARTERS[2].cycle(MANAGERS))
        reason = "新客户占比下滑，经理应多带团队开拓"
        _submitted(stage, session, "hr2", draft, _JANUARY, _TO_COME, reason)
    with stage.app.database.write() as session:
        draft = _written(stage, session, "hr", _JANUARY, SALES, _DEALS, minutes=120)
        _tried(stage, session, "hr", draft, QUARTERS[3].cycle(SALES))
        _discuss(stage, session, draft)
        consult(stage, session, draft, _JANUARY, minutes=240)


def _written(
    stage: Stage,
    session: Session,
    by: str,
    day: date,
    code: str,
    changes: Mapping[Path, str],
    minutes: int = 0,
) -> PolicyDraft:
    """Begin a draft and save it with ``changes``; what its cases expect follows them."""
    actor, now = stage.cast.actors[by], stage.at(day, minutes)
    draft = start_draft(session, actor, now, code=code)
    before = edit_of(session, draft, draft.seq)
    text = edited(before.text, changes, code)
    assert before.cases is not None, "the demo's policies have cases"
    cases = taken_over(before.cases, differing(load(text, code), before.cases, code), code)
    save_draft(session, actor, now, draft, seen=draft.seq, text=text, cases=cases)
    return draft


def _submitted(
    stage: Stage,
    session: Session,
    by: str,
    draft: PolicyDraft,
    day: date,
    first_day: date,
    reason: str,
    minutes: int = 90,
) -> Submission:
    return submit_draft(
        session,
        stage.cast.actors[by],
        stage.at(day, minutes),
        draft,
        seen=draft.seq,
        today=day,
        reason=reason,
        effective_on=first_day,
    )


def _tried(stage: Stage, session: Session, by: str, draft: PolicyDraft, cycle_code: str) -> None:
    """Simulate a draft on a cycle, against the version that the cycle has."""
    cycle = find_cycle(session, cycle_code)
    edit = edit_of(session, draft, draft.seq)
    simulate(
        session,
        stage.cast.actors[by],
        edit.saved_at,
        cycle=cycle,
        candidates=[edit],
        against=cycle.policy_version,
    )


def _discuss(stage: Stage, session: Session, draft: PolicyDraft) -> None:
    """Have a question about a weight answered, and another left open."""
    actors = stage.cast.actors
    asked = begin_thread(
        session,
        actors["director"],
        stage.at(_JANUARY, 180),
        draft,
        path="kpis.deals.weight",
        text="单子变多但金额变小，会不会鼓励拆单？",
    )
    begin_thread(
        session,
        actors["finance"],
        stage.at(_JANUARY, 185),
        draft,
        path=None,
        text="请附上对第四季度奖金总额的测算。",
    )
    add_comment(
        session,
        actors["hr"],
        stage.at(_JANUARY, 190),
        draft,
        asked.id,
        deed="said",
        text="同一客户同一季度的订单合并计数，拆单不会多算。",
    )


def consult(
    stage: Stage, session: Session, draft: PolicyDraft, day: date, minutes: int = 30
) -> None:
    """Record a meeting with employees' representatives, with an opinion and its answer."""
    actor = stage.cast.actors["hr"]
    held = record_consultation(
        session,
        actor,
        stage.at(day, minutes),
        draft,
        Record(
            "discussion",
            day,
            "职工代表 7 人、工会主席、人力资源 2 人",
            "逐条宣读改动，讨论对各档收入的影响。",
        ),
        [],
        day,
    )
    opinion = add_opinion(
        session,
        actor,
        stage.at(day, minutes + 5),
        draft,
        held,
        said_by="工会",
        text="希望提前一个月告知，并给出个人测算。",
    )
    answer_opinion(
        session,
        actor,
        stage.at(day, minutes + 10),
        draft,
        opinion,
        verdict="accepted",
        answer="发布后即送达每人的目标责任书，其中写明收入的计算方式。",
    )
