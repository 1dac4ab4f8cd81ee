"""Granting a correction: the cycle computed again with it, and the differences posted.

Nothing that was entered, evaluated or sealed is edited: the corrected facts are new versions,
the computation is the cycle's next, and the ledger gets what differs, for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import canonical
from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow_person, denied
from workflows.appeals.corrections import (
    FACT,
    GRADE,
    Corrected,
    Correction,
    corrected,
)
from workflows.appeals.effect import Effect, effect_of
from workflows.appeals.escalating import answer_given
from workflows.appeals.records import write_changed
from workflows.appeals.steps import advance_appeal, log_appeal, require_state, require_words
from workflows.appeals.tables import ACCEPTED, POSTED, PROPOSED, Appeal
from workflows.closing.arriving import seal_when_ready
from workflows.cycles.apart import set_results
from workflows.cycles.evaluation import FINAL, Bytes, compute
from workflows.cycles.latest import (
    Computation,
    granted_reviews,
    keep_computation,
    latest_computation,
)
from workflows.cycles.operations import advance, policy_of
from workflows.cycles.own_part import require_no_part
from workflows.cycles.tables import APPEAL, Rerun
from workflows.figures.columns import given_columns
from workflows.figures.tables import Figure
from workflows.incentives.differences import post_differences
from workflows.notices.operations import notify
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import GradeChange, Review
from workflows.stages.naming import cycle_name

# What somebody is told of; a place lower alone is nothing of theirs.
_FELT = frozenset({"total", "grade", "pay"})


def approve_correction(
    session: Session, actor: Actor, now: datetime, appeal: Appeal, *, seen: int, effect: str
) -> int:
    """Grant a proposed correction and post what it moves; return how many entries that made.

    ``effect`` is the digest of the effect that the actor was shown. Raises ``KaohengError``:
    ``DENIED``, also for the handler and for whoever appeals; ``CONFLICT`` where somebody was
    first, or where the correction moves something else by now.
    """
    review = appeal.review
    _allow(session, actor, appeal)
    require_state(appeal, (PROPOSED,), seen)
    advance(session, review.cycle, "approved", "approved")
    base = latest_computation(session, review.cycle)
    found = corrected(session, review, base, proposed_corrections(appeal))
    computed = _computed(review, found)
    moves = _effect(session, review, base, computed)
    if moves.digest != effect:
        raise _moved_since()
    rerun, entries = _post(session, actor, now, appeal, found, computed)
    set_results(session, review.cycle, policy_of(review.cycle), computed, corrected=review)
    values: dict[str, Any] = {"rerun_id": rerun.id, "effect": moves.text, "ended_at": now}
    advance_appeal(session, actor, now, appeal, (PROPOSED,), POSTED, seen, **values)
    answer_given(session, now, appeal)
    _tell(session, now, appeal, moves)
    log_appeal(
        session,
        "approve_correction",
        actor,
        now,
        appeal,
        computation=rerun.seq,
        entries=entries,
        moved=len(moves.moved),
        effect=moves.digest,
        **computed.digests,
    )
    seal_when_ready(session, actor, now, [review])
    return entries


def return_correction(
    session: Session, actor: Actor, now: datetime, appeal: Appeal, *, reason: str, seen: int
) -> None:
    """Send a proposed correction back to its handler, with the reason."""
    _allow(session, actor, appeal)
    require_words(reason, N_("Say what is to be looked at again."))
    advance_appeal(
        session, actor, now, appeal, (PROPOSED,), ACCEPTED, seen, "returned", reason, effect=None
    )
    if appeal.handler is not None:
        message = N_("A correction that you proposed was sent back.")
        key, link = f"appeal {appeal.public_id} {appeal.version}", f"/appeals/{appeal.public_id}"
        notify(session, now, appeal.handler, key, message, link=link)
    log_appeal(session, "return_correction", actor, now, appeal, reason)


def proposed_corrections(appeal: Appeal) -> list[Correction]:
    """Return what the last proposal would correct."""
    return [Correction(each.kind, each.name, each.becomes) for each in appeal.proposed]


def effect_of_proposal(session: Session, appeal: Appeal) -> Effect:
    """Return whom the proposed correction moves now, computed again."""
    base = latest_computation(session, appeal.review.cycle)
    found = corrected(session, appeal.review, base, proposed_corrections(appeal))
    return effect_now(session, appeal.review, base, found)


def effect_now(session: Session, review: Review, base: Computation, found: Corrected) -> Effect:
    """Return whom corrected facts move against a computation."""
    return _effect(session, review, base, _computed(review, found))


def _allow(session: Session, actor: Actor, appeal: Appeal) -> None:
    review = appeal.review
    allow_person(session, actor, "approve_correction", review.person_id)
    if appeal.handler is not None and is_by(actor, appeal.handler):
        raise denied("approve_correction")
    require_no_part(session, actor, review.cycle)


def _computed(review: Review, found: Corrected) -> Bytes:
    return compute(policy_of(review.cycle), FINAL, canonical.lines(found.facts))


def _effect(session: Session, review: Review, base: Computation, computed: Bytes) -> Effect:
    policy = policy_of(review.cycle)
    granted = {each.person.code for each in granted_reviews(session, review.cycle, policy)}
    return effect_of(policy, base.bytes, computed, review.person.code, granted)


def _post(
    session: Session,
    actor: Actor,
    now: datetime,
    appeal: Appeal,
    found: Corrected,
    computed: Bytes,
) -> tuple[Rerun, int]:
    """Write the facts' new versions, keep the computation, and post the differences."""
    cycle = appeal.review.cycle
    written = write_changed(session, actor, now, found.changed)
    for correction in proposed_corrections(appeal):
        _write_fact(session, now, appeal, correction)
    rerun = keep_computation(
        session,
        actor,
        now,
        cycle,
        computed,
        cause=APPEAL,
        reason=appeal.public_id,
        records=sorted((*(found.records or ()), *written)),
    )
    grants = canonical.grants(computed.grants)
    reviews = granted_reviews(session, cycle, policy_of(cycle))
    return rerun, post_differences(session, now, reviews, grants, rerun.seq)


