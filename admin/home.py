"""The overview: the running cycles, and the way to every list that this actor may see."""

from __future__ import annotations

from typing import Any

from flask_admin import BaseView, expose
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.lists.cycles import CyclesView, stage_counts
from admin.lists.view import ListView
from admin.people.review import today
from admin.people.waiting import todo_of
from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may, may_everywhere
from workflows.agreements.reading import copies_to_answer
from workflows.cycles.tables import Cycle
from workflows.reviews.movers import Standing, standings_of
from workflows.reviews.own import running_reviews
from workflows.standins.reading import waits_on_behalf


class HomeView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """What is going on, and how much there is of everything."""

    title = N_("Overview")
    icon = "home"

    def __init__(self) -> None:
        super().__init__(self.title, endpoint="home", url="/")

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        actor = current_actor()
        lists = [view for view in self.admin._views if isinstance(view, ListView)]
        lists = [view for view in lists if view.is_accessible()]
        with services().database.read() as session:
            return str(
                self.render(
                    "home.html",
                    actor=actor,
                    todo=todo_of(session, actor),
                    copies=copies_to_answer(session, actor),
                    on_behalf=waits_on_behalf(session, actor, services().clock(), today()),
                    counts=_counts(session, actor, lists),
                    cycles=_running(session, actor, lists),
                    own=_own(session, actor),
                )
            )


def _own(session: Session, actor: Actor) -> list[Standing]:
    """Return where one's own reviews stand in the cycles that are not sealed."""
    if actor.person_id is None or not may(actor, "list_reviews"):
        return []
    reviews = running_reviews(session, actor)
    found = standings_of(session, reviews, services().today())
    return [found[review.id] for review in reviews]


def _counts(session: Session, actor: Actor, lists: list[ListView]) -> list[tuple[ListView, int]]:
    """Return how many rows of each list there are for the actor: one statement for all."""
    counts = [
        select(func.count()).select_from(view.visible(actor).subquery()).scalar_subquery()
        for view in lists
    ]
    return list(zip(lists, session.execute(select(*counts)).one(), strict=True)) if lists else []


def _running(session: Session, actor: Actor, lists: list[ListView]) -> list[tuple[Cycle, Any]]:
    view = next((view for view in lists if isinstance(view, CyclesView)), None)
    if view is None:
        return []
    unsealed = view.visible(actor).where(Cycle.state != "sealed").options(*view.loads)
    cycles = session.scalars(unsealed.order_by(*view.default_order).limit(6))
    counted = [(cycle, stage_counts(session, actor, cycle)) for cycle in cycles]
    # One that nobody of theirs is in says nothing to those who see some people only.
    sees_all = may_everywhere(actor, "list_reviews")
    return [(cycle, counts) for cycle, counts in counted if counts or sees_all]
