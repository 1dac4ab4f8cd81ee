"""What a cycle's reviews were scored on and what the engine gave for it, kept as bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import canonical
from engine.compile import compile_policy
from engine.evaluate import evaluate
from engine.grants import grant_lines
from engine.model import Policy
from engine.plain import dumps
from engine.rated import collected
from workflows.cycles.digests import digests_of
from workflows.cycles.facts import Facts, facts_of
from workflows.cycles.late import keep_late
from workflows.cycles.live import live_version, scored_version
from workflows.cycles.tables import Cycle, Evaluation
from workflows.figures.reading import given_values
from workflows.reviews.of_cycle import reviews_of

TRIAL, RATED, FINAL = "trial", "rated", "final"
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bytes:
    """Inputs, outputs and grants as canonical JSON lines."""

    inputs: bytes
    outputs: bytes
    grants: bytes

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each, in hex."""
        return digests_of(self.inputs, self.outputs, self.grants)


def compute(policy: Policy, stage: str, inputs: bytes) -> Bytes:
    """Evaluate stored ``inputs`` under ``policy``: the same inputs give the same bytes, always.

    Before the approval what is still to be rated is waited for; after it nothing may be missing.
    """
    version = compile_policy(policy)
    facts = canonical.frame(inputs, version)
    version = scored_version(version, facts)
    if stage == FINAL:
        result = evaluate(version, facts, until="grants")
    else:
        result = evaluate(live_version(version, facts), facts, until="grade")
    return Bytes(inputs, canonical.lines(result.frame), grant_lines(result.grants))


def evaluate_trial(session: Session, cycle: Cycle, policy: Policy, now: datetime) -> Evaluation:
    """Score everyone on the records and targets as they are; keep it; set totals and grades."""
    return score_on(session, cycle, policy, now, facts_of(session, cycle, policy))


def score_on(
    session: Session, cycle: Cycle, policy: Policy, now: datetime, facts: Facts
) -> Evaluation:
    """Score everyone on ``facts`` as the trial of the cycle; keep it; set totals and grades.

    Ratings that were finished before count on what is measured now.
    """
    rated = select(Evaluation.id).where(Evaluation.cycle_id == cycle.id, Evaluation.stage == RATED)
    was_rated = session.scalar(rated) is not None
    evaluation = _keep(session, cycle, policy, TRIAL, facts.frame, now, facts.records)
    keep_late(session, cycle, facts.late)
    if was_rated:
        return evaluate_rated(session, cycle, policy, now)
    _show(session, cycle, evaluation)
    return evaluation


def evaluate_rated(session: Session, cycle: Cycle, policy: Policy, now: datetime) -> Evaluation:
    """Score everyone again on the trial's very inputs and the ratings that are finished.

    What was kept of earlier ratings goes: each can be computed again from the trial and the
    figures that were given by then. Sets totals and grades.
    """
    trial = canonical.frame(evaluation_of(session, cycle, TRIAL).inputs, compile_policy(policy))
    given = given_values(session, cycle, policy)
    ids = {review.person.code: review.person_id for review in reviews_of(session, cycle)}
    columns = [
        pl.Series(
            name,
            [given.get((ids[code], name)) for code in trial["person"]],
            dtype=trial.schema[name],
        )
        for name in sorted(collected(policy))
    ]
    session.execute(
        delete(Evaluation).where(Evaluation.cycle_id == cycle.id, Evaluation.stage == RATED)
    )
    evaluation = _keep(session, cycle, policy, RATED, trial.with_columns(*columns), now)
    _show(session, cycle, evaluation)
    return evaluation


def _show(session: Session, cycle: Cycle, evaluation: Evaluation) -> None:
    """Set the reviews' totals and grades to what was measured."""
    results = read_results(evaluation.outputs)
    for review in reviews_of(session, cycle):
        row = results[review.person.code]
        review.total = None if row["total"] is None else Decimal(row["total"])
        review.grade = row["grade"]


def evaluate_final(session: Session, cycle: Cycle, policy: Policy, now: datetime) -> Evaluation:
    """Decide on the grants, from ``final_facts``; keep it."""
    return _keep(session, cycle, policy, FINAL, final_facts(session, cycle, policy), now)


def final_facts(session: Session, cycle: Cycle, policy: Policy) -> pl.DataFrame:
    """Return what grants are decided on: the last inputs that were scored (the trial's, with what
    was rated since), and the calibrated grades.
    """
    version = compile_policy(policy)
    trial = canonical.frame(measured_of(session, cycle).inputs, version)
    calibrated = {r.person.code: r.calibrated_grade for r in reviews_of(session, cycle)}
    return trial.with_columns(
        pl.Series(
            "calibrated_grade", [calibrated[code] for code in trial["person"]], dtype=pl.String
        )
    )


def evaluation_of(session: Session, cycle: Cycle, stage: str) -> Evaluation:
    return session.scalars(
        select(Evaluation).where(Evaluation.cycle_id == cycle.id, Evaluation.stage == stage)
    ).one()


def measured_of(session: Session, cycle: Cycle) -> Evaluation:
    """Return what was measured last: the trial, or what came out with the ratings."""
    return session.scalars(
        select(Evaluation)
        .where(Evaluation.cycle_id == cycle.id, Evaluation.stage.in_((TRIAL, RATED)))
        .order_by(Evaluation.id.desc())
        .limit(1)
    ).one()


def live_results(session: Session, cycle: Cycle, policy: Policy) -> dict[str, Values]:
    """Return what the trial would give now: nothing is kept."""
    facts = facts_of(session, cycle, policy).frame
    return read_results(compute(policy, TRIAL, canonical.lines(facts)).outputs)


def read_results(outputs: bytes) -> dict[str, Values]:
    """Return kept outputs: by person's code, each named value as its canonical text."""
    rows = (json.loads(line) for line in outputs.decode().splitlines())
    return {row["person"]: row for row in rows}


def _keep(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    stage: str,
    facts: pl.DataFrame,
    now: datetime,
    records: tuple[int, ...] | None = None,
) -> Evaluation:
    computed = compute(policy, stage, canonical.lines(facts))
    evaluation = Evaluation(
        cycle_id=cycle.id,
        stage=stage,
        version_digest=cycle.policy_version.digest,
        inputs=computed.inputs,
        outputs=computed.outputs,
        grants=computed.grants,
        records=None if records is None else dumps(list(records)).encode(),
        evaluated_at=now,
    )
    session.add(evaluation)
    session.flush()
    return evaluation
