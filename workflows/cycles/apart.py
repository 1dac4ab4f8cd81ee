"""Those who were held back when the others were approved: measured apart until their own turn.

Their ratings and grades go on; nobody's pay rests on them before they are approved too.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import canonical
from engine.model import Policy
from engine.rated import collected
from workflows.cycles.evaluation import FINAL, Bytes, compute, read_results
from workflows.cycles.latest import (
    granted_reviews,
    inputs_of,
    latest_computation,
    was_approved,
    with_grades,
)
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle
from workflows.figures.reading import given_values
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review


def apart_of(session: Session, cycle: Cycle, reviews: Sequence[Review]) -> list[Review]:
    """Return those of a cycle's ``reviews`` who are not approved, though the others are."""
    if cycle.state != "approved":
        return []
    approved = set(
        session.scalars(
            select(Review.id).where(
                Review.id.in_([review.id for review in reviews]),
                was_approved(pinned_policy(cycle)),
            )
        )
    )
    return [review for review in reviews if review.id not in approved]


def late_facts(session: Session, cycle: Cycle, late: Sequence[Review]) -> pl.DataFrame:
    """Return what the grants of ``late`` are decided on: the last facts, but for them with the
    ratings that are finished and the grades that they have now.
    """
    policy = pinned_policy(cycle)
    facts = inputs_of(latest_computation(session, cycle), cycle)
    given = given_values(session, cycle, policy)
    ids = {review.person.code: review.person_id for review in late}
    columns = [
        pl.Series(
            name,
            [
                given.get((ids[code], name)) if code in ids else value
                for code, value in zip(facts["person"], facts[name], strict=True)
            ],
            dtype=facts.schema[name],
        )
        for name in sorted(collected(policy))
    ]
    grades = {review.person.code: review.calibrated_grade for review in late}
    return with_grades(facts.with_columns(*columns), grades)


def measure_apart(
    session: Session, cycle: Cycle, policy: Policy, reviews: Sequence[Review]
) -> Bytes:
    """Set the totals and grades of ``reviews``, who are apart; everybody else's stay.

    Nothing is kept: with their approval it is computed again, on the same facts.
    """
    computed = compute(policy, FINAL, canonical.lines(late_facts(session, cycle, reviews)))
    results = read_results(computed.outputs)
    for review in reviews:
        review.total, review.grade = _measured(results[review.person.code])
    return computed


def set_results(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    computed: Bytes,
    *,
    corrected: Review | None = None,
    late: Sequence[Review] = (),
) -> None:
    """Give every review that a kept computation moved its total and its measured grade.

    Whoever is apart has theirs with what was rated of them meanwhile; ``late`` are apart no
    more. ``corrected`` has a new version in any case.
    """
    results = read_results(computed.outputs)
    reviews = reviews_of(session, cycle)
    approved = {each.id for each in (*granted_reviews(session, cycle, policy), *late)}
    if apart := [each for each in reviews if each.id not in approved]:
        facts = late_facts(session, cycle, apart)
        own = read_results(compute(policy, FINAL, canonical.lines(facts)).outputs)
        results |= {each.person.code: own[each.person.code] for each in apart}
    for each in reviews:
        total, grade = _measured(results[each.person.code])
        if (each.total, each.grade) != (total, grade) or each is corrected:
            session.execute(
                update(Review)
                .where(Review.id == each.id)
                .values(total=total, grade=grade, version=Review.version + 1)
            )
            session.refresh(each)


def _measured(row: dict[str, str | None]) -> tuple[Decimal | None, str | None]:
    return None if row["total"] is None else Decimal(row["total"]), row["grade"]
