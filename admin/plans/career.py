"""Who may be considered for the next step of a career, by the rules in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_admin import BaseView, expose
from flask_login import current_user

from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import N_
from workflows.access.decide import may
from workflows.plans.eligibility import eligibility


class CareerView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """The list of eligible people, path by path."""

    title = N_("Career paths")
    icon = "people"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="career", url="/career")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "read_eligibility")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        with services().database.read() as session:
            lists = eligibility(session, current_actor(), services().today())
            return str(self.render("plans/career.html", lists=lists))
