"""The organisation's own days, and which years are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin import refusals
from admin.errors import status_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, refuse
from workflows.access.decide import allow, may
from workflows.calendar.operations import drop_calendar_day, own_days, set_calendar_day
from workflows.calendar.tasks import unknown_years
from workflows.calendar.working import calendar_of


class CalendarView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """Working days: the country's, and what the organisation does otherwise."""

    title = N_("Working calendar")
    icon = "cycles"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="calendar", url="/calendar")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "change_calendar")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        return self._page()

    @expose("/", methods=["POST"])  # type: ignore[untyped-decorator]
    def set(self) -> Response | tuple[str, int]:
        """Give the organisation a day; a refusal keeps what was typed."""
        allow(current_actor(), "change_calendar")
        try:
            with writing() as write:
                set_calendar_day(
                    write.session,
                    write.actor,
                    write.now,
                    day=_typed_day(),
                    is_worked=request.form.get("is_worked") == "yes",
                    why=request.form.get("why", ""),
                )
        except KaohengError as error:
            lines = refusals.lines(error)
            return self._page(lines, request.form), status_of(error)
        return redirect(url_for("calendar.index"), 303)

    @expose("/<day>/drop", methods=["POST"])  # type: ignore[untyped-decorator]
    def drop(self, day: str) -> Response:
        allow(current_actor(), "change_calendar")
        with writing() as write:
            drop_calendar_day(write.session, write.actor, write.now, day=_day(day))
        return redirect(url_for("calendar.index"), 303)

    def _page(self, faults: list[str] | None = None, typed: Mapping[str, str] | None = None) -> str:
        app = services()
        with app.database.read() as session:
            calendar = calendar_of(session)
            this = app.today().year
            return str(
                self.render(
                    "calendar/page.html",
                    days=own_days(session, current_actor()),
                    years=[(year, calendar.is_known(year)) for year in (this, this + 1)],
                    unknown=unknown_years(session, calendar, app.clock()),
                    faults=faults or [],
                    typed=typed or {},
                )
            )


def _typed_day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise refuse(
            "calendar.no_day", N_("The day is missing."), N_("Choose the day that it is about.")
        ) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest from None
