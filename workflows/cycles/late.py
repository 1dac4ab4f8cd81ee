"""Records that come after the lock of the period that they are dated in.

With ``late: next`` a measure takes them into the next open cycle of the policy, unless the
earlier one has been run again on them since. Which they were is kept at the lock, so that a
record counts late once, and never again in the cycle that it is dated in.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.model import Measure, Policy
from workflows.cycles.tables import Cycle, Evaluation, LateRecord, Rerun
from workflows.rulebook.tables import PolicyVersion
from workflows.sources.tables import RecordVersion

# A version of a record: its id, the record's kind, its fields.
Version = tuple[int, str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Late:
    """By a version of a record: the measures that count it late, each with the id of the cycle
    that it comes from; and the measures by which another cycle has counted it.
    """

    here: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    elsewhere: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def codes(self) -> dict[int, tuple[str, ...]]:
        """The measures that count it late, by version."""
        return {version: tuple(measures) for version, measures in self.here.items()}


def late_for(session: Session, cycle: Cycle, policy: Policy, versions: Sequence[Version]) -> Late:
    """Return which current ``versions`` of records a cycle counts late, or leaves to another.

    A cycle that was locked goes on counting those that it counted then, and takes no others.
    """
    if cycle.id is None or not _is_evaluated(session, cycle):
        return _late_now(session, cycle, policy, versions)
    ids = frozenset(version for version, _, _ in versions)
    here: dict[int, dict[str, int]] = defaultdict(dict)
    for measure in (each for each in policy.measures if each.late == "next"):
        for version, from_cycle in kept_late(session, cycle, measure).items():
            if version in ids:
                here[version][measure.code] = from_cycle
    return Late(dict(here), _counted_elsewhere(session, cycle, ids))


def _is_evaluated(session: Session, cycle: Cycle) -> bool:
    kept = select(Evaluation.id).where(Evaluation.cycle_id == cycle.id).limit(1)
    return session.scalar(kept) is not None


def _late_now(session: Session, cycle: Cycle, policy: Policy, versions: Iterable[Version]) -> Late:
    measures = [each for each in policy.measures if each.late == "next" and each.when]
    if not measures:
        return Late()
    earlier = list(_locked_before(session, cycle))
    found = _dated_in(earlier, measures, versions)
    if not found:
        return Late()
    records = records_of(session, found)
    seen = _seen_since(session, earlier, records)
    return Late(
        {
            version: left
            for version, by in found.items()
            if (left := _left(by, seen[records[version]]))
        }
    )


def _counted_elsewhere(
    session: Session, cycle: Cycle, versions: Collection[int]
) -> dict[int, tuple[str, ...]]:
    """Return by which measures another cycle has counted records of this one's period."""
    rows = session.execute(
        select(LateRecord.record_id, LateRecord.measure).where(LateRecord.from_cycle_id == cycle.id)
    ).all()
    if not rows:
        return {}
    by_record: dict[int, list[str]] = defaultdict(list)
    for record, measure in rows:
        by_record[record].append(measure)
    of = session.execute(
        select(RecordVersion.id, RecordVersion.record_id).where(
            RecordVersion.record_id.in_(by_record)
        )
    )
    return {each: tuple(by_record[record]) for each, record in of if each in versions}


def keep_late(session: Session, cycle: Cycle, late: Late) -> None:
    """Keep what a lock counted late, instead of what an earlier lock of the cycle did."""
    session.execute(delete(LateRecord).where(LateRecord.cycle_id == cycle.id))
    records = records_of(session, late.here)
    session.add_all(
        LateRecord(
            cycle_id=cycle.id, record_id=records[version], measure=code, from_cycle_id=from_cycle
        )
        for version, by in late.here.items()
        for code, from_cycle in by.items()
    )
    session.flush()


