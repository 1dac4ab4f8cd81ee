"""Asking what other rules would give, and keeping the answer with what it argued for.

A small company is answered in the transaction that asks. A larger one is a job: the page that
asked follows it, may be left, and finds the answer later.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest, from_canonical
from engine.errors import N_, Fault, KaohengError, Kind, refuse
from engine.model import Policy
from engine.policies import load
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.clock import clock_of
from workflows.base.conditional import change_if
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle, Evaluation
from workflows.jobs.queue import enqueue
from workflows.jobs.registry import JobContext, job
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.tables import Review
from workflows.rulebook.reading import draft_of
from workflows.rulebook.tables import PolicyEdit, PolicyRow, PolicyVersion
from workflows.simulation.effect import Effect, Sided, compared, sided
from workflows.simulation.facts import judged
from workflows.simulation.movers import kept_values, movers
from workflows.simulation.summary import Summary, kept_rows, summed_up
from workflows.simulation.tables import MONEY_PLACES, Candidate, CandidateResult, Simulation
from workflows.sources.report import kept
from workflows.stages.naming import cycle_called

# What is answered at once, in people times candidates; measuring records anew takes longer.
AT_ONCE = {True: 12_000, False: 1_500}
MOST_CANDIDATES = 5
MOST_MONEY = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class Answer:
    """What one candidate gave, ready to be kept."""

    summary: Summary
    rows: bytes
    movers: bytes


def simulate(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    cycle: Cycle,
    candidates: Sequence[PolicyEdit | PolicyVersion],
    against: PolicyVersion,
    budget: Decimal | None = None,
) -> Simulation:
    """Ask what ``candidates`` would give in ``cycle`` where ``against`` gives what it gives.

    ``budget`` is money of the policy's currency. Returns the simulation: done, or running as a
    job. A policy that has no cycle yet is tried on another's people: of the same role, period
    and currency. Raises ``KaohengError``: ``DENIED``, every fault of a draft's text, a candidate
    that the cycle's people cannot be judged by.
    """
    allow_everywhere(actor, "simulate")
    tried = [_candidate(session, seq, each) for seq, each in enumerate(candidates)]
    _require_comparable(cycle, against, tried, budget)
    simulation = Simulation(
        public_id=uuid.uuid4().hex,
        policy=_policy_row(session, candidates[0]),
        cycle=cycle,
        base=against,
        budget=budget,
        author_id=actor.account_id,
        asked_at=now,
        state="running",
        done=0,
        steps=1 + len(tried),
        candidates=tried,
    )
    session.add(simulation)
    session.flush()
    if is_at_once(session, cycle, len(tried)):
        for each, answer in zip(tried, _answers(session, simulation), strict=True):
            _keep(session, each, answer)
        _end(session, simulation, now)
    else:
        enqueue(session, run_simulation, simulation.public_id, key=simulation.public_id)
    _log(session, "simulate", actor.public_id, now, simulation)
    return simulation


def is_at_once(session: Session, cycle: Cycle, candidates: int) -> bool:
    """Say whether the answer is there within about a second."""
    size = select(func.count()).select_from(Review).where(Review.cycle_id == cycle.id)
    locked = select(Evaluation.id).where(Evaluation.cycle_id == cycle.id).limit(1)
    pinned = session.scalar(locked) is not None
    return (session.scalar(size) or 0) * candidates <= AT_ONCE[pinned]


@job("simulate")
def run_simulation(context: JobContext, public_id: str) -> str:
    """Answer a simulation candidate by candidate; each answer is kept once."""
    clock = clock_of(context.settings)
    try:
        for seq in range(context.transaction("begun", _size, public_id)):
            # What was kept before a crash is given again by its step, without a look at this.
            answer = _answer_to(context, public_id, seq)
            context.transaction(f"candidate {seq}", _keep_of, public_id, seq, answer)
    except KaohengError as error:
        context.transaction("failed", _fail, public_id, error.faults, clock())
        return "failed"
    context.transaction("end", _end_of, public_id, clock())
    return "done"


def _answer_to(context: JobContext, public_id: str, seq: int) -> Answer | None:
    """Evaluate both sides outside of any transaction that writes; None where it is kept."""
    with context.database.read() as session:
        simulation = by_public_id(session, public_id)
        candidate = simulation.candidates[seq]
        if candidate.result is not None:
            return None
        sides = (_side(session, simulation, each) for each in (None, candidate))
        return answered(compared(*sides))


def answered(effect: Effect) -> Answer:
    """Return what is kept of an effect."""
    return Answer(summed_up(effect), kept_rows(effect), kept_values(effect, movers(effect)))


def by_public_id(session: Session, public_id: str) -> Simulation:
    """Return a simulation; refuse with ``MISSING`` an unknown one."""
    found = session.scalar(select(Simulation).where(Simulation.public_id == public_id))
    if found is None:
        raise refuse(
            "simulation.unknown",
            N_("There is no such simulation."),
            N_("See the list of simulations."),
            kind=Kind.MISSING,
        )
    return found


def _candidate(session: Session, seq: int, of: PolicyEdit | PolicyVersion) -> Candidate:
    if isinstance(of, PolicyVersion):
        return Candidate(
            seq=seq, kind="version", number=of.seq, digest=of.digest, canonical=of.canonical
        )
    policy = load(of.text, draft_of(session, of).policy.code)
    return Candidate(
        seq=seq,
        kind="draft",
        number=of.seq,
        digest=digest(policy),
        canonical=canonical_text(policy),
    )


def _require_comparable(
    cycle: Cycle, base: PolicyVersion, tried: Sequence[Candidate], budget: Decimal | None
) -> None:
    if not 1 <= len(tried) <= MOST_CANDIDATES:
        raise refuse(
            "simulation.candidates",
            N_("{count} drafts or versions were named."),
            N_("Name one to {most}: they stand side by side."),
            count=len(tried),
            most=MOST_CANDIDATES,
        )
    if budget is not None and budget < 0:
        raise refuse(
            "simulation.budget", N_("A budget is not below zero."), N_("Write it, or leave it out.")
        )
    if budget is not None and not _is_kept(budget):
        raise refuse(
            "simulation.budget_size",
            N_("The budget is larger, or finer, than an amount of money."),
            N_("Write it with at most four decimal places, below a hundred million million."),
        )
    if base.policy_id != cycle.policy_version.policy_id:
        raise refuse(
            "simulation.other_policy",
            N_("{cycle} is not a cycle of {policy}."),
            N_("Set it against a version of the policy that the cycle is of."),
            cycle=cycle_called(cycle),
            policy=base.policy.code,
        )
    governing = pinned_policy(cycle)
    for policy in map(policy_of_candidate, tried):
        if not are_comparable(governing, policy):
            raise refuse(
                "simulation.not_comparable",
                N_("{policy} cannot be tried on {cycle}: role, period or currency is another."),
                N_("Choose a cycle of people whom it could be for."),
                cycle=cycle_called(cycle),
                policy=policy.policy,
            )


def are_comparable(one: Policy, other: Policy) -> bool:
    """Say whether the same people could be under either, for the same time and in one currency."""
    return all(
        mine == theirs
        for mine, theirs in (
            (one.scope.role, other.scope.role),
            (one.period, other.period),
            (one.currency, other.currency),
        )
    )


def _policy_row(session: Session, of: PolicyEdit | PolicyVersion) -> PolicyRow:
    return of.policy if isinstance(of, PolicyVersion) else draft_of(session, of).policy


def _is_kept(budget: Decimal) -> bool:
    return budget < MOST_MONEY and budget == round(budget, MONEY_PLACES)


def policy_of_candidate(candidate: Candidate) -> Policy:
    return from_canonical(candidate.canonical)


def _side(session: Session, simulation: Simulation, candidate: Candidate | None) -> Sided:
    text = simulation.base.canonical if candidate is None else candidate.canonical
    return sided(judged(session, simulation.cycle, from_canonical(text)))


def _answers(session: Session, simulation: Simulation) -> list[Answer]:
    before = _side(session, simulation, None)
    return [
        answered(compared(before, _side(session, simulation, each)))
        for each in simulation.candidates
    ]


def _keep(session: Session, candidate: Candidate, answer: Answer) -> None:
    session.add(
        CandidateResult(
            candidate_id=candidate.id,
            summary=answer.summary,
            rows=answer.rows,
            movers=answer.movers,
        )
    )
    session.flush()


def _size(session: Session, public_id: str) -> int:
    simulation = by_public_id(session, public_id)
    _step(session, simulation, 1)
    return len(simulation.candidates)


def _keep_of(session: Session, public_id: str, seq: int, answer: Answer | None) -> None:
    simulation = by_public_id(session, public_id)
    if answer is not None:
        _keep(session, simulation.candidates[seq], answer)
    _step(session, simulation, 2 + seq)


def _step(session: Session, simulation: Simulation, done: int) -> None:
    session.execute(
        update(Simulation)
        .where(Simulation.id == simulation.id, Simulation.state == "running")
        .values(done=done)
    )


def _end(session: Session, simulation: Simulation, now: datetime) -> None:
    change_if(
        session,
        update(Simulation)
        .where(Simulation.id == simulation.id, Simulation.state == "running")
        .values(state="done", done=simulation.steps, ended_at=now),
    )
    session.refresh(simulation)


def _end_of(session: Session, public_id: str, now: datetime) -> None:
    simulation = by_public_id(session, public_id)
    _end(session, simulation, now)
    _log(session, "finish_simulation", _author(simulation), now, simulation)


def _fail(session: Session, public_id: str, faults: Sequence[Fault], now: datetime) -> None:
    simulation = by_public_id(session, public_id)
    session.execute(
        update(Simulation)
        .where(Simulation.id == simulation.id, Simulation.state == "running")
        .values(state="failed", ended_at=now, faults=[kept(fault) for fault in faults])
    )
    session.refresh(simulation)
    _log(session, "finish_simulation", _author(simulation), now, simulation)


def _author(simulation: Simulation) -> str:
    return simulation.author.public_id if simulation.author else "console"


def _log(session: Session, action: str, actor: str, now: datetime, simulation: Simulation) -> None:
    session.expire(simulation, ["candidates"])
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("simulation", simulation.public_id),
        at=now,
        details={
            "policy": simulation.policy.code,
            "cycle": simulation.cycle.code,
            "base": simulation.base.digest,
            "state": simulation.state,
            "candidates": [each.digest for each in simulation.candidates],
            "rows": [
                hashlib.sha256(each.result.rows).hexdigest()
                for each in simulation.candidates
                if each.result is not None
            ],
        },
    )
