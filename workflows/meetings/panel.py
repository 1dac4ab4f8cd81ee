"""The panel 评委: each member scores a report once, nobody their own, and the mean is exact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Criterion, Policy
from engine.plain import plain_number
from engine.rated import mean
from engine.reporting import report_of
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.meetings.tables import Meeting, PanelScore, Seat, Slot
from workflows.reviews.tables import Review

LONGEST = 2_000


def score_report(
    session: Session,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    review: Review,
    policy: Policy,
    points: Mapping[str, str],
    remark: str = "",
) -> PanelScore:
    """Score one report as a member of the panel.

    Raises ``KaohengError``: ``DENIED`` for who has no seat, or their own report; ``MISSING``
    for a review that is not up; ``CONFLICT`` for a second score or a cancelled meeting;
    ``INVALID`` with every criterion that has no points.
    """
    allow(actor, "sit_on_panel")
    _require_seat(session, actor, meeting, review)
    total = _total(policy, points)
    score = PanelScore(
        meeting_id=meeting.id,
        review_id=review.id,
        person_id=actor.person_id or 0,
        points={code: plain_number(Decimal(points[code].strip())) for code in _codes(policy)},
        total=total,
        remark=remark.strip()[:LONGEST],
        scored_at=now,
    )
    _require_first(session, actor, review)
    session.add(score)
    session.flush()
    append(
        session,
        action="score_report",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"meeting": meeting.public_id},
        personal={"points": plain_number(total), "remark": score.remark},
        person=review.person.public_id,
    )
    return score


def _require_first(session: Session, actor: Actor, review: Review) -> None:
    known = select(PanelScore.id).where(
        PanelScore.review_id == review.id, PanelScore.person_id == actor.person_id
    )
    if session.scalar(known) is not None:
        raise refuse(
            "panel.scored",
            N_("You have scored the report of {person} already."),
            N_("Each member of the panel scores a report once."),
            kind=Kind.CONFLICT,
            person=review.person.name,
        )


def scores_of(session: Session, review_ids: list[int]) -> dict[int, list[PanelScore]]:
    """Return the panel's scores by review, in the order of their members."""
    found: dict[int, list[PanelScore]] = {}
    for score in session.scalars(
        select(PanelScore)
        .where(PanelScore.review_id.in_(review_ids))
        .order_by(PanelScore.person_id)
        .options(selectinload(PanelScore.person))
    ):
        found.setdefault(score.review_id, []).append(score)
    return found


def panel_of(session: Session, review: Review) -> dict[str, Any] | None:
    """Return what the panel gave, as plain data: each sum, how many, their exact sum and mean."""
    scores = scores_of(session, [review.id]).get(review.id, [])
    if not scores:
        return None
    totals = [score.total for score in scores]
    return {
        "scores": [{"who": s.person.name, "points": plain_number(s.total)} for s in scores],
        "sum": plain_number(sum(totals, Decimal(0))),
        "count": len(totals),
        "mean": plain_number(mean(totals)),
    }


def panel_facts(policy: Policy, panel: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the inputs that the panel's mean fills in."""
    value = panel["mean"] if panel else ""
    return {each.code: value for each in policy.inputs if each.source == "panel"}


def _require_seat(session: Session, actor: Actor, meeting: Meeting, review: Review) -> None:
    seat = select(Seat.id).where(
        Seat.meeting_id == meeting.id, Seat.person_id == (actor.oneself or 0)
    )
    if session.scalar(seat) is None:
        raise refuse(
            "panel.no_seat",
            N_("You are not on the panel of this meeting."),
            N_("Whoever called it can name you."),
            kind=Kind.DENIED,
        )
    if review.person_id in (actor.person_id, actor.own_person_id):
        raise refuse(
            "panel.own_report",
            N_("Nobody scores their own report."),
            N_("The others of the panel do."),
            kind=Kind.DENIED,
        )
    slot = select(Slot.id).where(Slot.meeting_id == meeting.id, Slot.review_id == review.id)
    if session.scalar(slot) is None:
        raise refuse(
            "panel.not_up",
            N_("{person} does not report at this meeting."),
            N_("Choose a report on the meeting's page."),
            kind=Kind.MISSING,
            person=review.person.name,
        )
    if meeting.state == "cancelled":
        raise refuse(
            "panel.cancelled",
            N_("This meeting was cancelled."),
            N_("Score the report at the meeting that takes its place."),
            kind=Kind.CONFLICT,
        )


def _codes(policy: Policy) -> list[str]:
    return [each.code for each in _criteria(policy)]


def _criteria(policy: Policy) -> tuple[Criterion, ...]:
    report = report_of(policy)
    return report.criteria if report else ()


def _total(policy: Policy, points: Mapping[str, str]) -> Decimal:
    """Add up the points; refuse with every criterion that has none, or too many."""
    found = {each.code: _points(points.get(each.code, ""), each) for each in _criteria(policy)}
    faults = [
        Fault(
            "panel.points",
            N_("{criterion} takes 0 to {most} points, with at most two decimals."),
            N_("Give the points of each criterion."),
            {"criterion": each.name, "most": plain_number(each.points)},
            Place(path=each.code),
        )
        for each in _criteria(policy)
        if found[each.code] is None
    ]
    if faults:
        raise KaohengError(faults)
    return sum((each for each in found.values() if each is not None), Decimal(0))


def _points(text: str, criterion: Criterion) -> Decimal | None:
    try:
        points = Decimal(text.strip())
    except InvalidOperation:
        return None
    exponent = points.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2 or points.is_signed():
        return None
    return points if points <= criterion.points else None
