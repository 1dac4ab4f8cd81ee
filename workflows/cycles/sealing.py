"""Closing a cycle, review by review, seals it; what is sealed replays to the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import digest, from_canonical
from engine.errors import N_, Kind, refuse
from workflows.access.actors import SYSTEM, Actor
from workflows.access.decide import allow_everywhere
from workflows.base.states import state_named
from workflows.closing.pending import Pending, pending_of
from workflows.closing.seals import all_are_sealed, seal_reviews, seals_of_cycle, torn_seals
from workflows.cycles.evaluation import FINAL, RATED, TRIAL, compute, evaluation_of, measured_of
from workflows.cycles.operations import advance, log_cycle
from workflows.cycles.tables import Cycle, Seal
from workflows.log.append import checkpoint
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a sealed cycle that did not come out the same; ``person`` for one's own seal."""

    stage: str
    part: str
    sealed: str
    replayed: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing did: the reviews sealed now, what the others wait for, and the cycle's seal.

    ``seal`` is None while somebody is still waiting.
    """

    sealed: tuple[Review, ...]
    waiting: tuple[tuple[Review, tuple[Pending, ...]], ...]
    seal: Seal | None


def close_cycle(session: Session, actor: Actor, now: datetime, cycle: Cycle) -> Closing:
    """Seal every review that nothing is pending for, and the cycle with its last one.

    What holds up one person holds up nobody else. Closing again what is closed does nothing.
    Before anything is sealed the cycle is replayed: what cannot be computed again is not sealed.
    """
    allow_everywhere(actor, "close_cycle")
    if cycle.state == "sealed":
        return Closing((), (), seal_of(session, cycle))
    advance(session, cycle, "approved", "approved")
    reviews = reviews_of(session, cycle)
    pending = pending_of(session, cycle, now, reviews)
    ready = [review for review in reviews if pending.get(review.id) == []]
    if ready or not any(pending.values()):
        _require_reproducible(session, cycle)
    seal_reviews(session, actor, now, cycle, ready)
    waiting = tuple(
        (review, tuple(pending[review.id])) for review in reviews if pending.get(review.id)
    )
    seal = None if waiting else _seal_cycle(session, actor, now, cycle)
    return Closing(tuple(ready), waiting, seal)


def seal_cycle_when_complete(session: Session, now: datetime, cycle: Cycle) -> None:
    """Close the cycle if every review of it is sealed; part of what sealed the last one."""
    if cycle.state != "approved" or not all_are_sealed(session, cycle):
        return
    _require_reproducible(session, cycle)
    _seal_cycle(session, SYSTEM, now, cycle)


def seal_of(session: Session, cycle: Cycle) -> Seal | None:
    """Return the seal of a cycle that was closed, were it opened again since or not."""
    return session.scalar(select(Seal).where(Seal.cycle_id == cycle.id))


def _seal_cycle(session: Session, actor: Actor, now: datetime, cycle: Cycle) -> Seal:
    """Seal the cycle: its version, inputs, results and grants by digest, under a checkpoint.

    They are those of its approval, which nothing changes: a cycle that was opened again for
    somebody and is complete anew keeps the seal that it has.
    """
    advance(session, cycle, "approved", "sealed", sealed_at=now)
    final = evaluation_of(session, cycle, FINAL)
    log_cycle(session, "close_cycle", actor, now, cycle, **final.digests)
    there = seal_of(session, cycle)
    if there is not None:
        return there
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
    """Compute a cycle again from its stored inputs under its pinned version.

    Returns what differs from its seal, and from the seals of single reviews: nothing, unless
    something was changed since. Refuses with ``CONFLICT`` where nothing is sealed yet.
    """
    allow_everywhere(actor, "replay_cycle")
    seal, own = seal_of(session, cycle), seals_of_cycle(session, cycle)
    if seal is None and not own:
        raise refuse(
            "cycles.not_sealed",
            N_("{cycle} is {state}; only a closed one has a seal to be held to."),
            N_("Close it on its page, or with `kaoheng cycle close {code}`."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
            code=cycle.code,
            state=state_named("cycles", cycle.state),
        )
    found = [] if seal is None else _from_seal(session, cycle, seal)
    return found + [
        Difference(f"#{torn.number}", torn.part, torn.sealed, torn.replayed, torn.person)
        for torn in torn_seals(session, cycle, own)
    ]


def _from_seal(session: Session, cycle: Cycle, seal: Seal) -> list[Difference]:
    found = []
    policy = from_canonical(cycle.policy_version.canonical)
    if (now := digest(policy)) != seal.version_digest:
        found.append(Difference("version", "digest", seal.version_digest, now))
    sealed = {
        "inputs": seal.inputs_sha256,
        "outputs": seal.outputs_sha256,
        "grants": seal.grants_sha256,
    }
    return found + _differences(session, cycle, sealed)


def _require_reproducible(session: Session, cycle: Cycle) -> None:
    differences = _differences(session, cycle, evaluation_of(session, cycle, FINAL).digests)
    if differences:
        raise _not_reproducible(cycle, differences)


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
        N_("{cycle} does not compute again to what was approved ({parts})."),
        N_("Do not pay on it; compare the stored inputs with a backup."),
        kind=Kind.CONFLICT,
        cycle=cycle_called(cycle),
        parts=", ".join(f"{d.stage} {d.part}" for d in differences),
    )
