"""Changing a grade in calibration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow_person
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.moves import require_seen
from workflows.reviews.tables import GradeChange, Review
from workflows.stages.naming import stage_of

STAGE = "calibration"


def calibrate_review(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    *,
    grade: str,
    reason: str,
    seen: int | None = None,
) -> None:
    """Give a review another grade, with a reason; its measured numbers stay as they are.

    ``seen`` is the version of the review that the actor decided on, where they were shown one.

    Raises ``KaohengError``: ``DENIED`` for somebody whose role may not (nobody grades
    themselves), ``CONFLICT`` outside calibration or where somebody was first, ``INVALID`` for
    a grade that the policy does not have or an empty reason.
    """
    allow_person(session, actor, "calibrate_review", review.person_id)
    _check(policy, grade, reason)
    require_seen(review, seen)
    before = review.calibrated_grade or review.grade
    _set_grade(session, review, grade)
    session.add(
        GradeChange(
            review_id=review.id,
            grade_before=before,
            grade_after=grade,
            actor_id=actor.account_id,
            reason=reason,
            changed_at=now,
        )
    )
    append(
        session,
        action="calibrate_review",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        personal={"grade": grade, "reason": reason},
        person=review.person.public_id,
    )


def _set_grade(session: Session, review: Review, grade: str) -> None:
    version = review.version
    was_there = change_if(
        session,
        update(Review)
        .where(Review.id == review.id, Review.stage == STAGE, Review.version == version)
        .values(calibrated_grade=grade, version=version + 1),
    )
    session.refresh(review)
    if not was_there:
        raise refuse(
            "calibration.not_in_calibration",
            N_("The grade of {person} can be changed in calibration; the review is in {stage}."),
            N_("Move it there first, or look again: somebody may have been first."),
            kind=Kind.CONFLICT,
            person=review.person.code,
            stage=stage_of(review),
        )


def _check(policy: Policy, grade: str, reason: str) -> None:
    known = [band.code for band in policy.grades]
    if grade not in known:
        raise refuse(
            "calibration.unknown_grade",
            N_("{policy} has no grade {grade!r}."),
            N_("Its grades are {known}."),
            policy=policy.policy,
            grade=grade,
            known=", ".join(known),
        )
    if not reason.strip():
        raise refuse(
            "calibration.reason_needed",
            N_("A changed grade needs a reason."),
            N_("Say why: the reason stays with the grade."),
        )
