"""What has changed since a lock in the records of its period, and what it would do.

A locked cycle stays as it was measured. What came or was corrected afterwards is listed here,
with everybody whose result would be another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import canonical
from engine.errors import N_, Kind, refuse
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.again import facts_again
from workflows.cycles.evaluation import TRIAL, Values, compute, evaluation_of, read_results
from workflows.cycles.facts import Facts
from workflows.cycles.late import versions_in
from workflows.cycles.operations import policy_of
from workflows.cycles.pinned import pinned_version
from workflows.cycles.tables import Cycle, LateRecord
from workflows.sources.tables import Record, RecordVersion
from workflows.stages.naming import cycle_called


@dataclass(frozen=True, slots=True)
class Changed:
    """A record of the period: ``late``, ``corrected``, or ``credited`` otherwise.

    ``counted_in`` is the cycle that counts it late, if one does.
    """

    kind: str
    code: str
    what: str
    counted_in: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody whose result would change: totals as the policy shows them, and grades."""

    person: str
    total: tuple[str | None, str | None]
    grade: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since the lock, whom it would move, and what they would be scored on."""

    records: tuple[Changed, ...]
    moved: tuple[Moved, ...]
    facts: Facts


def changes_since_lock(session: Session, actor: Actor, cycle: Cycle) -> Changes:
    """Return what has changed since the cycle was locked; refuses with ``CONFLICT`` before it."""
    allow_everywhere(actor, "read_changes")
    return changes_of(session, cycle)


def changes_of(session: Session, cycle: Cycle) -> Changes:
    """Return what has changed since the cycle was locked, for an operation that may ask."""
    if cycle.state == "open":
        raise refuse(
            "changes.not_locked",
            N_("The data of {cycle} are not locked: every record counts as it comes."),
            N_("Look again after the lock."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
        )
    policy = policy_of(cycle)
    trial = evaluation_of(session, cycle, TRIAL)
    pinned = canonical.frame(trial.inputs, pinned_version(cycle))
    facts = facts_again(session, cycle, policy, pinned)
    now = compute(policy, TRIAL, canonical.lines(facts.frame))
    records = _changed(session, cycle, policy, facts.records, trial.records)
    moved = _moved(read_results(trial.outputs), read_results(now.outputs))
    return Changes(tuple(records), tuple(moved), facts)


def _changed(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    now: Iterable[int],
    kept: bytes | None,
) -> Iterable[Changed]:
    before = versions_in(kept) if kept is not None else frozenset[int]()
    news = [version for version in now if version not in before]
    rows = session.execute(
        select(RecordVersion.id, RecordVersion.fields, Record)
        .join(Record, Record.id == RecordVersion.record_id)
        .where(RecordVersion.id.in_(news))
        .order_by(Record.kind, Record.code)
    ).all()
    ids = [record.id for _, _, record in rows]
    earlier = {
        version.record_id: version
        for version in session.scalars(
            select(RecordVersion)
            .where(RecordVersion.record_id.in_(ids))
            .order_by(RecordVersion.seq)
        )
        if version.id in before
    }
    elsewhere = dict(
        session.execute(
            select(LateRecord.record_id, Cycle.code)
            .join(Cycle, Cycle.id == LateRecord.cycle_id)
            .where(LateRecord.from_cycle_id == cycle.id)
        ).all()
    )
    for _, fields, record in rows:
        old = earlier.get(record.id)
        fields_then = old.fields if old else {}
        if _is_of(cycle, policy, record.kind, fields, fields_then):
            yield Changed(record.kind, record.code, _what(old, fields), elsewhere.get(record.id))


def _what(old: RecordVersion | None, fields: Mapping[str, Any]) -> str:
    if old is None:
        return "late"
    return "credited" if old.fields == fields else "corrected"


def _is_of(cycle: Cycle, policy: Policy, kind: str, *versions: Mapping[str, Any]) -> bool:
    """Say whether a record is dated in the period, as it is or as it was."""
    start, end = cycle.starts_on.isoformat(), cycle.ends_on.isoformat()
    days = {
        fields.get(measure.when or "")
        for measure in policy.measures
        if measure.records == kind
        for fields in versions
    }
    return any(day is not None and start <= day < end for day in days)


def _moved(before: Mapping[str, Values], now: Mapping[str, Values]) -> Iterable[Moved]:
    for person, was in before.items():
        is_now = now[person]
        total = (was.get("total"), is_now.get("total"))
        grade = (was.get("grade"), is_now.get("grade"))
        if total[0] != total[1] or grade[0] != grade[1]:
            yield Moved(person, total, grade)


def change_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return what has changed and whom it would move, as rows to print."""
    found = changes_since_lock(session, actor, cycle)
    records: list[dict[str, object]] = [
        {"record": f"{each.kind}/{each.code}", "change": each.what, "counted_in": each.counted_in}
        for each in found.records
    ]
    people: list[dict[str, object]] = [
        {
            "person": each.person,
            "total_before": each.total[0],
            "total_after": each.total[1],
            "grade_before": each.grade[0],
            "grade_after": each.grade[1],
        }
        for each in found.moved
    ]
    return [*records, *people]