def kept_late(session: Session, cycle: Cycle, measure: Measure) -> dict[int, int]:
    """Return by version the cycle that it comes from, of what a lock counted late."""
    rows = session.execute(
        select(RecordVersion.id, LateRecord.from_cycle_id)
        .join(LateRecord, LateRecord.record_id == RecordVersion.record_id)
        .where(LateRecord.cycle_id == cycle.id, LateRecord.measure == measure.code)
    )
    return dict(rows.all())


def records_of(session: Session, versions: Collection[int]) -> dict[int, int]:
    """Return the record of each version, by id."""
    if not versions:
        return {}
    rows = session.execute(
        select(RecordVersion.id, RecordVersion.record_id).where(RecordVersion.id.in_(versions))
    )
    return dict(rows.all())


def _locked_before(session: Session, cycle: Cycle) -> Iterator[tuple[Cycle, frozenset[int]]]:
    """Give the locked cycles of the policy before this one, with what they were measured on."""
    policy_id = cycle.policy_version.policy_id
    rows = session.execute(
        select(Cycle, Evaluation.records)
        .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
        .join(Evaluation, Evaluation.cycle_id == Cycle.id)
        .where(PolicyVersion.policy_id == policy_id, Cycle.starts_on < cycle.starts_on)
        .where(Evaluation.records.is_not(None))
        .order_by(Cycle.starts_on)
    )
    for each, records in rows:
        yield each, versions_in(records)


def _dated_in(
    earlier: list[tuple[Cycle, frozenset[int]]],
    measures: Iterable[Measure],
    versions: Iterable[Version],
) -> dict[int, dict[str, Cycle]]:
    """Return, by version and measure, the earlier cycle in whose period it is dated and that was
    not measured on it. All measures of a kind of record and a day are looked up together.
    """
    # ISO days sort as text.
    spans = [(of.starts_on.isoformat(), of.ends_on.isoformat(), of, kept) for of, kept in earlier]
    codes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for measure in measures:
        codes[measure.records or ""][measure.when or ""].append(measure.code)
    found: dict[int, dict[str, Cycle]] = defaultdict(dict)
    for version, kind, fields in versions:
        for when, of_day in codes.get(kind, {}).items():
            day = fields.get(when) or ""  # which is in no span
            for start, end, cycle, kept in spans:
                if start <= day < end:
                    if version not in kept:
                        found[version] |= dict.fromkeys(of_day, cycle)
                    break
    return found


def _seen_since(
    session: Session, earlier: list[tuple[Cycle, frozenset[int]]], records: Mapping[int, int]
) -> dict[int, Any]:
    """Return, by record, the first days of the cycles that have looked at it in any version."""
    looked_at = {cycle.id: [(cycle.starts_on, versions)] for cycle, versions in earlier}
    starts = {cycle.id: cycle.starts_on for cycle, _ in earlier}
    for cycle_id, kept in session.execute(
        select(Rerun.cycle_id, Rerun.records).where(Rerun.cycle_id.in_(starts))
    ):
        looked_at[cycle_id].append((starts[cycle_id], versions_in(kept)))
    of: dict[int, list[Any]] = {record: [] for record in records.values()}
    versions = session.execute(
        select(RecordVersion.id, RecordVersion.record_id).where(RecordVersion.record_id.in_(of))
    )
    for version, record in versions:
        of[record] += [
            start for sets in looked_at.values() for start, each in sets if version in each
        ]
    return of


def _left(by: Mapping[str, Cycle], seen: Collection[Any]) -> dict[str, int]:
    """Leave out what its own cycle, or one after it, has looked at."""
    return {
        measure: cycle.id
        for measure, cycle in by.items()
        if all(start < cycle.starts_on for start in seen)
    }


# Every look at a running cycle asks for the same few lists.
@lru_cache(maxsize=32)
def versions_in(records: bytes) -> frozenset[int]:
    """Return the ids of the record versions that an evaluation keeps."""
    return frozenset(json.loads(records))
