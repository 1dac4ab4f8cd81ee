"""What people may read of targets: the whole cascade for who reaches all, else their people's."""

from __future__ import annotations

from sqlalchemy import false, or_, select, true
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import allow, may_everywhere, people
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.targets.tables import Target


def target_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return each target with its level, its owner and its parent's owner, parents first."""
    allow(actor, "list_targets")
    whole = true() if may_everywhere(actor, "list_targets") else false()
    rows = session.execute(
        select(Target, Unit, Person)
        .outerjoin(Unit, Unit.id == Target.unit_id)
        .outerjoin(Person, Person.id == Target.person_id)
        .where(Target.cycle_id == cycle.id)
        .where(or_(Target.unit_id.is_not(None) & whole, people(actor, "list_targets")))
        .order_by(Target.id)
    ).all()
    owners = {target.id: unit.code if unit else person.code for target, unit, person in rows}
    return [
        {
            "target": target.name,
            "level": unit.kind if unit else "person",
            "owner": owners[target.id],
            "parent": owners.get(target.parent_id or 0),
            "amount": target.amount.normalize().__format__("f"),
        }
        for target, unit, _person in rows
    ]
