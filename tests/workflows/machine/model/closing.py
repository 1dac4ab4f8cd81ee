"""Grades, approval and closing, review by review: docs/calibrating.md, docs/settling.md."""

from __future__ import annotations

from collections.abc import Iterable

from tests.workflows.machine.model import stages
from tests.workflows.machine.model.people import (
    PEOPLE,
    account_of,
    accounts_behind,
    may,
    persons_behind,
    reached,
)
from tests.workflows.machine.model.results import GRADES, pay
from tests.workflows.machine.model.sealing import seal
from tests.workflows.machine.model.state import (
    DENIED,
    NOTHING,
    Reasons,
    Reopening,
    Review,
    Year,
    refusals,
)


def calibrate(
    year: Year, who: str, person: str, grade: str, *, reason: bool, seen: int | None
) -> Reasons:
    review = year.reviews[person]
    refused = refusals(
        year,
        who,
        (person not in reached(who, "lead"), DENIED),
        (grade not in GRADES, "invalid calibration.unknown_grade"),
        (not reason, "invalid calibration.reason_needed"),
        (seen is not None and seen != review.version, "conflict reviews.changed_meanwhile"),
        (review.stage != "calibration", "conflict calibration.not_in_calibration"),
    )
    if not refused:
        review.calibrated, review.version = grade, review.version + 1
        review.judges |= accounts_behind(who)
    return refused


def hold(year: Year, who: str, person: str, *, reason: bool) -> Reasons:
    """Keep somebody back from the approval or the seal: it holds up nobody else."""
    refused = refusals(
        year,
        who,
        *_of_hold(year, who, reason=reason),
        (year.reviews[person].sealed, "conflict closing.sealed_already"),
        (year.reviews[person].held, "conflict closing.held_already"),
    )
    if not refused:
        year.reviews[person].held = True
    return refused


def release(year: Year, who: str, person: str, *, reason: bool) -> Reasons:
    """Let somebody go on; at the end of the way they are sealed there and then."""
    refused = refusals(
        year,
        who,
        *_of_hold(year, who, reason=reason),
        (not year.reviews[person].held, "conflict closing.not_held"),
    )
    if not refused:
        year.reviews[person].held = False
        seal(year, [person], year.now)
    return refused


def _of_hold(year: Year, who: str, *, reason: bool) -> tuple[tuple[bool, str], ...]:
    return (
        (not may(who, "run the cycle"), DENIED),
        (not reason, "invalid closing.reason_needed"),
        (year.state == "sealed", "conflict closing.not_now"),
    )


def approve(year: Year, who: str) -> Reasons:
    """Approve the results of all who are not held back; their grants are entered."""
    free = [person for person in PEOPLE if not year.reviews[person].held]
    refused = refusals(
        year,
        who,
        *_of_approval(who),
        (year.state != "locked", "conflict cycles.not_in_state"),
        (
            any(year.reviews[person].stage != "result_approval" for person in free),
            "conflict reviews.not_there_yet",
        ),
        (not free, "conflict cycles.all_held"),
    )
    if not refused:
        year.state = "approved"
        _approved(year, who, free, counting=PEOPLE)
    return refused


def approve_late(year: Year, who: str) -> Reasons:
    """Approve those who were held back and are up for it now."""
    late = [
        person
        for person, review in year.reviews.items()
        if review.stage == "result_approval" and not review.held
    ]
    refused = refusals(
        year,
        who,
        *_of_approval(who),
        (year.state != "approved", "conflict cycles.not_in_state"),
        (not late, "conflict closing.nobody_late"),
    )
    if not refused:
        _approved(year, who, late, counting=late)
    return refused


def _of_approval(who: str) -> tuple[tuple[bool, str], ...]:
    """A stand-in whose own result is among them approves it for nobody."""
    own = account_of(who) in PEOPLE
    return ((not may(who, "approve"), DENIED), (own, "denied cycles.own_result"))


def _approved(year: Year, who: str, people: Iterable[str], *, counting: Iterable[str]) -> None:
    """Approve ``people``; everybody's pay rests on the ratings of ``counting`` as they are now."""
    year.approvers |= accounts_behind(who)
    for person in counting:
        year.reviews[person].settled = dict(year.reviews[person].counted)
    for person in people:
        year.reviews[person].approved_at = year.now
        stages.go(year, person, "feedback", year.now)
    pay(year)


def close(year: Year, who: str) -> Reasons:
    """Seal everybody who waits for nothing; the cycle is closed with the last of them."""
    refused = refusals(year, who, (not may(who, "run the cycle"), DENIED))
    if not refused and year.state == "sealed":
        return NOTHING
    if not refused and year.state != "approved":
        return {"conflict cycles.not_in_state"}
    if not refused and not seal(year, PEOPLE, year.now):
        return NOTHING
    return refused


def propose_reopening(year: Year, who: str, person: str, *, reason: bool) -> Reasons:
    review = year.reviews[person]
    refused = refusals(
        year,
        who,
        (not may(who, "run the cycle"), DENIED),
        (not reason, "invalid closing.reopening_reason_needed"),
        (not review.sealed, "conflict closing.not_sealed"),
        (waiting(review) is not None, "conflict closing.reopening_waits"),
    )
    if not refused:
        review.reopenings.append(Reopening("open", account_of(who)))
    return refused


def decide_reopening(year: Year, who: str, person: str, *, grant: bool, reason: bool) -> Reasons:
    """Open a closed review again, back to feedback, or leave it closed; the seal stays."""
    review = year.reviews[person]
    proposed = waiting(review)
    own = proposed is not None and proposed.proposer in accounts_behind(who)
    refused = refusals(
        year,
        who,
        (person not in reached(who, "approve") or own or person in persons_behind(who), DENIED),
        (not reason, "invalid closing.reopening_reason_needed"),
        (proposed is None, "conflict closing.no_reopening"),
    )
    if proposed is not None and not refused:
        proposed.state = "approved" if grant else "declined"
        if grant:
            year.state = "approved"
            review.open_again = True
            stages.go(year, person, "feedback", year.now)
    return refused


def waiting(review: Review) -> Reopening | None:
    return next((each for each in review.reopenings if each.state == "open"), None)
