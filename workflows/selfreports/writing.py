"""Writing one's report: kept as it is typed, frozen as it is submitted, returned with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy, SelfReport
from engine.plain import dumps
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, denied
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.cycles.scored import scored
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.reviews.tables import Review
from workflows.selfreports.reading import figures_shown, report_for, template_of
from workflows.selfreports.tables import Report, Submitted
from workflows.stages.naming import stage_of

LONGEST = 20_000
# A report may be begun while the period runs, and is submitted in its own stage or later.
CLOSED_IN = ("result_approval", "feedback", "appeal", "closed")


def save_report(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    texts: Mapping[str, str],
) -> Report:
    """Keep what the person has written so far; sections that are not sent stay as they are.

    Raises ``KaohengError``: ``DENIED`` for anybody else, ``CONFLICT`` for a report that is
    submitted or a policy without them, ``INVALID`` for a text that is too long.
    """
    _require_own(session, actor, review)
    template = template_of(policy)
    _require_time(review, policy)
    fitting = _fitting(template, texts)
    report = report_for(session, review)
    if report is None:
        report = Report(review_id=review.id, state="draft", texts=fitting, version=0, saved_at=now)
        session.add(report)
        session.flush()
        return report
    _change(session, report, "draft", texts={**report.texts, **fitting}, saved_at=now)
    return report


def submit_report(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    texts: Mapping[str, str],
) -> Submitted:
    """Submit the report with what was written last; what it shows is frozen, with its digest.

    Raises what ``save_report`` does, and ``INVALID`` naming each section that is missing.
    """
    report = save_report(session, actor, now, review, policy, texts)
    template = template_of(policy)
    if faults := _missing(template, report.texts):
        raise KaohengError(faults)
    last = session.scalar(select(func.max(Submitted.seq)).where(Submitted.report_id == report.id))
    text = dumps(_showing(session, review, template, report))
    submitted = Submitted(
        report_id=report.id,
        seq=(last or 0) + 1,
        text=text,
        sha256=sha256(text.encode()).hexdigest(),
        submitted_at=now,
    )
    session.add(submitted)
    _change(session, report, "draft", state="submitted", returned_because=None)
    append(
        session,
        action="submit_self_report",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"submission": submitted.seq, "sha256": submitted.sha256},
    )
    return submitted


def return_report(
    session: Session, actor: Actor, now: datetime, review: Review, policy: Policy, reason: str
) -> None:
    """Give a submitted report back to be changed, with a reason; what it showed stays kept.

    Raises ``KaohengError``: ``DENIED``, ``INVALID`` without a reason, ``CONFLICT`` for one that
    is not submitted.
    """
    allow_person(session, actor, "answer_self_report", review.person_id)
    _require_time(review, policy)
    said = reason.strip()
    if not said:
        raise refuse(
            "selfreports.reason_needed",
            N_("Returning a report needs a reason."),
            N_("Say what is missing or not clear."),
        )
    report = report_for(session, review)
    if report is None:
        raise _not_submitted(review)
    _change(session, report, "submitted", state="draft", returned_because=said)
    notify(
        session,
        now,
        review.person_id,
        f"self-report-{report.id}-{report.version}",
        N_("Your self report came back: {reason}"),
        link=f"/reviews/{review.public_id}/self-report",
        reason=said[:200],
    )
    append(
        session,
        action="return_self_report",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        personal={"reason": said},
        person=review.person.public_id,
    )


def may_write(session: Session, actor: Actor, review: Review, policy: Policy) -> bool:
    """Say whether the actor may write this report now."""
    try:
        _require_own(session, actor, review)
        template_of(policy)
        _require_time(review, policy)
    except KaohengError:
        return False
    report = report_for(session, review)
    return report is None or report.state == "draft"


def _require_own(session: Session, actor: Actor, review: Review) -> None:
    allow_person(session, actor, "write_self_report", review.person_id)
    if actor.on_behalf_of is not None:
        raise denied("write_self_report")


def is_open(review: Review, policy: Policy) -> bool:
    """Say whether a review's report may still be changed, or be returned for it."""
    return purpose_of(policy, review.stage) not in CLOSED_IN


def _require_time(review: Review, policy: Policy) -> None:
    if not is_open(review, policy):
        raise refuse(
            "selfreports.too_late",
            N_("The review of {person} is in {stage}: its report is closed."),
            N_("Say what is to be added in the feedback conversation."),
            kind=Kind.CONFLICT,
            person=review.person.name,
            stage=stage_of(review),
        )


def _fitting(template: SelfReport, texts: Mapping[str, str]) -> dict[str, str]:
    known = {section.code: section for section in template.sections}
    found = {code: str(text) for code, text in texts.items() if code in known}
    faults = [
        Fault(
            "selfreports.too_long",
            N_("“{section}” has {size} characters; at most {most} fit."),
            N_("Shorten it."),
            {"section": known[code].name, "size": len(text), "most": LONGEST},
            Place(path=code),
        )
        for code, text in found.items()
        if len(text) > LONGEST
    ]
    if faults:
        raise KaohengError(faults)
    return found


def _missing(template: SelfReport, texts: Mapping[str, Any]) -> list[Fault]:
    return [
        Fault(
            "selfreports.section_missing",
            N_("The section “{section}” is missing."),
            N_("Write it, then submit again; what you have written is kept."),
            {"section": section.name},
            Place(path=section.code),
        )
        for section in template.sections
        if section.required and section.kind == "text" and not texts.get(section.code, "").strip()
    ]


def _showing(
    session: Session, review: Review, template: SelfReport, report: Report
) -> dict[str, Any]:
    scope = scored(session, review.cycle)
    return {
        "sections": [
            {
                "code": section.code,
                "name": {"zh": section.name.zh, "en": section.name.en},
                "kind": section.kind,
            }
            for section in template.sections
        ],
        "texts": report.texts,
        "figures": figures_shown(scope, review.person.code),
        "version": review.cycle.policy_version.digest,
    }


def _change(session: Session, report: Report, expected: str, **changes: Any) -> None:
    seen = report.version
    changed = change_if(
        session,
        update(Report)
        .where(Report.id == report.id, Report.state == expected, Report.version == seen)
        .values(version=seen + 1, **changes),
    )
    session.refresh(report)
    if not changed:
        raise refuse(
            "selfreports.not_so",
            N_("The report is {state} now."),
            N_("Look at it again: nothing that you typed is lost."),
            kind=Kind.CONFLICT,
            state=state_named("self_reports", report.state),
        )


def _not_submitted(review: Review) -> KaohengError:
    return refuse(
        "selfreports.not_submitted",
        N_("The report of {person} is not submitted."),
        N_("Wait for it, or ask the person."),
        kind=Kind.CONFLICT,
        person=review.person.name,
    )
