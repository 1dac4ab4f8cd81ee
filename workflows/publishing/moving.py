"""Putting a running cycle under another version: prepared by one, consented to, done by another.

Only while its data are open: after the lock everybody knows their result, and what differs then
is calibrated, or run again, never scored by other rules.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.facts import target_fact
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow_everywhere
from workflows.accounts.operations import actor_as_now
from workflows.agreements.announcing import announce_cycle
from workflows.base.conditional import change_if
from workflows.cycles.operations import advance, log_cycle, policy_of
from workflows.cycles.population import Member
from workflows.cycles.tables import Cycle
from workflows.goals.tables import TargetOrigin
from workflows.publishing.consents import WorseOff, ask, require_given, worse_off
from workflows.publishing.tables import CycleMove
from workflows.reviews.of_cycle import reviews_of
from workflows.rulebook.tables import PolicyVersion
from workflows.simulation.effect import Effect, effect_of
from workflows.simulation.facts import meanings
from workflows.stages.naming import cycle_called, stage_of
from workflows.stages.setting import reset_times
from workflows.targets.operations import cascade_targets
from workflows.targets.tables import Target


def prepare_cycle_move(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    *,
    to: PolicyVersion,
    reason: str,
) -> CycleMove:
    """Prepare another published version for an open cycle, and ask those whom it makes worse off.

    Raises ``KaohengError``: ``CONFLICT`` where the cycle's data are locked, or another move is
    prepared; ``INVALID`` for a version that the cycle cannot run under.
    """
    allow_everywhere(actor, "move_cycle")
    if not reason.strip():
        raise refuse("publishing.move_reason", N_("A move needs a reason."), N_("Say why."))
    # Also claims the cycle: of two who prepare at once, the second is told.
    advance(session, cycle, "open", "open")
    _refuse_second(session, cycle)
    _require_fit(session, cycle, to)
    assert actor.account_id is not None, "whoever may move a cycle has an account"
    move = CycleMove(
        cycle=cycle,
        before=cycle.policy_version,
        after=to,
        reason=reason.strip(),
        preparer_id=actor.account_id,
        prepared_at=now,
        state="prepared",
        version=0,
    )
    session.add(move)
    session.flush()
    asked = ask(session, now, move, worse_off_by_move(session, move))
    _log(session, "prepare_cycle_move", actor, now, move, asked=asked)
    return move


def carry_out_cycle_move(
    session: Session, actor: Actor, now: datetime, move: CycleMove, *, seen: int
) -> None:
    """Put the cycle under the version prepared for it; not by whoever prepared it.

    Targets that the version shares out otherwise are shared out anew; everything else that people
    gave stays. Raises ``KaohengError`` where a consent is missing by today's figures.
    """
    allow_everywhere(actor_as_now(session, actor), "move_cycle")
    if is_by(actor, move.preparer):
        raise refuse(
            "publishing.own_move",
            N_("Whoever prepared a move may not carry it out."),
            N_("Ask a second person of HR."),
            kind=Kind.DENIED,
        )
    _advance(session, move, seen, state="done", carrier_id=actor.account_id, carried_out_at=now)
    cycle = move.cycle
    _require_fit(session, cycle, move.after)
    require_given(session, move, worse_off_by_move(session, move))
    _share_out_anew(session, cycle, from_canonical(move.after.canonical))
    advance(session, cycle, "open", "open", policy_version_id=move.to_version_id)
    session.expire(cycle, ["policy_version"])
    reset_times(session, now, cycle, policy_of(cycle), reviews_of(session, cycle))
    announce_cycle(session, actor, now, cycle)
    _log(session, "move_cycle", actor, now, move)


def drop_cycle_move(
    session: Session, actor: Actor, now: datetime, move: CycleMove, *, seen: int
) -> None:
    """Give a prepared move up; its consents are void."""
    allow_everywhere(actor, "move_cycle")
    _advance(session, move, seen, state="dropped")
    _log(session, "drop_cycle_move", actor, now, move)


def ask_again_for_move(session: Session, actor: Actor, now: datetime, move: CycleMove) -> int:
    """Ask those whom newer figures make worse off as well; return how many they are."""
    allow_everywhere(actor, "move_cycle")
    _advance(session, move, move.version)
    asked = ask(session, now, move, worse_off_by_move(session, move))
    _log(session, "ask_for_consent", actor, now, move, asked=asked)
    return asked


def effect_of_move(session: Session, move: CycleMove) -> Effect:
    """Return what the move changes for everybody in the cycle, by today's figures."""
    before, after = (from_canonical(each.canonical) for each in (move.before, move.after))
    return effect_of(session, move.cycle, before, after)


