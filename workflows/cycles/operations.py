"""Opening a cycle and locking its data."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import periods
from engine.canonical import from_canonical
from engine.errors import N_, Kind, refuse
from engine.model import Policy, Workflow
from engine.periods import Period
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.agreements.announcing import announce_cycle
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.confirming.requirement import require_confirmed
from workflows.cycles.evaluation import evaluate_trial
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.population import Member, population
from workflows.cycles.tables import Cycle
from workflows.figures.required import require_figures
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.moves import move_with_cycle, require_stage
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import Review
from workflows.rulebook.operations import version_for
from workflows.stages.naming import cycle_called
from workflows.stages.planning import Times
from workflows.stages.setting import set_times, times_in
from workflows.targets.operations import cascade_targets


def open_cycle(
    session: Session, actor: Actor, now: datetime, *, policy_code: str, period_label: str
) -> Cycle:
    """Open ``<policy>@<period>``: pin the version, make the reviews, share out targets.

    The version is the one in force on the period's first day. Raises ``KaohengError`` where
    there is none on that day, the period is not of the policy's kind, the cycle is open already,
    nobody is in scope, or a company figure is missing.
    """
    allow_everywhere(actor, "open_cycle")
    period = periods.parse(period_label)
    version = version_for(session, actor, now, policy_code, period.start)
    policy = from_canonical(version.canonical)
    _require_kind(policy, period)
    stages = _workflow(policy).stages
    _refuse_second(session, f"{policy_code}@{period.label}")
    members = _in_scope(session, policy, period)
    cycle = Cycle(
        code=f"{policy_code}@{period.label}",
        policy_version=version,
        period=period.label,
        starts_on=period.start,
        ends_on=period.end,
        state="open",
        version=0,
        opened_at=now,
    )
    session.add(cycle)
    session.flush()
    times = times_in(session, policy, cycle, stages[0], now, now)
    reviews = [_review(cycle, member, stages[0], times) for member in members]
    session.add_all(reviews)
    set_times(session, reviews, times)
    cascade_targets(session, cycle, policy, members)
    announce_cycle(session, actor, now, cycle)
    log_cycle(session, "open_cycle", actor, now, cycle, reviews=len(members))
    return cycle


def _refuse_second(session: Session, code: str) -> None:
    cycle = session.scalar(select(Cycle).where(Cycle.code == code))
    if cycle is not None:
        raise refuse(
            "cycles.open_already",
            N_("{cycle} is there already."),
            N_("See it among the cycles, or with `kaoheng review list {code}`."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
            code=code,
        )


def _in_scope(session: Session, policy: Policy, period: Period) -> list[Member]:
    members = population(session, policy, period)
    if not members:
        raise refuse(
            "cycles.nobody",
            N_("Nobody in the organisation is in the scope of {policy} ({role})."),
            N_("Import the organisation first."),
            policy=policy.policy,
            role=policy.scope.role,
        )
    return members


def _review(cycle: Cycle, member: Member, stage: str, times: Times | None) -> Review:
    return Review(
        public_id=uuid.uuid4().hex,
        cycle=cycle,
        person_id=member.person.id,
        team_id=member.team.id,
        stage=stage,
        version=0,
        due_at=times.due_at if times else None,
    )


def lock_cycle(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, reason: str | None = None
) -> None:
    """Lock the data 锁数 and score everyone 试算: actuals, points, totals and grades.

    Every review must be where the policy's workflow locks from. What the engine was given
    and gave is kept. Raises ``KaohengError`` naming those who are not there yet, those for whom
    a figure that the policy requires was not given, those who have not confirmed their records
    where it requires that (unless with a ``reason``), and amounts that nobody has explained.
    """
    allow_everywhere(actor, "lock_cycle")
    policy = policy_of(cycle)
    advance(session, cycle, "open", "locked", locked_at=now)
    step = cycle_step(policy, "lock")
    move_with_cycle(session, actor, now, require_stage(session, cycle, step), step)
    require_figures(session, cycle, policy)
    unanswered = require_confirmed(session, cycle, policy, reason)
    evaluation = evaluate_trial(session, cycle, policy, now)
    version = {"version": cycle.policy_version.digest}
    append(
        session,
        action="lock_cycle",
        actor=actor,
        subject=Subject("cycle", cycle.code),
        at=now,
        details={**version, **evaluation.digests, **unanswered.details},
        personal={"reason": unanswered.reason} if unanswered.reviews else {},
    )


def find_cycle(session: Session, code: str) -> Cycle:
    """Return the cycle named ``<policy>@<period>``; refuse with ``MISSING``."""
    cycle = session.scalar(select(Cycle).where(Cycle.code == code))
    if cycle is None:
        raise refuse(
            "cycles.unknown",
            N_("There is no cycle {code!r}."),
            N_("See which cycles there are on their page, or with `kaoheng cycle list`."),
            kind=Kind.MISSING,
            code=code,
        )
    return cycle


def policy_of(cycle: Cycle) -> Policy:
    """Return the policy that the cycle pinned."""
    return pinned_policy(cycle)


def advance(
    session: Session, cycle: Cycle, from_state: str, to_state: str, **changes: object
) -> None:
    """Move the cycle's state if nobody was first; refuse with ``CONFLICT`` otherwise."""
    moved = change_if(
        session,
        update(Cycle)
        .where(Cycle.id == cycle.id, Cycle.state == from_state, Cycle.version == cycle.version)
        .values(state=to_state, version=cycle.version + 1, **changes),
    )
    if not moved:
        session.refresh(cycle)
        raise refuse(
            "cycles.not_in_state",
            N_("{cycle} is {state}, not {expected}."),
            N_("Look at it again: somebody may have been first."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
            state=state_named("cycles", cycle.state),
            expected=state_named("cycles", from_state),
        )
    session.refresh(cycle)


def _require_kind(policy: Policy, period: Period) -> None:
    if period.kind != policy.period:
        raise refuse(
            "cycles.wrong_period",
            N_("{label} is a {given}; {policy} is appraised by the {length}."),
            N_("Name a period of that length: 2017-Q4 is a quarter, 2017-11 a month."),
            label=period.label,
            given=str(period.kind),
            policy=policy.policy,
            length=policy.period,
        )


def _workflow(policy: Policy) -> Workflow:
    if policy.workflow is None or not policy.grades:
        raise refuse(
            "cycles.not_for_reviews",
            N_("{policy} has no grades or no workflow: it computes, but appraises nobody."),
            N_("Add the sections `kpis`, `grades` and `workflow` to its file."),
            policy=policy.policy,
        )
    return policy.workflow


def log_cycle(
    session: Session, action: str, actor: Actor, now: datetime, cycle: Cycle, **details: object
) -> None:
    """Append an entry about the cycle to the log."""
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("cycle", cycle.code),
        at=now,
        details={"version": cycle.policy_version.digest, **details},
    )
