"""Ratings by oneself, by who leads one, by peers without their names: docs/evaluating.md."""

from __future__ import annotations

from fractions import Fraction

from tests.workflows.machine.model.people import (
    LEADERS,
    may,
    person_of,
    principal_of,
    reached,
)
from tests.workflows.machine.model.state import DENIED, Form, Reasons, Review, Year, refusals

NOT_YOURS = "denied ratings.not_yours"
OPEN_IN = ("self_report", "assessing")
ENOUGH = 3


def give(
    year: Year, who: str, person: str, kind: str, points: int | None, *, words: bool
) -> Reasons:
    """Rate somebody; the highest and the lowest points want a case and advice: ``words``.

    What is not sent stays as it was: words of a rating that was sent back need not come again.
    """
    review, rater = year.reviews[person], person_of(who) or ""
    form = review.forms.get((kind, rater))
    words = words or (form is not None and form.words)
    extreme = points is not None and (points >= 90 or points < 60)
    refused = refusals(
        year,
        who,
        *_own_form(year, who, person, kind),
        *_open(review),
        (form is not None and form.state == "given", "conflict ratings.given"),
        (points is None, "invalid ratings.points"),
        (extreme and not words, "invalid ratings.extreme"),
    )
    if not refused:
        review.forms[kind, rater] = Form("given", points, words)
    return refused


def _own_form(year: Year, who: str, person: str, kind: str) -> tuple[tuple[bool, str], ...]:
    rater = person_of(who)
    match kind:
        case "self":
            mine = person in reached(who, "be oneself") and rater == person
            return ((person not in reached(who, "rate"), DENIED), (not mine, NOT_YOURS))
        case "boss":
            return (
                (person not in reached(who, "rate"), DENIED),
                (LEADERS[person] != rater, NOT_YOURS),
            )
    form = year.reviews[person].forms.get((kind, rater or ""))
    asked = form is not None and form.state in ("asked", "given")
    # What a peer thinks is nobody else's to say.
    return (
        (not may(who, "rate as asked"), DENIED),
        (not asked or principal_of(who) is not None, NOT_YOURS),
    )


def ask(year: Year, who: str, person: str, peer: str) -> Reasons:
    """Propose a peer for oneself, or ask one for somebody whom one leads."""
    review = year.reviews[person]
    own = person_of(who) == person
    refused = refusals(
        year,
        who,
        (person not in reached(who, "rate" if own else "lead"), DENIED),
        *_open(review),
        (peer in (person, LEADERS[person]), "invalid ratings.no_peer"),
        ("peers" in review.counted, "conflict ratings.counted"),
    )
    if not refused:
        review.forms.setdefault(("peers", peer), Form("proposed" if own else "asked"))
    return refused


def agree_to_peer(year: Year, who: str, person: str, peer: str, *, agree: bool) -> Reasons:
    review = year.reviews[person]
    form = review.forms.get(("peers", peer))
    refused = refusals(
        year,
        who,
        (person not in reached(who, "lead"), DENIED),
        *_open(review),
        (form is None, "missing ratings.no_proposal"),
        (form is not None and form.state != "proposed", "conflict ratings.answered"),
    )
    if form is not None and not refused:
        form.state = "asked" if agree else "declined"
    return refused


def finish(year: Year, who: str, person: str) -> Reasons:
    """Finish the ratings: their means count; after the others' approval for nobody else yet."""
    review = year.reviews[person]
    boss = review.forms.get(("boss", LEADERS[person]))
    refused = refusals(
        year,
        who,
        (person not in reached(who, "lead"), DENIED),
        (review.stage != "assessing", "conflict ratings.not_evaluated_now"),
        (review.rated, "conflict ratings.finished"),
        (boss is None or boss.state != "given", "conflict ratings.missing"),
        (
            year.state not in ("open", "locked", "approved") or review.approved_at is not None,
            "conflict ratings.results_approved",
        ),
    )
    if not refused:
        review.rated = True
        review.counted = _means(review)
    return refused


def send_back(year: Year, who: str, person: str, *, reason: bool) -> Reasons:
    """Have finished ratings looked at again; what was given without a name stays."""
    review = year.reviews[person]
    refused = refusals(
        year,
        who,
        (person not in reached(who, "lead"), DENIED),
        (not reason, "invalid ratings.reason_needed"),
        (review.stage != "assessing", "conflict ratings.not_evaluated_now"),
        (not review.rated, "conflict ratings.not_finished"),
    )
    if not refused:
        review.rated = False
        for (kind, _), form in review.forms.items():
            if kind != "peers" and form.state == "given":
                form.state = "asked"
    return refused


def _open(review: Review) -> tuple[tuple[bool, str], ...]:
    return (
        (review.stage not in OPEN_IN, "conflict ratings.not_in_stage"),
        (review.rated, "conflict ratings.finished"),
    )


def _means(review: Review) -> dict[str, Fraction]:
    """Return the mean of each kind; peers count from three on, and once shown they stay."""
    given: dict[str, list[int]] = {}
    for (kind, _), form in review.forms.items():
        if form.state == "given" and form.points is not None:
            given.setdefault(kind, []).append(form.points)
    if len(given.get("peers", ())) < ENOUGH:
        given.pop("peers", None)
    means = {
        kind: Fraction(round(sum(each) * 10**4 / len(each)), 10**4) for kind, each in given.items()
    }
    if "peers" in review.counted:
        means["peers"] = review.counted["peers"]
    return means
