"""The report on the programme after a quarter: what was kept, what came of it, what is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from engine import periods
from engine.fairness.signs import Sign
from engine.measures import rounded_ratio
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Unit
from workflows.programme.appeals import AppealOutcome, appeals_of
from workflows.programme.deadlines import StageTime, stage_times
from workflows.programme.opinions import Opinions, opinions_of
from workflows.programme.survey import quarter_of, survey_of
from workflows.programme.tables import Survey
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.simulation.fairness import Fairness, fairness_of
from workflows.tracking.tables import AlertFired, CheckIn, Undertaking


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many people of a team (or a region) have which grade of a cycle, the best first."""

    cycle: str
    region: str | None
    team: str | None
    people: int
    grades: tuple[tuple[str, int, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Warnings:
    """What looks unfair, or unreasonable as a goal, in one cycle."""

    cycle: Cycle
    found: Fairness

    @property
    def signs(self) -> tuple[Sign, ...]:
        return tuple(sign for sign in self.found.signs if not sign.noise)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about a quarter. ``survey`` and ``opinions`` are None before it is asked."""

    quarter: str
    cycles: Sequence[Cycle]
    reviews: int
    closed: int
    stages: list[StageTime]
    appeals: list[AppealOutcome]
    distributions: list[Distribution]
    warnings: list[Warnings]
    check_ins: int
    alerts: int
    survey: Survey | None
    opinions: Opinions | None
    measures: Sequence[Undertaking]

    @property
    def kept(self) -> int:
        return sum(each.kept for each in self.stages)

    @property
    def missed(self) -> int:
        return sum(each.missed for each in self.stages)


def programme_report(session: Session, actor: Actor, quarter: str, today: date) -> Report:
    """Return the report on the cycles whose period ends with or within a quarter.

    Refuses with ``DENIED`` whoever does not answer for the programme, and what is no quarter.
    """
    allow_everywhere(actor, "read_programme")
    period = quarter_of(quarter)
    cycles = session.scalars(
        select(Cycle)
        .where(Cycle.ends_on > period.start, Cycle.ends_on <= period.end)
        .order_by(Cycle.ends_on, Cycle.code)
        .options(joinedload(Cycle.policy_version).joinedload(PolicyVersion.policy))
    ).all()
    ids = [cycle.id for cycle in cycles]
    of_cycles = select(func.count()).select_from(Review).where(Review.cycle_id.in_(ids))
    survey = survey_of(session, period.label)
    return Report(
        period.label,
        cycles,
        session.scalar(of_cycles) or 0,
        sum(cycle.state == "sealed" for cycle in cycles),
        stage_times(session, cycles),
        appeals_of(session, ids),
        [each for cycle in cycles for each in _distributions(session, cycle)],
        [
            Warnings(cycle, fairness_of(session, actor, cycle))
            for cycle in cycles
            if cycle.state != "open"
        ],
        _count(session, CheckIn, CheckIn.cycle_id.in_(ids), CheckIn.state == "held"),
        _count(
            session,
            AlertFired,
            AlertFired.review_id.in_(select(Review.id).where(Review.cycle_id.in_(ids))),
        ),
        survey,
        opinions_of(session, survey, today) if survey else None,
        measures_of_quarter(session, period.label),
    )


def quarters(session: Session, actor: Actor) -> list[str]:
    """Return the quarters in which a cycle ended or will, the latest first."""
    allow_everywhere(actor, "read_programme")
    ends = session.scalars(select(Cycle.ends_on).distinct()).all()
    last_days = (end - timedelta(days=1) for end in ends)
    found = {periods.containing(day, periods.PeriodKind.QUARTER).label for day in last_days}
    return sorted(found, reverse=True)


def measures_of_quarter(session: Session, quarter: str) -> Sequence[Undertaking]:
    """Return the measures that were taken on what a quarter's report says."""
    return session.scalars(
        select(Undertaking)
        .where(Undertaking.quarter == quarter)
        .order_by(Undertaking.due_on, Undertaking.id)
        .options(joinedload(Undertaking.owner))
    ).all()


def _distributions(session: Session, cycle: Cycle) -> list[Distribution]:
    """Return a cycle's grades by region and, within it, by team."""
    grades = [grade.code for grade in policy_of(cycle).grades]
    rows = session.scalars(
        select(Review)
        .where(Review.cycle_id == cycle.id)
        .options(joinedload(Review.team).joinedload(Unit.parent))
    ).all()
    groups: dict[tuple[str, str | None], list[str]] = {}
    for review in rows:
        grade = review.calibrated_grade or review.grade
        if grade is None or review.team is None:
            continue
        region = review.team.parent if review.team.kind == "team" else review.team
        name = region.name if region else ""
        groups.setdefault((name, None), []).append(grade)
        if review.team is not region:
            groups.setdefault((name, review.team.name), []).append(grade)
    ordered = sorted(groups.items(), key=lambda each: (each[0][0], each[0][1] or ""))
    return [
        Distribution(cycle.code, region, team, len(given), _shares(grades, given))
        for (region, team), given in ordered
    ]


def _shares(grades: Sequence[str], given: Sequence[str]) -> tuple[tuple[str, int, Decimal], ...]:
    people = Decimal(len(given))
    return tuple(
        (
            grade,
            given.count(grade),
            rounded_ratio(Decimal(given.count(grade)), people, 3) or Decimal(0),
        )
        for grade in grades
    )


def _count(
    session: Session, table: type[CheckIn] | type[AlertFired], *conditions: ColumnElement[bool]
) -> int:
    counted = select(func.count()).select_from(table).where(*conditions)
    return session.scalar(counted) or 0


def report_rows(report: Report) -> list[dict[str, Any]]:
    """Return a report as plain rows: a section, what of it, a name and a value."""
    return [
        _line("cycles", report.quarter, "reviews", report.reviews),
        *(_line("cycles", cycle.code, "state", cycle.state) for cycle in report.cycles),
        _line("deadlines", report.quarter, "kept", report.kept),
        _line("deadlines", report.quarter, "missed", report.missed),
        *(
            _line("stages", each.stage, name, value)
            for each in report.stages
            for name, value in (("left", each.left), ("median_days", each.median))
        ),
        *(_line("appeals", each.state, "count", each.count) for each in report.appeals),
        *(
            _line("grades", f"{each.cycle}/{each.region}/{each.team or '*'}", grade, count)
            for each in report.distributions
            for grade, count, _ in each.grades
        ),
        *(
            _line("warnings", each.cycle.code, sign.kind, sign.code)
            for each in report.warnings
            for sign in each.signs
        ),
        _line("tracking", report.quarter, "check_ins", report.check_ins),
        _line("tracking", report.quarter, "alerts", report.alerts),
        *(_opinion_rows(report.opinions) if report.opinions else ()),
        *(_line("measures", each.owner.code, each.what, each.state) for each in report.measures),
    ]


def _opinion_rows(opinions: Opinions) -> Iterator[dict[str, Any]]:
    yield _line("opinions", "*", "answered", opinions.answered)
    for group in (opinions.whole, *opinions.audiences, *opinions.regions):
        for question, mean in (group.means or {}).items():
            yield _line("opinions", group.audience or group.region or "*", question, mean)


def _line(section: str, of: str, name: str, value: object) -> dict[str, Any]:
    return {"section": section, "of": of, "name": name, "value": value}
