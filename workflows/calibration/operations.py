"""Changing a grade in calibration, with a reason; measured numbers stay as they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.model import Policy
from engine.stages import stages_for
from workflows.access.actors import Actor
from workflows.access.decide import allow_person
from workflows.base.conditional import change_if
from workflows.calibration.opening import cards_on_boards
from workflows.calibration.reaching import require_part
from workflows.calibration.tables import CalibrationCard, CalibrationMove, CalibrationSession
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.moves import require_seen
from workflows.reviews.tables import GradeChange, Review
from workflows.stages.naming import stage_of


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
    A change of somebody who is on the board of a session is one of that session's moves.

    Raises ``KaohengError``: ``DENIED`` for somebody whose role may not (nobody grades
    themselves), ``CONFLICT`` outside calibration, where the session is closed or where somebody
    was first, ``INVALID`` for a grade that the policy does not have or an empty reason.
    """
    allow_person(session, actor, "calibrate_review", review.person_id)
    on_board = cards_on_boards(session, [review.id])
    card = on_board[0] if on_board else None
    _change(session, actor, now, review, policy, card, grade, reason, seen)


def move_card(
    session: Session,
    actor: Actor,
    now: datetime,
    card: CalibrationCard,
    policy: Policy,
    *,
    grade: str,
    reason: str,
    seen: int | None = None,
) -> None:
    """Move somebody to another grade on the board of a session that the actor takes part in.

    ``card`` is what ``find_card`` gives the actor: never their own. ``seen`` is the version of
    the review that the board showed. Raises ``KaohengError`` as ``calibrate_review`` does, and
    ``INVALID`` where the person has that grade already or was left out of the board.
    """
    require_part(actor, card.sitting)
    review = card.review
    require_seen(review, seen)
    if card.left_out is not None:
        raise refuse(
            "calibration.left_out",
            N_("{person} was left out of this session."),
            N_("HR can put them back on the board."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    if grade == (review.calibrated_grade or review.grade):
        raise refuse(
            "calibration.same_grade",
            N_("{person} has grade {grade} already."),
            N_("Choose another grade."),
            person=review.person.code,
            grade=grade,
        )
    _change(session, actor, now, review, policy, card, grade, reason, seen)


def take_turn(session: Session, sitting: CalibrationSession) -> None:
    """Count one more change of an open session; refuse with ``CONFLICT`` where it is closed."""
    session.refresh(sitting)
    was_open = change_if(
        session,
        update(CalibrationSession)
        .where(CalibrationSession.id == sitting.id, CalibrationSession.state == "open")
        .values(version=CalibrationSession.version + 1),
    )
    session.refresh(sitting)
    if not was_open:
        raise refuse(
            "calibration.closed",
            N_("The calibration session “{name}” is closed: its grades stand."),
            N_("Have HR or the approver reopen it, with a reason."),
            kind=Kind.CONFLICT,
            name=sitting.name,
        )


def _change(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    card: CalibrationCard | None,
    grade: str,
    reason: str,
    seen: int | None,
) -> None:
    _check(policy, grade, reason)
    require_seen(review, seen)
    if card is not None:
        _require_not_down(policy, card, grade)
        take_turn(session, card.sitting)
    before = review.calibrated_grade or review.grade
    _set_grade(session, review, policy, grade)
    change = GradeChange(
        review_id=review.id,
        grade_before=before,
        grade_after=grade,
        actor_id=actor.account_id,
        reason=reason.strip(),
        changed_at=now,
        on_behalf_of=actor.on_behalf_of,
    )
    session.add(change)
    if card is not None:
        session.flush()
        session.add(CalibrationMove(session_id=card.session_id, change_id=change.id))
    append(
        session,
        action="calibrate_review",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"session": card.sitting.public_id} if card is not None else {},
        personal={"grade": grade, "reason": reason.strip()},
        person=review.person.public_id,
    )


def _set_grade(session: Session, review: Review, policy: Policy, grade: str) -> None:
    version = review.version
    was_there = change_if(
        session,
        update(Review)
        .where(
            Review.id == review.id,
            Review.stage.in_(stages_for(policy, "calibration")),
            Review.version == version,
        )
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


def _require_not_down(policy: Policy, card: CalibrationCard, grade: str) -> None:
    """Refuse to move newcomers and the protected below the grade that was measured."""
    order = [each.code for each in policy.grades]
    measured = card.review.grade
    if card.apart == "ungraded" or measured is None:
        raise refuse(
            "calibration.ungraded",
            N_("{person} was not appraised, so there is no grade to change."),
            N_("Too few days in post, or a figure is still awaited: see the review."),
            person=card.review.person.code,
        )
    if card.apart is not None and order.index(grade) > order.index(measured):
        raise refuse(
            "calibration.not_down",
            N_("{person} is left out of the distribution and cannot be moved below {grade}."),
            N_("Newcomers and the protected (三期, 工伤, 医疗期) keep at least what was measured."),
            person=card.review.person.code,
            grade=measured,
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