def _write_fact(session: Session, now: datetime, appeal: Appeal, correction: Correction) -> None:
    """Write the next version of a figure or a grade; a target's is the correction itself."""
    review = appeal.review
    if correction.kind == FACT and correction.name in given_columns(policy_of(review.cycle)):
        session.add(
            Figure(
                cycle_id=review.cycle_id,
                person_id=review.person_id,
                name=correction.name,
                value=correction.becomes,
                given_by=appeal.handler_id,
                given_at=now,
            )
        )
    if correction.kind == GRADE:
        session.add(
            GradeChange(
                review_id=review.id,
                grade_before=review.calibrated_grade or review.grade,
                grade_after=correction.becomes,
                actor_id=appeal.handler_id,
                reason=appeal.answer or "",
                changed_at=now,
            )
        )
        review.calibrated_grade = correction.becomes
    session.flush()


def _tell(session: Session, now: datetime, appeal: Appeal, moves: Effect) -> None:
    """Tell the author, and everybody else whose pay or grade is another."""
    reviews = {each.person.code: each for each in reviews_of(session, appeal.review.cycle)}
    key = f"appeal {appeal.public_id} posted"
    message = N_("Your appeal was granted: your result is corrected.")
    author = appeal.review.person_id
    notify(session, now, author, key, message, link=f"/appeals/{appeal.public_id}", tone="good")
    for moved in _touched(moves):
        other = reviews[moved]
        link = f"/reviews/{other.public_id}"
        text = N_("Your result of {cycle} moved: a fact that it is shared by was corrected.")
        name = cycle_name(other.cycle)
        notify(session, now, other.person_id, key, text, link=link, cycle=name)


def _touched(moves: Effect) -> Sequence[str]:
    return [
        each.person
        for each in moves.moved
        if not each.is_own
        and any(name in _FELT or name.startswith("grant.") for name in each.changes)
    ]


def _moved_since() -> Exception:
    return refuse(
        "appeals.moved_since",
        N_("By now this correction moves something else than you were shown."),
        N_("Look at whom it moves now, then decide again."),
        kind=Kind.CONFLICT,
    )
