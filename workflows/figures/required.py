"""Which figures a cycle cannot be locked without, and which it cannot be approved without."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place
from engine.model import Policy
from engine.rated import collected
from engine.stages import purpose_of
from workflows.cycles.tables import Cycle
from workflows.figures.columns import given_columns
from workflows.figures.reading import given_values
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.steps import cycle_step
from workflows.stages.naming import cycle_called


def require_figures(session: Session, cycle: Cycle, policy: Policy) -> None:
    """Refuse with ``CONFLICT``, naming people and columns, while a required figure is missing.

    What is collected while people are evaluated may come after the lock.
    """
    rated = collected_after_lock(policy)
    required = [
        column
        for column in given_columns(policy).values()
        if column.required and column.name not in rated
    ]
    given = given_values(session, cycle, policy) if required else {}
    missing = [
        Fault(
            "figures.missing",
            N_("{person} has no `{column}`, which {cycle} cannot be scored without."),
            N_("Report it on the cycle's page, or use `kaoheng figures import {code} <file>`."),
            {
                "person": review.person.code,
                "column": column.name,
                "cycle": cycle_called(cycle),
                "code": cycle.code,
            },
            Place(path=f"{review.person.code}.{column.name}"),
        )
        for review in (reviews_of(session, cycle) if required else ())
        for column in required
        if (review.person_id, column.name) not in given
    ]
    if missing:
        raise KaohengError(missing, Kind.CONFLICT)


def require_ratings(session: Session, cycle: Cycle, policy: Policy) -> None:
    """Refuse with ``CONFLICT``, naming people and what they lack, while a rating is missing that
    the policy cannot be paid without.
    """
    rated = collected(policy)
    required = [
        column
        for column in given_columns(policy).values()
        if column.required and column.name in rated
    ]
    given = given_values(session, cycle, policy) if required else {}
    missing = [
        Fault(
            "figures.not_rated",
            N_("{person} has no `{column}` yet, which the results are not approved without."),
            N_("Finish the ratings of {person} first."),
            {"person": review.person.code, "column": column.name},
            Place(path=f"{review.person.code}.{column.name}"),
        )
        for review in (reviews_of(session, cycle) if required else ())
        for column in required
        if (review.person_id, column.name) not in given
    ]
    if missing:
        raise KaohengError(missing, Kind.CONFLICT)


def collected_after_lock(policy: Policy) -> frozenset[str]:
    """Return the facts that are collected in a stage that comes after the lock."""
    assert policy.workflow is not None, "a cycle is opened only under a policy with a workflow"
    stages = policy.workflow.stages
    locked = stages.index(cycle_step(policy, "lock").to)
    later = any(purpose_of(policy, stage) == "evaluation" for stage in stages[locked:])
    return collected(policy) if later else frozenset()
