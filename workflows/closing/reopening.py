"""Opening a closed review again: proposed by HR with a reason, approved by somebody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow_person, denied
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.closing.sealed import is_sealed_now, last_numbers, seals_of
from workflows.closing.seals import seal_reviews
from workflows.closing.tables import Reopening
from workflows.cycles.claiming import claim_cycle
from workflows.cycles.operations import advance, policy_of
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review, ReviewMove
from workflows.stages.setting import set_times, times_in

OPEN, APPROVED, DECLINED = "open", "approved", "declined"
REOPEN = "reopen"


def propose_reopening(
    session: Session, actor: Actor, now: datetime, review: Review, *, reason: str
) -> Reopening:
    """Propose to open a sealed review again.

    Raises ``KaohengError``: ``DENIED``, ``INVALID`` without a reason, ``CONFLICT`` for a review
    that is not sealed, or for which a proposal waits already.
    """
    allow_person(session, actor, "reopen_review", review.person_id)
    _require_reason(reason)
    if not is_sealed_now(session, review):
        raise refuse(
            "closing.not_sealed",
            N_("The review of {person} is not closed: there is nothing to open again."),
            N_("Send it back along its workflow, if the policy has a way back."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    if waiting_reopening(session, review) is not None:
        raise refuse(
            "closing.reopening_waits",
            N_("A proposal to open the review of {person} again waits already."),
            N_("Decide on that one first."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    last = session.scalar(select(func.max(Reopening.seq)).where(Reopening.review_id == review.id))
    proposed = Reopening(
        review_id=review.id,
        seq=(last or 0) + 1,
        number=max((seal.number for seal in seals_of(session, review)), default=1),
        reason=reason.strip(),
        state=OPEN,
        proposed_by=actor.account_id,
        proposed_at=now,
    )
    session.add(proposed)
    session.flush()
    _log(session, "propose_reopening", actor, now, proposed, reason)
    return proposed


def decide_reopening(
    session: Session,
    actor: Actor,
    now: datetime,
    proposed: Reopening,
    *,
    approve: bool,
    reason: str,
) -> None:
    """Open the review again, or leave it closed; its seals stay readable either way.

    An opened review goes back to the stage that it was closed from, and its cycle is approved,
    not sealed, until it is closed anew. Raises ``KaohengError``: ``DENIED``, also for whoever
    proposed it and for the person concerned; ``INVALID`` without a reason; ``CONFLICT``.
    """
    review = proposed.review
    allow_person(session, actor, "approve_reopening", review.person_id)
    if _is_proposers(actor, proposed):
        raise denied("approve_reopening")
    _require_reason(reason)
    # The cycle's last review must not be sealed while this one is opened.
    claim_cycle(session, review.cycle)
    session.refresh(review)
    state = APPROVED if approve else DECLINED
    _decide(session, actor, now, proposed, state, reason)
    if approve:
        _open(session, actor, now, review, proposed.reason)
    _log(session, "decide_reopening", actor, now, proposed, reason, decision=state)


def waiting_reopening(session: Session, review: Review) -> Reopening | None:
    """Return the proposal to open a review again that nobody has decided on yet."""
    return session.scalar(
        select(Reopening).where(Reopening.review_id == review.id, Reopening.state == OPEN)
    )


def find_reopening(session: Session, actor: Actor, review: Review) -> Reopening:
    """Return the proposal that waits for the actor's decision.

    Refuses with ``DENIED`` whoever may not decide, and with ``CONFLICT`` where nothing waits.
    """
    allow_person(session, actor, "approve_reopening", review.person_id)
    found = waiting_reopening(session, review)
    if found is None:
        raise refuse(
            "closing.no_reopening",
            N_("Nobody has proposed to open the review of {person} again."),
            N_("HR proposes it with a reason, under “Closing” or with `kaoheng review reopen`."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    return found


def _open(session: Session, actor: Actor, now: datetime, review: Review, reason: str) -> None:
    cycle, policy = review.cycle, policy_of(review.cycle)
    if cycle.state == "sealed":
        _give_everybody_a_seal(session, actor, now, cycle)
        advance(session, cycle, "sealed", "approved")
    back = _closed_from(session, review)
    before = review.stage
    times = times_in(session, policy, cycle, back, now, now)
    moved = change_if(
        session,
        update(Review)
        .where(Review.id == review.id, Review.version == review.version)
        .values(stage=back, version=review.version + 1, due_at=times.due_at if times else None),
    )
    assert moved, "the proposal was claimed, and nothing else moves a sealed review"
    session.add(
        ReviewMove(
            review_id=review.id,
            transition=REOPEN,
            from_stage=before,
            to_stage=back,
            actor_id=actor.account_id,
            reason=reason,
            moved_at=now,
            on_behalf_of=actor.on_behalf_of,
        )
    )
    session.refresh(review)
    set_times(session, [review], times)
    session.flush()
    append(
        session,
        action="move_review",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"transition": REOPEN, "from": before, "to": back},
        personal={"reason": reason},
        person=review.person.public_id,
    )


def _give_everybody_a_seal(session: Session, actor: Actor, now: datetime, cycle: Cycle) -> None:
    """Seal by themselves those who were sealed with the cycle only, before one is opened."""
    sealed = last_numbers(session, cycle)
    without = [each for each in reviews_of(session, cycle) if each.id not in sealed]
    seal_reviews(session, actor, now, cycle, without)


def _closed_from(session: Session, review: Review) -> str:
    """Return the stage from which a review came to the last one."""
    came_from = session.scalar(
        select(ReviewMove.from_stage)
        .where(ReviewMove.review_id == review.id, ReviewMove.to_stage == review.stage)
        .order_by(ReviewMove.id.desc())
        .limit(1)
    )
    workflow = policy_of(review.cycle).workflow
    assert workflow is not None, "a cycle is opened only under a policy with a workflow"
    return came_from or workflow.stages[-2]


def _decide(
    session: Session, actor: Actor, now: datetime, proposed: Reopening, state: str, reason: str
) -> None:
    decided = change_if(
        session,
        update(Reopening)
        .where(Reopening.id == proposed.id, Reopening.state == OPEN)
        .values(
            state=state,
            decided_by=actor.account_id,
            decided_at=now,
            decision_reason=reason.strip(),
        ),
    )
    session.refresh(proposed)
    if not decided:
        raise refuse(
            "closing.reopening_decided",
            N_("This proposal is {state} already."),
            N_("Look at the review again: somebody was first."),
            kind=Kind.CONFLICT,
            state=state_named("reopenings", proposed.state),
        )


def _is_proposers(actor: Actor, proposed: Reopening) -> bool:
    return proposed.proposer is not None and is_by(actor, proposed.proposer)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise refuse(
            "closing.reopening_reason_needed",
            N_("Opening a closed review again needs a reason."),
            N_("Say what came to light: the reason stays with the review."),
            place=Place(path="reason"),
        )


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    proposed: Reopening,
    reason: str,
    **details: object,
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", proposed.review.public_id),
        at=now,
        details={"seal": proposed.number, **details},
        personal={"reason": reason.strip()},
        person=proposed.review.person.public_id,
    )