def worse_off_by_move(session: Session, move: CycleMove) -> list[WorseOff]:
    """Return those whom the move makes worse off, by today's figures."""
    return worse_off(move.cycle.period, effect_of_move(session, move))


def prepared_move(session: Session, cycle: Cycle) -> CycleMove | None:
    """Return the move that is prepared for a cycle, or None."""
    return session.scalar(
        select(CycleMove).where(CycleMove.cycle_id == cycle.id, CycleMove.state == "prepared")
    )


def waiting_move(session: Session, cycle: Cycle) -> CycleMove:
    """Return the move that is prepared for a cycle; refuse with ``MISSING`` where there is none."""
    found = prepared_move(session, cycle)
    if found is None:
        raise refuse(
            "publishing.no_move",
            N_("No other version is prepared for {cycle}."),
            N_("Prepare one first."),
            kind=Kind.MISSING,
            cycle=cycle_called(cycle),
        )
    return found


def _refuse_second(session: Session, cycle: Cycle) -> None:
    if prepared_move(session, cycle) is not None:
        raise refuse(
            "publishing.move_there",
            N_("Another version is prepared for {cycle} already."),
            N_("Carry that out, or give it up first."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
        )


def _require_fit(session: Session, cycle: Cycle, to: PolicyVersion) -> None:
    """Refuse a version that the cycle is under already, or cannot run under."""
    if cycle.policy_version_id == to.id:
        raise refuse(
            "publishing.same_version",
            N_("{cycle} is under version {seq} already."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
            seq=to.seq,
        )
    before, after = policy_of(cycle), from_canonical(to.canonical)
    is_own = to.policy_id == cycle.policy_version.policy_id and to.state == "published"
    if not is_own or after.period != before.period or after.workflow is None or not after.grades:
        raise refuse(
            "publishing.unfit_version",
            N_("{cycle} cannot run under that version."),
            N_("Choose a published version of the same policy, with the same length of period."),
            cycle=cycle_called(cycle),
        )
    _require_stages(session, cycle, after.workflow.stages)


def _require_stages(session: Session, cycle: Cycle, stages: tuple[str, ...]) -> None:
    lost = [review for review in reviews_of(session, cycle) if review.stage not in stages]
    if lost:
        raise KaohengError(
            (
                Fault(
                    "publishing.no_such_stage",
                    N_("{person} is in {stage}, which that version does not have."),
                    N_("Choose a version with that stage, or move the review on first."),
                    {"person": review.person.code, "stage": stage_of(review)},
                    Place(path=review.person.code),
                )
                for review in lost
            ),
            Kind.CONFLICT,
        )


def _share_out_anew(session: Session, cycle: Cycle, after: Policy) -> None:
    """Take back the targets whose rule differs or is gone, and share out what the version says."""
    before = policy_of(cycle)
    old, new = (meanings(policy, cycle.period) for policy in (before, after))
    kept = {
        rule.code for rule in after.targets if old.get(target_fact(rule)) == new[target_fact(rule)]
    }
    gone = select(Target.id).where(Target.cycle_id == cycle.id, Target.name.not_in(kept))
    session.execute(delete(TargetOrigin).where(TargetOrigin.target_id.in_(gone)))
    session.execute(delete(Target).where(Target.id.in_(gone)))
    changed = tuple(rule for rule in after.targets if rule.code not in kept)
    if changed:
        reviews = reviews_of(session, cycle)
        members = [Member(each.person, each.team) for each in reviews if each.team]
        cascade_targets(session, cycle, replace(after, targets=changed), members)


def _advance(session: Session, move: CycleMove, seen: int, **values: object) -> None:
    changed = change_if(
        session,
        update(CycleMove)
        .where(CycleMove.id == move.id, CycleMove.state == "prepared", CycleMove.version == seen)
        .values(version=seen + 1, **values),
    )
    session.refresh(move)
    if not changed:
        raise refuse(
            "publishing.move_over",
            N_("The move of {cycle} is not waiting any more, or has changed."),
            N_("Look at the cycle again: somebody was first."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(move.cycle),
        )


def _log(
    session: Session, action: str, actor: Actor, now: datetime, move: CycleMove, **details: object
) -> None:
    said = {
        "move": move.id,
        "from": move.before.digest,
        "to": move.after.digest,
        "reason": move.reason,
        **details,
    }
    log_cycle(session, action, actor, now, move.cycle, **said)
