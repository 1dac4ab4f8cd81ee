"""One's own appraisal: goals, progress, result and grants, and those of earlier cycles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_admin import BaseView, expose
from flask_login import current_user

from admin.people.review import standing
from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import N_
from workflows.access.decide import may
from workflows.reviews.own import own_reviews


class MineView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """What somebody who is appraised comes for."""

    title = N_("My performance")
    icon = "reviews"

    def __init__(self) -> None:
        super().__init__(self.title, endpoint="mine", url="/mine")

    def is_accessible(self) -> bool:
        if not current_user.is_authenticated:
            return False
        actor = current_actor()
        return actor.person_id is not None and may(actor, "list_reviews")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        with services().database.read() as session:
            actor = current_actor()
            found = own_reviews(session, actor)
            running = [review for review, _ in found if review.cycle.state != "sealed"]
            return str(
                self.render(
                    "people/mine.html",
                    running=[standing(session, actor, review) for review in running],
                    earlier=[each for each in found if each[0].cycle.state == "sealed"],
                )
            )
