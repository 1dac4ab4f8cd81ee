"""Appeals: in their days, handled by nobody who judged, posted: docs/settling.md."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from tests.workflows.machine.model import sealing, times
from tests.workflows.machine.model.people import (
    ACCOUNTS,
    LEADERS,
    PEOPLE,
    RIGHTS,
    account_of,
    accounts_behind,
    may,
    persons_behind,
    principal_of,
    reached,
)
from tests.workflows.machine.model.results import GRADES, measured_grade, pay, total
from tests.workflows.machine.model.state import DENIED, Appeal, Reasons, Review, Year, refusals

CHANGED = "conflict appeals.changed"
NO_WORDS = "invalid appeals.words_needed"
ANSWER = timedelta(days=3)


def submit(year: Year, who: str, person: str, *, number: bool, reason: bool) -> Reasons:
    """Appeal against a number of one's own result: from its approval on, for five days."""
    review = year.reviews[person]
    refused = refusals(
        year,
        who,
        (person not in reached(who, "be oneself"), DENIED),
        (not reason, NO_WORDS),
        *_outside(year, review),
        (review.appeal is not None, "conflict appeals.waits"),
        (not number, "invalid appeals.what"),
    )
    if not refused:
        due = year.now + ANSWER
        review.appeals.append(Appeal("submitted", 0, due))
        times.wait_for(year, "answer", person, due)
    return refused


def _outside(year: Year, review: Review) -> tuple[tuple[bool, str], ...]:
    """Return why one may not appeal now; a review opened again may be appealed against."""
    ends = sealing.appeal_ends(review)
    late = ends is not None and year.now >= ends and not review.open_again
    return (
        (review.approved_at is None, "conflict appeals.not_yet"),
        (review.sealed, "conflict appeals.closed"),
        (late and not review.sealed, "conflict appeals.outside"),
    )


def withdraw(year: Year, who: str, person: str, *, seen: int) -> Reasons:
    appeal = last(year, person)
    refused = refusals(
        year,
        who,
        (person not in reached(who, "be oneself"), DENIED),
        *_in(appeal, seen, "submitted", "accepted", "proposed"),
    )
    if not refused:
        _end(year, person, appeal, "withdrawn")
    return refused


def assign(year: Year, who: str, person: str, handler: str, *, seen: int) -> Reasons:
    """Name who handles it: nobody who rated, graded, approved or leads, nor the person."""
    appeal = last(year, person)
    refused = refusals(
        year,
        who,
        (not may(who, "run the cycle"), DENIED),
        (not _independent(year, person, handler), "invalid appeals.not_independent"),
        *_in(appeal, seen, "submitted", "accepted"),
    )
    if not refused:
        appeal.handler, appeal.state, appeal.version = handler, "submitted", appeal.version + 1
    return refused


def accept(year: Year, who: str, person: str, *, seen: int) -> Reasons:
    appeal = last(year, person)
    refused = refusals(year, who, *_handling(year, who, person), *_in(appeal, seen, "submitted"))
    if not refused:
        appeal.state, appeal.version = "accepted", appeal.version + 1
    return refused


def reject(year: Year, who: str, person: str, *, answer: bool, seen: int) -> Reasons:
    appeal = last(year, person)
    refused = refusals(
        year,
        who,
        *_handling(year, who, person),
        (not answer, NO_WORDS),
        *_in(appeal, seen, "accepted", "proposed"),
    )
    if not refused:
        _end(year, person, appeal, "rejected")
    return refused


def propose(
    year: Year, who: str, person: str, correction: tuple[str, str], *, answer: bool, seen: int
) -> Reasons:
    """Propose what is corrected: the grade, or the points that the leader gave."""
    appeal, (kind, value) = last(year, person), correction
    refused = refusals(
        year,
        who,
        *_handling(year, who, person),
        (not answer, NO_WORDS),
        (kind == "grade" and value not in GRADES, "invalid appeals.unknown_grade"),
        *_in(appeal, seen, "accepted", "proposed"),
    )
    if not refused:
        appeal.state, appeal.version = "proposed", appeal.version + 1
        appeal.correction = correction
    return refused


def grant(year: Year, who: str, person: str, *, seen: int, shown: bool) -> Reasons:
    """Grant a correction: everybody is computed anew, and the differences are posted.

    ``shown``: it moves what whoever grants it was shown.
    """
    appeal, review = last(year, person), year.reviews[person]
    refused = refusals(
        year,
        who,
        *_granting(who, person, appeal),
        *_in(appeal, seen, "proposed"),
        (year.state != "approved", "conflict cycles.not_in_state"),
        (not shown, "conflict appeals.moved_since"),
    )
    if not refused and appeal.correction is not None:
        kind, value = appeal.correction
        before = {each: (total(year, each), measured_grade(year, each)) for each in PEOPLE}
        if kind == "grade":
            review.calibrated = value
        else:
            review.counted["boss"] = review.settled["boss"] = Fraction(value)
        for each in PEOPLE:
            now = (total(year, each), measured_grade(year, each))
            if each == person or now != before[each]:
                year.reviews[each].version += 1
        pay(year)
        _end(year, person, appeal, "posted")
    return refused


def send_back(year: Year, who: str, person: str, *, reason: bool, seen: int) -> Reasons:
    appeal = last(year, person)
    refused = refusals(
        year,
        who,
        *_granting(who, person, appeal),
        (not reason, NO_WORDS),
        *_in(appeal, seen, "proposed"),
    )
    if not refused:
        appeal.state, appeal.version = "accepted", appeal.version + 1
    return refused


def last(year: Year, person: str) -> Appeal:
    return year.reviews[person].appeals[-1]


def _in(appeal: Appeal, seen: int, *states: str) -> tuple[tuple[bool, str], ...]:
    return ((appeal.state not in states or seen != appeal.version, CHANGED),)


def _independent(year: Year, person: str, account: str) -> bool:
    role, own = ACCOUNTS[account]
    review = year.reviews[person]
    asked = {rater for (_, rater), form in review.forms.items() if form.state in ("asked", "given")}
    judged = review.judges | year.approvers | asked
    leads = own in (LEADERS[person], ACCOUNTS["director"][1])
    return not (role not in RIGHTS["handle appeals"] or own == person or account in judged or leads)


def _handling(year: Year, who: str, person: str) -> tuple[tuple[bool, str], ...]:
    """Nobody handles an appeal but whom HR named, and not for somebody else."""
    named = last(year, person).handler
    theirs = named == account_of(who) and principal_of(who) is None
    return (
        (not may(who, "handle appeals"), DENIED),
        (not theirs, "denied appeals.not_handler"),
        (theirs and not _independent(year, person, who), "denied appeals.not_independent"),
    )


def _granting(who: str, person: str, appeal: Appeal) -> tuple[tuple[bool, str], ...]:
    handled = appeal.handler in accounts_behind(who)
    own = person in persons_behind(who)
    return ((not may(who, "approve") or handled or own, DENIED),)


def _end(year: Year, person: str, appeal: Appeal, state: str) -> None:
    appeal.state, appeal.version = state, appeal.version + 1
    times.drop(year, "answer", person)
    sealing.seal(year, [person], year.now)
