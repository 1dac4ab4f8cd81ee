"""What a cycle's grants rest on now: its approval, or the last computation after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine import canonical
from engine.model import Policy
from engine.plain import dumps
from workflows.access.actors import Actor
from workflows.cycles.evaluation import FINAL, TRIAL, Bytes, evaluation_of
from workflows.cycles.pinned import pinned_version
from workflows.cycles.tables import Cycle, Evaluation, Rerun
from workflows.org.tables import Person
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import Review, ReviewMove


@dataclass(frozen=True, slots=True)
class Computation:
    """The bytes of a computation; ``rerun`` is None for the approval's own.

    ``records`` are the record versions that it was measured on; None where they were not kept.
    """

    rerun: Rerun | None
    bytes: Bytes
    records: tuple[int, ...] | None

    @property
    def seq(self) -> int:
        return self.rerun.seq if self.rerun else 0


def latest_computation(session: Session, cycle: Cycle) -> Computation:
    """Return the last computation that the ledger was brought to."""
    rerun = session.scalar(
        select(Rerun).where(Rerun.cycle_id == cycle.id).order_by(Rerun.seq.desc()).limit(1)
    )
    return computation_of(session, cycle, rerun)


def computation_of(session: Session, cycle: Cycle, rerun: Rerun | None) -> Computation:
    """Return the computation of a rerun, or of the cycle's approval."""
    if rerun is not None:
        return Computation(
            rerun,
            Bytes(rerun.inputs, rerun.outputs, rerun.grants),
            tuple(json.loads(rerun.records)),
        )
    final = evaluation_of(session, cycle, FINAL)
    kept = session.scalar(
        select(Evaluation.records).where(Evaluation.cycle_id == cycle.id, Evaluation.stage == TRIAL)
    )
    records = None if kept is None else tuple(json.loads(kept))
    return Computation(None, Bytes(final.inputs, final.outputs, final.grants), records)


def keep_computation(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    computed: Bytes,
    *,
    cause: str,
    reason: str,
    records: Sequence[int] | None,
) -> Rerun:
    """Keep a computation made after the approval, as the cycle's next."""
    last = session.scalar(select(func.max(Rerun.seq)).where(Rerun.cycle_id == cycle.id))
    rerun = Rerun(
        cycle_id=cycle.id,
        seq=(last or 0) + 1,
        cause=cause,
        reason=reason,
        inputs=computed.inputs,
        outputs=computed.outputs,
        grants=computed.grants,
        records=dumps(list(records or ())).encode(),
        run_by=actor.account_id,
        run_at=now,
    )
    session.add(rerun)
    session.flush()
    return rerun


def inputs_of(computation: Computation, cycle: Cycle) -> pl.DataFrame:
    """Return the facts that a computation was made on, a row a person (or a part of theirs)."""
    return canonical.frame(computation.bytes.inputs, pinned_version(cycle))


def with_grades(facts: pl.DataFrame, grades: dict[str, str | None]) -> pl.DataFrame:
    """Return the facts with these people's calibrated grades instead."""
    rows = zip(facts["person"], facts["calibrated_grade"], strict=True)
    own = [grades.get(person, grade) for person, grade in rows]
    return facts.with_columns(pl.Series("calibrated_grade", own, dtype=pl.String))


def granted_reviews(session: Session, cycle: Cycle, policy: Policy) -> list[Review]:
    """Return the reviews whose results were approved, by person's code.

    Whoever was held back then has no grants until they are approved too.
    """
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, was_approved(policy))
            .order_by(Person.code)
        )
    )


def was_approved(policy: Policy) -> ColumnElement[bool]:
    """Return the condition on ``Review`` that its results were approved under ``policy``."""
    step = cycle_step(policy, "approve").code
    moved = select(ReviewMove.id).where(
        ReviewMove.review_id == Review.id, ReviewMove.transition == step
    )
    return moved.exists()


def approved_at(session: Session, review: Review, policy: Policy) -> datetime | None:
    """Return when a review's results were first approved."""
    return session.scalar(
        select(func.min(ReviewMove.moved_at)).where(
            ReviewMove.review_id == review.id,
            ReviewMove.transition == cycle_step(policy, "approve").code,
        )
    )
