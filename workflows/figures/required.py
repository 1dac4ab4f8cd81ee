"""Which figures a cycle cannot be locked without."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place
from engine.model import Policy
from workflows.cycles.tables import Cycle
from workflows.figures.columns import given_columns
from workflows.figures.reading import given_values
from workflows.reviews.of_cycle import reviews_of


def require_figures(session: Session, cycle: Cycle, policy: Policy) -> None:
    """Refuse with ``CONFLICT``, naming people and columns, while a required figure is missing."""
    required = [column for column in given_columns(policy).values() if column.required]
    given = given_values(session, cycle, policy) if required else {}
    missing = [
        Fault(
            "figures.missing",
            N_("{person} has no `{column}`, which {cycle} cannot be scored without."),
            N_("Give it with `kaoheng figures import {cycle} <file>`."),
            {"person": review.person.code, "column": column.name, "cycle": cycle.code},
            Place(path=f"{review.person.code}.{column.name}"),
        )
        for review in (reviews_of(session, cycle) if required else ())
        for column in required
        if (review.person_id, column.name) not in given
    ]
    if missing:
        raise KaohengError(missing, Kind.CONFLICT)
