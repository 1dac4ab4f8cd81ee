"""Upward feedback 向上反馈: what people say of whoever leads them.

Each answer is read by HR and by the manager's own superiors; the manager sees the sum alone, and
only of as many people that nobody can be told from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.stages import fewest_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, denied, people
from workflows.cycles.latest import approved_at
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.feedback.tables import UpwardFeedback
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.leading import manager_of
from workflows.org.tables import Person
from workflows.reviews.tables import Review

# What is asked; answers run from 1 (not at all) to 5 (entirely).
QUESTIONS = {
    "goals": N_("My goals were clear and agreed with me."),
    "help": N_("I had the help that I asked for."),
    "fair": N_("My work was judged fairly."),
    "growth": N_("I learned something that I use."),
}
LEAST, MOST = 1, 5


@dataclass(frozen=True, slots=True)
class Summary:
    """How many answers are in it, and the mean by question to a tenth."""

    manager: Person
    people: int
    means: Mapping[str, Decimal]


def give_upward(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    *,
    answers: Mapping[str, int],
    keep: str = "",
    change: str = "",
) -> UpwardFeedback:
    """Say what one thinks of whoever led one in this period; once.

    Raises ``KaohengError``: ``DENIED`` for anybody but the person, ``INVALID`` for an answer
    that is missing or out of range, ``CONFLICT`` before the approval or without a manager.
    """
    allow_person(session, actor, "answer_feedback", review.person_id)
    if actor.on_behalf_of is not None:
        raise denied("answer_feedback")
    if faults := list(_wrong(answers)):
        raise KaohengError(faults)
    manager = manager_of(session, review.person_id, review.cycle.starts_on)
    if manager is None or approved_at(session, review, policy_of(review.cycle)) is None:
        raise refuse(
            "feedback.no_upward",
            N_("There is nobody to say this of, or the result is not approved yet."),
            N_("Wait for the approval; whoever led you on the first day is asked about."),
            kind=Kind.CONFLICT,
        )
    given = UpwardFeedback(
        review_id=review.id,
        manager_id=manager.id,
        answers={name: answers[name] for name in QUESTIONS},
        keep=keep.strip(),
        change=change.strip(),
        given_at=now,
    )
    session.add(given)
    session.flush()
    append(
        session,
        action="give_upward_feedback",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        person=review.person.public_id,
    )
    return given


def own_upward(session: Session, review: Review) -> UpwardFeedback | None:
    """Return what the person of a review has said, for their own eyes."""
    return session.scalar(select(UpwardFeedback).where(UpwardFeedback.review_id == review.id))


def upward_answers(session: Session, actor: Actor, cycle: Cycle) -> list[UpwardFeedback]:
    """Return the answers about those managers whom the actor leads, or all for HR."""
    allow(actor, "read_upward")
    return list(
        session.scalars(
            select(UpwardFeedback)
            .join(UpwardFeedback.review)
            .join(Person, Person.id == UpwardFeedback.manager_id)
            .where(Review.cycle_id == cycle.id, people(actor, "read_upward"), _not_own(actor))
            .order_by(Person.code, UpwardFeedback.id)
        )
    )


def summary_for_manager(session: Session, actor: Actor, cycle: Cycle) -> Summary | None:
    """Return the sum of what was said of the actor; None where too few have said anything.

    Answers come into it as many at a time as the policy asks for: with one more, the sum before
    and the sum after would tell what that one said.
    """
    manager = session.get(Person, actor.oneself) if actor.oneself else None
    if manager is None:
        return None
    given = session.scalars(
        select(UpwardFeedback)
        .join(UpwardFeedback.review)
        .where(Review.cycle_id == cycle.id, UpwardFeedback.manager_id == manager.id)
        .order_by(UpwardFeedback.id)
    ).all()
    fewest = fewest_of(policy_of(cycle))
    shown = given[: len(given) // fewest * fewest]
    if not shown:
        return None
    return Summary(manager, len(shown), {name: _mean(shown, name) for name in QUESTIONS})


def _not_own(actor: Actor) -> ColumnElement[bool]:
    """Nobody reads the single answers about themselves, whatever role they have."""
    return Person.id != (actor.own_person_id or actor.person_id or 0)


def _mean(given: Sequence[UpwardFeedback], name: str) -> Decimal:
    values = [Decimal(each.answers[name]) for each in given]
    total = sum(values, Decimal(0)) / len(values)
    return total.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _wrong(answers: Mapping[str, int]) -> list[Fault]:
    return [
        Fault(
            "feedback.upward_answer",
            N_("This has no answer from {least} to {most} yet."),
            N_("Choose one."),
            {"least": LEAST, "most": MOST},
            Place(path=name),
        )
        for name in QUESTIONS
        if not LEAST <= answers.get(name, 0) <= MOST
    ]
