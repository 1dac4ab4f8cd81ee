"""Reviews: one person in one cycle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin import expose
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from admin.lists.columns import Column, Filter
from admin.lists.named import CycleFilter
from admin.lists.view import ListView
from admin.people.review import review_page
from admin.people.stages import mover_names, stage_name
from admin.services import services
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import people
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.reviews.movers import standings_of
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


class StageFilter(Filter):
    """A choice among stages, by what the policies of the visible cycles call them."""

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:
        """Return each stage with its name; one that policies call differently with all of them."""
        found = rows.with_only_columns(
            Review.stage, Review.cycle_id, maintain_column_froms=True
        ).distinct()
        pairs = session.execute(found.order_by(None)).all()
        ids = {cycle_id for _, cycle_id in pairs}
        with_version = select(Cycle).where(Cycle.id.in_(ids)).options(*_VERSION)
        cycles = {cycle.id: cycle for cycle in session.scalars(with_version)}
        names: dict[str, set[str]] = {}
        for stage, cycle_id in pairs:
            names.setdefault(stage, set()).add(stage_name(stage, cycles[cycle_id]))
        return [(stage, " / ".join(sorted(names[stage]))) for stage in sorted(names)]


_VERSION = (selectinload(Cycle.policy_version).selectinload(PolicyVersion.policy),)


class ReviewsView(ListView):
    """Reviews, by cycle and person."""

    operation = "list_reviews"
    title = N_("Reviews")
    about = N_("One person in one cycle: where it stands, what was measured, which grade.")
    icon = "reviews"
    columns = (
        Column("person", N_("Person"), lambda at: at.review.person, "person", Person.name),
        Column(
            "team", N_("Team"), lambda at: at.review.team and at.review.team.name, "text", Unit.name
        ),
        Column("cycle", N_("Cycle"), lambda at: at.review.cycle, "cycle", Cycle.code),
        Column("stage", N_("Stage"), lambda at: at.review, "stage", Review.stage),
        Column("total", N_("Total"), lambda at: at.review.total, "total", Review.total),
        Column("grade", N_("Grade"), lambda at: at.review, "grade", Review.grade),
        Column("waits", N_("Waits for"), mover_names),
        Column("since", N_("In the stage since"), lambda at: at.since, "day_at"),
        Column(
            "due",
            N_("Due by"),
            lambda at: at if at.due and at.movers else None,
            "due",
            Review.due_at,
        ),
    )
    filters = (
        CycleFilter("cycle", N_("Cycle"), Cycle.code),
        StageFilter("stage", N_("Stage"), Review.stage),
        Filter("team", N_("Team"), Unit.name),
        Filter("grade", N_("Grade"), Review.grade),
    )
    searched = (Person.name, Person.code, Cycle.code)
    default_order = (Cycle.starts_on.desc(), Cycle.code.asc(), Person.code.asc())
    loads = (
        contains_eager(Review.person),
        contains_eager(Review.cycle)
        .selectinload(Cycle.policy_version)
        .selectinload(PolicyVersion.policy),
        contains_eager(Review.team),
    )

    def visible(self, actor: Actor) -> Select[Any]:
        return (
            select(Review)
            .join(Review.person)
            .join(Review.cycle)
            .outerjoin(Review.team)
            .where(people(actor, self.operation))
        )

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Review.public_id == key

    def key(self, row: Any) -> str:
        return str(row.review.public_id)

    def shown(self, session: Session, rows: Sequence[Any]) -> Sequence[Any]:
        """Return where each review stands: for whom it waits, since when and until when."""
        found = standings_of(session, rows, services().today())
        return [found[review.id] for review in rows]

    @expose("/<path:key>")  # type: ignore[untyped-decorator]
    def details(self, key: str) -> str:
        return review_page(key)
