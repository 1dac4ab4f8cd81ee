"""Audits and their lines, for those who may read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.audits.tables import AuditedResult, ResultAudit
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class Progress:
    """An audit, and how many of its lines are in each state."""

    audit: ResultAudit
    states: Mapping[str, int]


def audits_of(session: Session, actor: Actor, cycle: Cycle | None = None) -> list[Progress]:
    """Return the audits of a cycle, or all of them, the newest first."""
    allow_everywhere(actor, "read_audits")
    rows = (
        select(ResultAudit)
        .join(ResultAudit.cycle)
        .options(
            contains_eager(ResultAudit.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy),
            joinedload(ResultAudit.drawer),
            selectinload(ResultAudit.lines),
        )
        .order_by(ResultAudit.id.desc())
    )
    if cycle is not None:
        rows = rows.where(ResultAudit.cycle_id == cycle.id)
    return [
        Progress(each, Counter(line.state for line in each.lines)) for each in session.scalars(rows)
    ]


def find_audit(session: Session, actor: Actor, public_id: str) -> ResultAudit:
    """Return an audit with its lines; refuse with ``MISSING``."""
    allow_everywhere(actor, "read_audits")
    found = session.scalar(
        select(ResultAudit)
        .where(ResultAudit.public_id == public_id)
        .options(
            joinedload(ResultAudit.cycle),
            joinedload(ResultAudit.drawer),
            selectinload(ResultAudit.lines).options(
                joinedload(AuditedResult.review).options(
                    joinedload(Review.person), joinedload(Review.team)
                ),
                joinedload(AuditedResult.checker),
                joinedload(AuditedResult.answerer),
            ),
        )
    )
    if found is None:
        raise refuse(
            "audits.unknown",
            N_("There is no such audit of results."),
            N_("Start again from the list of audits."),
            kind=Kind.MISSING,
        )
    return found


def find_line(audit: ResultAudit, review: str) -> AuditedResult:
    """Return the line of an audit by its review's public id or its person's code."""
    for line in audit.lines:
        if review in (line.review.public_id, line.review.person.code):
            return line
    raise refuse(
        "audits.not_drawn",
        N_("This result was not drawn."),
        N_("Choose one of the lines of the audit."),
        kind=Kind.MISSING,
    )


def line_rows(audit: ResultAudit) -> list[dict[str, object]]:
    """Return the lines of an audit as rows to print, in the order in which they were drawn."""
    return [
        {
            "person": line.review.person.code,
            "stratum": line.stratum,
            "total": line.review.total,
            "grade": line.review.calibrated_grade or line.review.grade,
            "state": line.state,
            "checks": ", ".join(line.checks),
            "replayed": line.replayed,
            "note": line.note,
            "checked_by": line.checker.username if line.checker else None,
            "checked_at": line.checked_at,
            "answer": line.answer,
            "answered_by": line.answerer.username if line.answerer else None,
            "answered_at": line.answered_at,
            "review": line.review.public_id,
        }
        for line in audit.lines
    ]
