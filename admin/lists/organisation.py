"""People and units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased, joinedload

from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere, people
from workflows.org.tables import Membership, Person, Unit


class PeopleView(ListView):
    """Everybody in the organisation, with their units over time."""

    operation = "list_people"
    title = N_("People")
    about = N_("Who is appraised or appraises, by the code that the source gives them.")
    icon = "people"
    columns = (
        Column("name", N_("Name"), lambda person: person.name, "text", Person.name),
        Column("code", N_("Code"), lambda person: person.code, "code", Person.code),
    )
    searched = (Person.name, Person.code)
    default_order = (Person.code.asc(),)
    details_template = "lists/person.html"

    def visible(self, actor: Actor) -> Select[Any]:
        return select(Person).where(people(actor, self.operation))

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Person.code == key

    def key(self, row: Any) -> str:
        return str(row.code)

    def heading(self, row: Any) -> str:
        return str(row.name)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:  # noqa: ARG002
        memberships = (
            select(Membership)
            .where(Membership.person_id == row.id)
            .options(joinedload(Membership.unit))
            .order_by(Membership.valid_from.desc(), Membership.id)
        )
        return {"memberships": session.scalars(memberships).all()}


_Parent = aliased(Unit)


class UnitsView(ListView):
    """The company, its regions and teams; those in which somebody visible is, and above them."""

    operation = "list_people"
    title = N_("Units")
    about = N_("The company, its regions and its teams.")
    icon = "units"
    columns = (
        Column("name", N_("Its name"), lambda unit: unit.name, "strong", Unit.name),
        Column("code", N_("Code"), lambda unit: unit.code, "code", Unit.code),
        Column("kind", N_("Kind"), lambda unit: (unit.kind, "units"), "badge", Unit.kind),
        Column("parent", N_("Part of"), lambda unit: unit.parent and unit.parent.name),
    )
    filters = (Filter("kind", N_("Kind"), Unit.kind, lambda kind: word(kind, "units")),)
    searched = (Unit.name, Unit.code)
    default_order = (Unit.code.asc(),)
    loads = (joinedload(Unit.parent),)
    details_template = "lists/unit.html"

    def visible(self, actor: Actor) -> Select[Any]:
        if may_everywhere(actor, self.operation):
            return select(Unit)
        of_somebody = (
            select(Membership.unit_id).join(Membership.person).where(people(actor, self.operation))
        )
        above = select(Unit.id, Unit.parent_id).where(Unit.id.in_(of_somebody)).cte(recursive=True)
        above = above.union(
            select(_Parent.id, _Parent.parent_id).where(_Parent.id == above.c.parent_id)
        )
        return select(Unit).where(Unit.id.in_(select(above.c.id)))

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Unit.code == key

    def key(self, row: Any) -> str:
        return str(row.code)

    def heading(self, row: Any) -> str:
        return str(row.name)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        memberships = (
            select(Membership)
            .join(Membership.person)
            .where(Membership.unit_id == row.id, people(actor, self.operation))
            .options(joinedload(Membership.person))
            .order_by(Membership.role, Person.code, Membership.valid_from)
        )
        parts = self.visible(actor).where(Unit.parent_id == row.id).order_by(Unit.code)
        return {
            "memberships": session.scalars(memberships).all(),
            "parts": session.scalars(parts).all(),
        }
