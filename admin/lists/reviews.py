"""Reviews: one person in one cycle, with its timeline and its calibrations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager

from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import people
from workflows.accounts.tables import Account
from workflows.cycles.tables import Cycle
from workflows.incentives.tables import LedgerEntry
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import GradeChange, Review, ReviewMove


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
    details_template = "lists/review.html"

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

    def heading(self, row: Any) -> str:
        return str(row.person.name)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        moves = select(ReviewMove).where(ReviewMove.review_id == row.id).order_by(ReviewMove.id)
        changes = (
            select(GradeChange).where(GradeChange.review_id == row.id).order_by(GradeChange.id)
        )
        entries = (
            select(LedgerEntry)
            .join(LedgerEntry.person)
            .where(LedgerEntry.review_id == row.id, people(actor, "list_ledger"))
            .order_by(LedgerEntry.id)
        )
        timeline = session.scalars(moves).all()
        calibrations = session.scalars(changes).all()
        who = {move.actor_id for move in timeline} | {change.actor_id for change in calibrations}
        named = session.scalars(select(Account).where(Account.id.in_(who)))
        return {
            "moves": timeline,
            "changes": calibrations,
            "entries": session.scalars(entries).all(),
            "accounts": {account.id: account for account in named},
        }
