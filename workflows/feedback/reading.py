"""How far the conversations of a cycle are, and whose turn it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from engine.errors import N_
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, may, people
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.feedback.tables import FeedbackTalk
from workflows.org.leading import managers_of
from workflows.org.tables import Person
from workflows.reviews.since import last_moves
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task


def feedback_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return a row a person whom the actor reaches; one without a conversation is ``open``."""
    allow(actor, "list_reviews")
    rows = session.execute(
        select(Person.code, FeedbackTalk)
        .join(Review, Review.person_id == Person.id)
        .outerjoin(FeedbackTalk, FeedbackTalk.review_id == Review.id)
        .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
        .order_by(Person.code)
    )
    return [
        {
            "person": code,
            "state": state_of(talk),
            "held_on": talk.held_on if talk else None,
            "channel": talk.channel if talk else None,
            "agrees": talk.agrees if talk else None,
            "acknowledged_at": talk.acknowledged_at if talk else None,
        }
        for code, talk in rows
    ]


def state_of(talk: FeedbackTalk | None) -> str:
    """Return ``open``, ``prepared``, ``held``, ``acknowledged`` or ``silent``."""
    if talk is None:
        return "open"
    if talk.acknowledged_at is not None:
        return "silent" if talk.agrees is None else "acknowledged"
    return "prepared" if talk.held_on is None else "held"


def conversations_waiting(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what waits for the actor: to acknowledge one's own, to prepare those with whom they
    lead, to hold what is prepared.
    """
    return [
        *_to_acknowledge(session, actor),
        *_to_prepare(session, actor, now),
        *_to_hold(session, actor),
    ]


def _to_acknowledge(session: Session, actor: Actor) -> list[Task]:
    if not may(actor, "answer_feedback") or actor.on_behalf_of is not None:
        return []
    talks = _talks(session, actor, "answer_feedback", held=True)
    return [
        Task(
            N_("Acknowledge the conversation about your result of {cycle}."),
            f"/reviews/{talk.review.public_id}/feedback",
            talk.prepared_at,
            talk.silent_after,
            {"cycle": cycle_name(talk.review.cycle)},
        )
        for talk in talks
    ]


def _to_prepare(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Give the people whom the actor leads, whose review is in feedback with nothing prepared."""
    if not may(actor, "hold_feedback") or actor.person_id is None:
        return []
    reviews = [
        review
        for review in _not_prepared(session, actor)
        if purpose_of(policy_of(review.cycle), review.stage) == "feedback"
    ]
    leaders = managers_of(session, {review.person_id for review in reviews}, now.date())
    led = [
        review
        for review in reviews
        if review.person_id in leaders and leaders[review.person_id].id == actor.person_id
    ]
    since = last_moves(session, led)
    return [
        Task(
            N_("Prepare the conversation with {person} about their result."),
            f"/reviews/{review.public_id}/feedback",
            since.get(review.id, review.cycle.opened_at),
            params={"person": review.person.name},
        )
        for review in led
    ]


def _not_prepared(session: Session, actor: Actor) -> list[Review]:
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .join(Review.cycle)
            .options(
                contains_eager(Review.person),
                contains_eager(Review.cycle)
                .joinedload(Cycle.policy_version)
                .joinedload(PolicyVersion.policy),
            )
            .where(
                Cycle.state == "approved",
                Review.id.not_in(select(FeedbackTalk.review_id)),
                people(actor, "hold_feedback"),
            )
            .order_by(Review.id)
        )
    )


def _to_hold(session: Session, actor: Actor) -> list[Task]:
    if not may(actor, "hold_feedback"):
        return []
    talks = _talks(session, actor, "hold_feedback", held=False)
    return [
        Task(
            N_("Hold the conversation with {person} that is prepared."),
            f"/reviews/{talk.review.public_id}/feedback",
            talk.prepared_at,
            params={"person": talk.review.person.name},
        )
        for talk in talks
    ]


def _talks(session: Session, actor: Actor, operation: str, *, held: bool) -> list[FeedbackTalk]:
    is_held = FeedbackTalk.held_on.is_not(None) & FeedbackTalk.acknowledged_at.is_(None)
    return list(
        session.scalars(
            select(FeedbackTalk)
            .join(FeedbackTalk.review)
            .join(Review.person)
            .join(Review.cycle)
            .options(
                contains_eager(FeedbackTalk.review).contains_eager(Review.person),
                contains_eager(FeedbackTalk.review).contains_eager(Review.cycle),
            )
            .where(
                is_held if held else FeedbackTalk.held_on.is_(None),
                Cycle.state != "sealed",
                people(actor, operation),
            )
            .order_by(FeedbackTalk.id)
        )
    )
