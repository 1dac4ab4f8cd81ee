"""Reviews: one person in one cycle."""

from __future__ import annotations

from typing import Any

from flask_admin import expose
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager

from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.people.review import review_page
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import people
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import Review


class ReviewsView(ListView):
    """Reviews, by cycle and person."""

    operation = "list_reviews"
    title = N_("Reviews")
    about = N_("One person in one cycle: where it stands, what was measured, which grade.")
    icon = "reviews"
    columns = (
        Column("person", N_("Person"), lambda review: review.person, "person", Person.name),
        Column(
            "team", N_("Team"), lambda review: review.team and review.team.name, "text", Unit.name
        ),
        Column("cycle", N_("Cycle"), lambda review: review.cycle.code, "code", Cycle.code),
        Column(
            "stage", N_("Stage"), lambda review: (review.stage, "stages"), "badge", Review.stage
        ),
        Column("total", N_("Total"), lambda review: review.total, "total", Review.total),
        Column("grade", N_("Grade"), lambda review: review, "grade", Review.grade),
    )
    filters = (
        Filter("cycle", N_("Cycle"), Cycle.code),
        Filter("stage", N_("Stage"), Review.stage, lambda stage: word(stage, "stages")),
        Filter("team", N_("Team"), Unit.name),
        Filter("grade", N_("Grade"), Review.grade),
    )
    searched = (Person.name, Person.code, Cycle.code)
    default_order = (Cycle.starts_on.desc(), Cycle.code.asc(), Person.code.asc())
    loads = (
        contains_eager(Review.person),
        contains_eager(Review.cycle),
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
        return str(row.public_id)

    @expose("/<path:key>")  # type: ignore[untyped-decorator]
    def details(self, key: str) -> str:
        return review_page(key)
