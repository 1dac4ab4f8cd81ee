"""Closing a cycle seals it; a sealed cycle replays to the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import digest, from_canonical
from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.evaluation import FINAL, RATED, TRIAL, compute, evaluation_of, measured_of
from workflows.cycles.operations import advance, log_cycle, policy_of
from workflows.cycles.tables import Cycle, Seal
from workflows.log.append import checkpoint
from workflows.reviews.moves import require_final_stage


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a sealed cycle that did not come out the same."""

    stage: str
    part: str
    sealed: str
    replayed: str


def close_cycle(session: Session, actor: Actor, now: datetime, cycle: Cycle) -> Seal:
    """Seal the cycle: its version, inputs, results and grants by digest, under a checkpoint.

    Every review must be closed. Before it is sealed the cycle is replayed: what cannot be
    computed again is not sealed.
    """
    allow_everywhere(actor, "close_cycle")
    advance(session, cycle, "approved", "sealed", sealed_at=now)
    require_final_stage(session, cycle, policy_of(cycle))
    differences = _differences(session, cycle, evaluation_of(session, cycle, FINAL).digests)
    if differences:
        raise _not_reproducible(cycle, differences)
    final = evaluation_of(session, cycle, FINAL)
    log_cycle(session, "close_cycle", actor, now, cycle, **final.digests)
    seal = Seal(
        cycle_id=cycle.id,
        version_digest=cycle.policy_version.digest,
        inputs_sha256=final.digests["inputs"],
        outputs_sha256=final.digests["outputs"],
        grants_sha256=final.digests["grants"],
        checkpoint=checkpoint(session, at=now),
        sealed_at=now,
    )
    session.add(seal)
    session.flush()
    return seal


def replay_cycle(session: Session, actor: Actor, cycle: Cycle) -> list[Difference]:
    """Compute a sealed cycle again from its stored inputs under its pinned version.

    Returns what differs from the seal: nothing, unless something was changed since.
    """
    allow_everywhere(actor, "replay_cycle")
    seal = session.scalar(select(Seal).where(Seal.cycle_id == cycle.id))
    if seal is None:
        raise refuse(
            "cycles.not_sealed",
            N_("The cycle {code} is {state}; only a closed one has a seal to be held to."),
            N_("Close it with `kaoheng cycle close {code}`."),
            kind=Kind.CONFLICT,
            code=cycle.code,
            state=cycle.state,
        )
    policy = from_canonical(cycle.policy_version.canonical)
    differences = []
    if (now := digest(policy)) != seal.version_digest:
        differences.append(Difference("version", "digest", seal.version_digest, now))
    sealed = {
        "inputs": seal.inputs_sha256,
        "outputs": seal.outputs_sha256,
        "grants": seal.grants_sha256,
    }
    return differences + _differences(session, cycle, sealed)


def _differences(session: Session, cycle: Cycle, sealed: dict[str, str]) -> list[Difference]:
    policy = from_canonical(cycle.policy_version.canonical)
    found = []
    expectations = [(TRIAL, evaluation_of(session, cycle, TRIAL).digests)]
    if (measured := measured_of(session, cycle)).stage == RATED:
        expectations.append((RATED, measured.digests))
    for stage, expected in (*expectations, (FINAL, sealed)):
        replayed = compute(policy, stage, evaluation_of(session, cycle, stage).inputs).digests
        found += [
            Difference(stage, part, expected[part], replayed[part])
            for part in expected
            if expected[part] != replayed[part]
        ]
    return found


def _not_reproducible(cycle: Cycle, differences: list[Difference]) -> Exception:
    return refuse(
        "cycles.not_reproducible",
        N_("The cycle {code} does not compute again to what was approved ({parts})."),
        N_("Do not pay on it; compare the stored inputs with a backup."),
        kind=Kind.CONFLICT,
        code=cycle.code,
        parts=", ".join(f"{d.stage} {d.part}" for d in differences),
    )
