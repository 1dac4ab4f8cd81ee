"""What is to be talked about: the last summary, open measures, and where the figures stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from workflows.cycles.operations import policy_of
from workflows.cycles.pace import expected, share_gone
from workflows.cycles.scored import scored
from workflows.org.tables import Person
from workflows.plans.tables import Plan
from workflows.reviews.figures import figures_of
from workflows.reviews.tables import Review
from workflows.tracking.progress import team_progress
from workflows.tracking.tables import AlertFired, CheckIn, Undertaking
from workflows.tracking.undertakings import open_measures


@dataclass(frozen=True, slots=True)
class Item:
    """One point of an agenda.

    ``kind``: ``last`` (what the last check-in said, ``about`` its part), ``measure`` (open),
    ``behind`` (a KPI behind the pace), ``alert``, ``plan`` (one that runs). ``text`` is as it was
    written; names in both languages and decimals as text are in ``about``.
    """

    kind: str
    text: str = ""
    about: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as it is kept with the check-in."""
        return {"kind": self.kind, "text": self.text, "about": self.about}


def agenda_of(session: Session, check_in: CheckIn, today: date) -> list[Item]:
    """Return what a planned check-in has to talk about, as things stand today."""
    if check_in.review is None:
        assert check_in.unit_id is not None, "a check-in is about a review or a unit"
        measures = open_measures(session, unit=check_in.unit_id)
        return [*_last(session, check_in), *_measures(measures), *_team(session, check_in, today)]
    review = check_in.review
    measures = open_measures(session, person=review.person_id)
    return [
        *_last(session, check_in),
        *_measures(measures),
        *_behind(session, review, today),
        *_alerts(session, check_in, review),
        *_plans(session, review.person_id),
    ]


def last_held(session: Session, check_in: CheckIn) -> CheckIn | None:
    """Return the check-in of the same person or team that was held before this one."""
    same: ColumnElement[bool]
    if check_in.review is not None:
        of_person = select(Review.id).where(Review.person_id == check_in.review.person_id)
        same = CheckIn.review_id.in_(of_person)
    else:
        same = CheckIn.unit_id == check_in.unit_id
    return session.scalar(
        select(CheckIn)
        .where(same, CheckIn.state == "held", CheckIn.id != check_in.id)
        .order_by(CheckIn.held_on.desc(), CheckIn.id.desc())
        .limit(1)
    )


def _last(session: Session, check_in: CheckIn) -> Iterator[Item]:
    before = last_held(session, check_in)
    if before is None or before.held_on is None:
        return
    for part in ("summary", "problems", "advice"):
        if said := getattr(before, part):
            yield Item("last", said, {"part": part, "day": before.held_on.isoformat()})


def _measures(measures: Sequence[Undertaking]) -> Iterator[Item]:
    for each in measures:
        about = {
            "measure": each.public_id,
            "owner": each.owner.name,
            "due": each.due_on.isoformat(),
        }
        yield Item("measure", each.what, about)


def _behind(session: Session, review: Review, today: date) -> Iterator[Item]:
    """Give the KPIs of which less is done than should be by now."""
    scope = scored(session, review.cycle)
    policy, gone = scope.version.policy, share_gone(review.cycle, today)
    figures = figures_of(scope, review.person.code)
    for kpi, row in zip(policy.kpis, figures.kpis, strict=True):
        done = row.attainment.value if row.attainment else None
        aim = expected(policy, kpi, gone)
        if done is not None and done < aim:
            name = {"zh": kpi.name.zh, "en": kpi.name.en}
            yield Item("behind", "", {"name": name, "done": _plain(done), "aim": _plain(aim)})


def _team(session: Session, check_in: CheckIn, today: date) -> Iterator[Item]:
    assert check_in.unit_id is not None, "a check-in is about a review or a unit"
    policy, gone = policy_of(check_in.cycle), share_gone(check_in.cycle, today)
    kpis = {kpi.code: kpi for kpi in policy.kpis}
    for each in team_progress(session, check_in.cycle, check_in.unit_id):
        aim = expected(policy, kpis[each.code], gone)
        if each.attainment is not None and each.attainment < aim:
            name = {"zh": each.name.zh, "en": each.name.en}
            about = {"name": name, "done": _plain(each.attainment), "aim": _plain(aim)}
            yield Item("behind", "", about)


def _alerts(session: Session, check_in: CheckIn, review: Review) -> Iterator[Item]:
    """Give the alerts that came since the last check-in."""
    before = last_held(session, check_in)
    fired = select(AlertFired).where(AlertFired.review_id == review.id).order_by(AlertFired.id)
    if before is not None and before.recorded_at is not None:
        fired = fired.where(AlertFired.fired_at > before.recorded_at)
    for each in session.scalars(fired):
        yield Item("alert", "", {"name": each.name})


def _plans(session: Session, person_id: int) -> Iterator[Item]:
    running = select(Plan).where(Plan.person_id == person_id, Plan.state == "running")
    for plan in session.scalars(running.order_by(Plan.id)):
        mentor = session.get(Person, plan.mentor_id) if plan.mentor_id else None
        about = {
            "plan": plan.public_id,
            "until": plan.ends_on.isoformat(),
            "mentor": mentor.name if mentor else None,
        }
        yield Item("plan", plan.goal, about)


def _plain(share: Decimal) -> str:
    """Return a share with four places, as text: what is kept with a check-in is JSON."""
    return f"{share.quantize(Decimal('0.0001')):f}"
