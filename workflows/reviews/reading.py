"""Finding reviews, and what people may read of where they stand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.closing.holding import held_ids
from workflows.closing.overdue import HELD
from workflows.cycles.operations import policy_of
from workflows.cycles.reading import shown_total, visible_reviews
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.movers import standings_of
from workflows.reviews.steps import steps_from
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


def find_review(session: Session, cycle: Cycle, person: str) -> Review:
    """Return the review of the person with this code; refuse with ``MISSING``."""
    review = session.scalar(
        select(Review).join(Review.person).where(Review.cycle_id == cycle.id, Person.code == person)
    )
    if review is None:
        raise refuse(
            "reviews.unknown",
            N_("{person!r} has no review in {cycle}."),
            N_("See who has one on the cycle's page, or with `kaoheng review list {code}`."),
            kind=Kind.MISSING,
            person=person,
            cycle=cycle_called(cycle),
            code=cycle.code,
        )
    return review


def review_rows(session: Session, actor: Actor, cycle: Cycle, on: date) -> list[dict[str, object]]:
    """Return each review with its stage, the transitions that lead on from there, for whom it
    waits on a day (people by code, else roles), since when and until when, and whether it is held
    back or was when its deadline passed.
    """
    allow(actor, "list_reviews")
    policy = policy_of(cycle)
    reviews = visible_reviews(session, actor, cycle)
    standings = standings_of(session, reviews, on)
    held = held_ids(session, cycle)
    return [
        {
            "person": review.person.code,
            "team": review.team.code if review.team else None,
            "stage": review.stage,
            "next": ", ".join(
                f"cycle {step.cycle}" if step.cycle else step.code
                for step in steps_from(policy, review.stage)
            ),
            "waits_for": ", ".join(
                mover.person.code if mover.person else mover.role
                for mover in standings[review.id].movers
            ),
            "since": standings[review.id].since,
            "due": review.due_at,
            "held": HELD if review.id in held else standings[review.id].held,
            "total": shown_total(policy, review),
            "grade": review.grade,
            "calibrated_grade": review.calibrated_grade,
        }
        for review in reviews
    ]


def people_to_move(session: Session, actor: Actor, cycle: Cycle) -> list[str]:
    """Return the codes of everybody in the cycle whom the actor reaches with a move."""
    allow(actor, "move_review")
    return list(
        session.scalars(
            select(Person.code)
            .join(Review, Review.person_id == Person.id)
            .where(Review.cycle_id == cycle.id, people(actor, "move_review"))
            .order_by(Person.code)
        )
    )
