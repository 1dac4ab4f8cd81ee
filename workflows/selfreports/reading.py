"""A review's report as it is, and as it was submitted."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_, Kind, refuse
from engine.model import Policy, SelfReport
from engine.plain import plain_number
from engine.reporting import report_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.operations import policy_of
from workflows.cycles.scored import Scored
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.figures import Number, figures_of
from workflows.reviews.tables import Review
from workflows.selfreports.tables import Report, ReportComment, Submitted


def report_for(session: Session, review: Review) -> Report | None:
    return session.scalar(select(Report).where(Report.review_id == review.id))


def template_of(policy: Policy) -> SelfReport:
    """Return what a report of the policy is made of; refuse with ``CONFLICT`` where it has none."""
    template = report_of(policy)
    if template is None:
        raise refuse(
            "selfreports.none",
            N_("Nobody reports on duty under {policy}."),
            N_("A policy with a stage for self reports asks for them."),
            kind=Kind.CONFLICT,
            policy=policy.policy,
        )
    return template


def figures_shown(scope: Scored, person: str) -> dict[str, Any]:
    """Return the figures that a report is filled in with, as plain data.

    ``results`` are the measures of records with their codes, for a link to the records;
    ``kpis`` the scored KPIs; each number is plain text with its unit and places, or None.
    """
    row, policy = scope.rows[person], scope.version.policy
    figures = figures_of(scope, person)
    results = [
        {
            "code": measure.code,
            "name": {"zh": measure.name.zh, "en": measure.name.en},
            "unit": measure.unit,
            "digits": measure.digits,
            "value": _plain(row[measure.code]),
            "records": not measure.is_made_of_others,
        }
        for measure in policy.measures
    ]
    kpis = [
        {
            "code": kpi.code,
            "name": {"zh": kpi.name.zh, "en": kpi.name.en},
            "actual": _number(kpi.actual),
            "target": _number(kpi.target),
            "attainment": _number(kpi.attainment),
            "points": _number(kpi.points),
            "measures": [measure.code for measure in kpi.measures],
        }
        for kpi in figures.kpis
    ]
    return {"stage": figures.stage, "currency": policy.currency, "results": results, "kpis": kpis}


def last_submitted(session: Session, report: Report) -> Submitted | None:
    """Return what the report showed when it was submitted last."""
    return session.scalar(
        select(Submitted)
        .where(Submitted.report_id == report.id)
        .order_by(Submitted.seq.desc())
        .limit(1)
    )


def shown(submitted: Submitted) -> dict[str, Any]:
    """Return what a submission showed, read: ``sections``, ``texts`` and ``figures``."""
    found: dict[str, Any] = json.loads(submitted.text)
    return found


def comments_on(session: Session, report: Report) -> list[ReportComment]:
    return list(
        session.scalars(
            select(ReportComment)
            .where(ReportComment.report_id == report.id)
            .order_by(ReportComment.id)
            .options(
                selectinload(ReportComment.author),
                selectinload(ReportComment.proposal),
                selectinload(ReportComment.entry),
            )
        )
    )


def report_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return, for each review, how far its report is, by person's code."""
    allow(actor, "list_reviews")
    template_of(policy_of(cycle))
    rows = session.execute(
        select(Person.code, Report.state, Report.saved_at, Submitted.submitted_at, Submitted.sha256)
        .select_from(Review)
        .join(Person, Person.id == Review.person_id)
        .outerjoin(Report, Report.review_id == Review.id)
        .outerjoin(
            Submitted,
            (Submitted.report_id == Report.id)
            & (
                Submitted.seq
                == select(Submitted.seq)
                .where(Submitted.report_id == Report.id)
                .order_by(Submitted.seq.desc())
                .limit(1)
                .correlate(Report)
                .scalar_subquery()
            ),
        )
        .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
        .order_by(Person.code)
    )
    return [
        {
            "person": code,
            "state": state or "none",
            "saved": saved,
            "submitted": submitted,
            "sha256": digest,
        }
        for code, state, saved, submitted, digest in rows
    ]


def _number(number: Number | None) -> dict[str, Any] | None:
    if number is None:
        return None
    return {"value": _plain(number.value), "unit": number.unit, "digits": number.digits}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain_number(value)
