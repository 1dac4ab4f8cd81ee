"""Whether the condition of a transition holds, by the review's figures as they are now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.compile import compile_policy
from engine.errors import N_, Fault
from engine.evaluate import evaluate
from engine.forms.moves import condition_name, with_conditions
from engine.language.wording import spell
from engine.model import Bilingual, Policy, Transition
from engine.version import Version
from workflows.cycles.scored import FINAL, Scored, scored_for
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review


def held_back(session: Session, reviews: Sequence[Review], step: Transition) -> dict[int, Fault]:
    """Return, by review, why the condition of ``step`` keeps it where it is.

    The reviews are of one cycle; all of them are looked at together, as the engine does. What is
    not known does not hold.
    """
    if step.when is None or not reviews:
        return {}
    cycle = reviews[0].cycle
    scope = scored_for(session, reviews)
    version = _with_conditions(scope.version.policy)
    name = condition_name(step.code)
    holding = evaluate(version, _facts(session, cycle, scope), only=[name]).frame
    held = set(holding.filter(pl.col(name).fill_null(False))["person"])
    condition = _worded(version, step)
    return {
        review.id: Fault(
            "reviews.condition",
            N_("{transition} of {person} waits until this holds: {condition}."),
            N_("See its figures, and what they are made of, on the review's page."),
            {"transition": step.name, "person": review.person.code, "condition": condition},
        )
        for review in reviews
        if review.person.code not in held
    }


@lru_cache(maxsize=16)
def _with_conditions(policy: Policy) -> Version:
    return compile_policy(policy, written=with_conditions(policy))


def _facts(session: Session, cycle: Cycle, scope: Scored) -> pl.DataFrame:
    """Return what the cycle was scored on, with the grades that were calibrated since."""
    facts = scope.result.rows.select(fact.name for fact in scope.version.facts)
    if scope.stage == FINAL or "calibrated_grade" not in facts.columns:
        return facts
    rows = session.execute(
        select(Person.code, Review.calibrated_grade)
        .join(Review, Review.person_id == Person.id)
        .where(Review.cycle_id == cycle.id)
    )
    given = dict(rows.all())
    grades = [given.get(person) for person in facts["person"]]
    return facts.with_columns(pl.Series("calibrated_grade", grades, dtype=pl.String))


def _worded(version: Version, step: Transition) -> Bilingual:
    """Return a condition with the names that people know in place of the file's."""
    titles = {fact.name: fact.title for fact in version.facts}
    titles |= {each.name: each.title for each in version.definitions}
    assert step.when is not None

    def put(language: str) -> Callable[[str], str]:
        return lambda name: getattr(titles[name], language) if name in titles else name

    return Bilingual(spell(step.when, put("zh")), spell(step.when, put("en")))
