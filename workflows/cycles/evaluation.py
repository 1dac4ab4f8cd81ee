"""What a cycle's reviews were scored on and what the engine gave for it, kept as bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import canonical
from engine.compile import compile_policy
from engine.evaluate import evaluate
from engine.grants import grant_lines
from engine.model import Policy
from engine.plain import dumps
from workflows.cycles.digests import digests_of
from workflows.cycles.facts import Facts, facts_of
from workflows.cycles.late import keep_late
from workflows.cycles.live import live_version
from workflows.cycles.tables import Cycle, Evaluation
from workflows.reviews.moves import reviews_of

TRIAL, FINAL = "trial", "final"
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
    """Evaluate stored ``inputs`` under ``policy``: the same inputs give the same bytes, always."""
    version = compile_policy(policy)
    result = evaluate(
        version, canonical.frame(inputs, version), until="grade" if stage == TRIAL else "grants"
    )
    return Bytes(inputs, canonical.lines(result.frame), grant_lines(result.grants))


def evaluate_trial(session: Session, cycle: Cycle, policy: Policy, now: datetime) -> Evaluation:
    """Score everyone on the records and targets as they are; keep it; set totals and grades."""
    return score_on(session, cycle, policy, now, facts_of(session, cycle, policy))


def score_on(
    session: Session, cycle: Cycle, policy: Policy, now: datetime, facts: Facts
) -> Evaluation:
    """Score everyone on ``facts`` as the trial of the cycle; keep it; set totals and grades."""
    evaluation = _keep(session, cycle, policy, TRIAL, facts.frame, now, facts.records)
    keep_late(session, cycle, facts.late)
    results = read_results(evaluation.outputs)
    for review in reviews_of(session, cycle):
        row = results[review.person.code]
        review.total = None if row["total"] is None else Decimal(row["total"])
        review.grade = row["grade"]
    return evaluation


def evaluate_final(session: Session, cycle: Cycle, policy: Policy, now: datetime) -> Evaluation:
    """Decide on the grants, from ``final_facts``; keep it."""
    return _keep(session, cycle, policy, FINAL, final_facts(session, cycle, policy), now)


def final_facts(session: Session, cycle: Cycle, policy: Policy) -> pl.DataFrame:
    """Return what grants are decided on: the trial's very inputs, and the calibrated grades."""
    version = compile_policy(policy)
    trial = canonical.frame(evaluation_of(session, cycle, TRIAL).inputs, version)
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


def live_results(session: Session, cycle: Cycle, policy: Policy) -> dict[str, Values]:
    """Return what the trial would give now: nothing is kept."""
    facts = facts_of(session, cycle, policy).frame
    policy = live_version(compile_policy(policy), facts).policy
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
