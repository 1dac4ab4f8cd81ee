"""Measuring a locked cycle anew, before its results are approved: an operation of its own.

HR proposes it with a reason, somebody who approves results decides. What the lock had given is
kept with it, to be read; after the approval ``rerun_cycle`` does the like, by posting differences.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow_everywhere, denied
from workflows.base.conditional import change_if
from workflows.cycles.changes import Moved, changes_of
from workflows.cycles.evaluation import TRIAL, evaluation_of, score_on
from workflows.cycles.operations import advance, policy_of
from workflows.cycles.own_part import require_no_part
from workflows.cycles.tables import Cycle, Evaluation, Relock
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.reviews.of_cycle import reviews_of
from workflows.stages.naming import cycle_called, cycle_name

PROPOSED, APPROVED, DECLINED = "proposed", "approved", "declined"


def propose_relock(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, *, reason: str
) -> Relock:
    """Propose to measure a locked cycle anew. Raises ``KaohengError``: ``DENIED``, ``INVALID``
    without a reason, ``CONFLICT`` where it is not locked, nothing has changed, or it is proposed.
    """
    allow_everywhere(actor, "propose_relock")
    said = _reason(reason)
    # Nobody approves the results at the same moment.
    advance(session, cycle, "locked", "locked")
    if not changes_of(session, cycle).records:
        raise refuse(
            "relock.nothing_changed",
            N_("No record of {cycle} has changed since it was locked."),
            N_("Import or correct the records first."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
        )
    called = cycle_called(cycle)  # which a refused statement would make forgotten
    relock = Relock(
        cycle_id=cycle.id,
        state=PROPOSED,
        reason=said,
        proposed_by=actor.account_id,
        proposed_at=now,
    )
    session.add(relock)
    try:
        session.flush()
    except IntegrityError as error:
        raise refuse(
            "relock.proposed_already",
            N_("Measuring {cycle} anew is proposed already."),
            N_("Wait for the decision."),
            kind=Kind.CONFLICT,
            cycle=called,
        ) from error
    _log(session, "propose_relock", actor, now, cycle, said, {"relock": relock.id})
    return relock


def decide_relock(
    session: Session, actor: Actor, now: datetime, relock: Relock, *, approve: bool, reason: str
) -> tuple[Moved, ...]:
    """Approve a proposed relock, which measures and scores the cycle anew, or decline it.

    Those whose result changes are told. Returns them. Raises ``KaohengError``: ``DENIED`` for
    whoever proposed it, ``INVALID`` without a reason, ``CONFLICT`` where it is decided already.
    """
    allow_everywhere(actor, "decide_relock")
    if is_by(actor, relock.proposer):
        raise denied("decide_relock")
    require_no_part(session, actor, relock.cycle)
    said, cycle = _reason(reason), relock.cycle
    advance(session, cycle, "locked", "locked")
    _decide(session, actor, now, relock, APPROVED if approve else DECLINED, said)
    moved: tuple[Moved, ...] = ()
    digests: dict[str, str] = {}
    if approve:
        changes = changes_of(session, cycle)
        moved = changes.moved
        _keep(session, relock, evaluation_of(session, cycle, TRIAL))
        digests = score_on(session, cycle, policy_of(cycle), now, changes.facts).digests
        _tell(session, now, cycle, relock, {each.person for each in moved})
    details = {"relock": relock.id, "state": relock.state, "moved": len(moved), **digests}
    _log(session, "decide_relock", actor, now, cycle, said, details)
    return moved


def relocks_of(session: Session, cycle: Cycle) -> list[Relock]:
    """Return what was proposed for a cycle, the newest first."""
    rows = select(Relock).where(Relock.cycle_id == cycle.id).order_by(Relock.id.desc())
    return list(session.scalars(rows))


def find_relock(session: Session, cycle: Cycle) -> Relock:
    """Return what is proposed for a cycle and not decided; refuse with ``MISSING``."""
    found = session.scalar(select(Relock).filter_by(cycle_id=cycle.id, state=PROPOSED))
    if found is None:
        raise refuse(
            "relock.unknown",
            N_("Measuring {cycle} anew is not proposed."),
            N_("HR proposes it on the page of changes after the lock."),
            kind=Kind.MISSING,
            cycle=cycle_called(cycle),
        )
    return found


def _reason(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise refuse(
            "relock.reason_needed",
            N_("Measuring a locked cycle anew needs a reason."),
            N_("Say which records changed, and why: it stays with the cycle."),
            place=Place(path="reason"),
        )
    return said


def _decide(
    session: Session, actor: Actor, now: datetime, relock: Relock, state: str, reason: str
) -> None:
    first = change_if(
        session,
        update(Relock)
        .where(Relock.id == relock.id, Relock.state == PROPOSED)
        .values(state=state, decided_by=actor.account_id, decided_at=now, decision=reason),
    )
    session.refresh(relock)
    if not first:
        raise refuse(
            "relock.decided",
            N_("This is decided already."),
            N_("Look at the decision."),
            kind=Kind.CONFLICT,
        )


def _keep(session: Session, relock: Relock, before: Evaluation) -> None:
    """Keep what the lock had given; the new evaluation takes its place under another id."""
    relock.inputs, relock.outputs, relock.grants = before.inputs, before.outputs, before.grants
    relock.records, relock.evaluated_at = before.records, before.evaluated_at
    session.delete(before)
    session.flush()


def _tell(session: Session, now: datetime, cycle: Cycle, relock: Relock, people: set[str]) -> None:
    for review in reviews_of(session, cycle):
        if review.person.code in people:
            notify(
                session,
                now,
                review.person_id,
                f"relock/{relock.id}",
                N_("{cycle} was measured anew: your result has changed."),
                link=f"/reviews/{review.public_id}",
                tone="warn",
                cycle=cycle_name(cycle),
            )


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    reason: str,
    details: dict[str, object],
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("cycle", cycle.code),
        at=now,
        details={"version": cycle.policy_version.digest, **details},
        personal={"reason": reason},
    )
