"""What people may read of the organisation."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.org.tables import Membership, Person, Unit

# What a membership makes somebody, in the words of policies' scopes.
POST_OF_MEMBERSHIP = {"member": "salesperson", "manager": "manager"}


def people_rows(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return those whom the actor reaches: code, post, team and the unit above it, by code."""
    allow(actor, "list_people")
    above = aliased(Unit)
    rows = session.execute(
        select(Person.code, Membership.role, Unit.code, above.code)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .where(people(actor, "list_people"), Membership.valid_to.is_(None))
        .order_by(Person.code, Unit.code)
    )
    return [
        {"person": code, "role": POST_OF_MEMBERSHIP[role], "team": team, "region": region}
        for code, role, team, region in rows
    ]
