"""What was given: the newest of each figure, and the rows that people may read."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.accounts.tables import Account
from workflows.cycles.tables import Cycle
from workflows.figures.columns import given_columns
from workflows.figures.tables import Figure
from workflows.org.tables import Person


def given_values(
    session: Session, cycle: Cycle, policy: Policy
) -> dict[tuple[int, str], str | Decimal]:
    """Return what counts now by person and name: a Decimal, or a label's text."""
    columns = given_columns(policy)
    return {
        (each.person_id, each.name): (
            each.value if columns[each.name].type == "text" else Decimal(each.value)
        )
        for each in session.scalars(_newest(cycle))
        if each.name in columns and each.value  # an empty one takes back what was given
    }


def figure_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return the figures that count, of those whom the actor reaches, by person and name."""
    allow(actor, "list_figures")
    query = (
        _newest(cycle)
        .add_columns(Account.username)
        .join(Figure.person)
        .outerjoin(Account, Account.id == Figure.given_by)
        .options(contains_eager(Figure.person))
        .where(people(actor, "list_figures"))
        .order_by(Person.code, Figure.name)
    )
    return [
        {
            "person": each.person.code,
            "figure": each.name,
            "value": each.value,
            "given_by": account,
            "given_at": each.given_at,
        }
        for each, account in session.execute(query)
    ]


def _newest(cycle: Cycle) -> Select[Figure]:
    last = (
        select(func.max(Figure.id))
        .where(Figure.cycle_id == cycle.id)
        .group_by(Figure.person_id, Figure.name)
    )
    return select(Figure).where(Figure.id.in_(last))
