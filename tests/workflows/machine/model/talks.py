"""The conversation about a result: docs/settling.md."""

from __future__ import annotations

from tests.workflows.machine.model import sealing, times
from tests.workflows.machine.model.people import reached
from tests.workflows.machine.model.state import (
    DENIED,
    Reasons,
    Review,
    Talk,
    Year,
    end_of,
    refusals,
)

CHANGED = "conflict feedback.changed"
SILENCE = 5  # working days


def prepare(
    year: Year, who: str, person: str, *, criticism: bool, helps: bool, seen: int | None
) -> Reasons:
    """Write down what is to be said; ``helps``: a criticism has its case and advice."""
    review = year.reviews[person]
    talk = review.talk
    refused = refusals(
        year,
        who,
        *_leading(who, review, person),
        (criticism and not helps, "invalid feedback.no_case"),
        (criticism and not helps, "invalid feedback.no_advice"),
        (talk is not None and (talk.held or _stale(talk, seen)), CHANGED),
    )
    if not refused:
        if talk is None:
            review.talk = Talk()
        else:
            talk.version += 1
    return refused


def hold(year: Year, who: str, person: str, *, note: bool, seen: int | None) -> Reasons:
    """Record that it was held; five working days of silence count as taken note of."""
    review = year.reviews[person]
    talk = review.talk
    refused = refusals(
        year,
        who,
        *_leading(who, review, person),
        (talk is None, "conflict feedback.not_prepared"),
        (not note, "invalid feedback.no_note"),
        (talk is not None and (talk.held or _stale(talk, seen)), CHANGED),
    )
    if talk is not None and not refused:
        talk.held, talk.version = True, talk.version + 1
        times.wait_for(year, "silence", person, end_of(times.working(year.today, SILENCE)))
    return refused


def note(year: Year, who: str, person: str) -> Reasons:
    """Add a note, as the person or as who leads them; it changes nothing that was said."""
    review = year.reviews[person]
    sides = reached(who, "be oneself") | reached(who, "lead")
    return refusals(year, who, (person not in sides, DENIED), *_open(review))


def acknowledge(year: Year, who: str, person: str, *, comment: bool, seen: int | None) -> Reasons:
    """Take note of the conversation about one's own result, with one's side of it."""
    review = year.reviews[person]
    talk = review.talk
    refused = refusals(
        year,
        who,
        (person not in reached(who, "be oneself"), DENIED),
        (talk is None, "conflict feedback.not_prepared"),
        (not comment, "invalid feedback.words_needed"),
        (
            talk is not None and (not talk.held or talk.answered or _stale(talk, seen)),
            CHANGED,
        ),
        *_open(review),
    )
    if talk is not None and not refused:
        talk.acknowledged, talk.answered, talk.version = True, True, talk.version + 1
        times.drop(year, "silence", person)
        sealing.seal(year, [person], year.now)
    return refused


def _leading(who: str, review: Review, person: str) -> tuple[tuple[bool, str], ...]:
    return ((person not in reached(who, "lead"), DENIED), *_open(review))


def _open(review: Review) -> tuple[tuple[bool, str], ...]:
    return (
        (review.approved_at is None, "conflict feedback.not_approved"),
        (review.sealed, "conflict feedback.sealed"),
    )


def _stale(talk: Talk, seen: int | None) -> bool:
    return seen is not None and seen != talk.version
