"""The manager's people in a cycle: total, grade, stage and progress, in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask_admin import BaseView, expose
from flask_login import current_user

from admin.people.review import today
from admin.people.waiting import Report, moved_many
from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import N_
from workflows.access.decide import allow, may
from workflows.cycles.operations import policy_of
from workflows.cycles.pace import share_gone
from workflows.reviews.team import ORDERS, team_cycles, team_members, team_moves
from workflows.tracking.reading import alerts_of_team


class TeamView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """A team at a glance."""

    title = N_("My team")
    icon = "people"

    def __init__(self) -> None:
        super().__init__(self.title, endpoint="team", url="/team")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "calibrate_review")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        return self._page()

    @expose("/moves", methods=["POST"])  # type: ignore[untyped-decorator]
    def move_many(self) -> str:
        """Move those of the team who were ticked and can go, and report on the others."""
        allow(current_actor(), "calibrate_review")
        return self._page(moved_many())

    def _page(self, report: Report | None = None) -> str:
        order = request.values.get("order", "")
        order = order if order.removeprefix("-") in ORDERS else "-total"
        with services().database.read() as session:
            actor = current_actor()
            cycles = team_cycles(session, actor)
            asked = request.values.get("cycle")
            cycle = next((each for each in cycles if asked in (None, each.code)), None)
            if cycle is None and cycles:
                abort(404)
            members = team_members(session, actor, cycle, order, today()) if cycle else []
            policy = policy_of(cycle) if cycle else None
            return str(
                self.render(
                    "people/team.html",
                    cycles=cycles,
                    cycle=cycle,
                    order=order,
                    members=members,
                    policy=policy,
                    steps=team_moves(policy, members) if policy else [],
                    gone=share_gone(cycle, today()) if cycle else None,
                    alerts=alerts_of_team(session, actor, cycle) if cycle else [],
                    report=report,
                    typed=request.form if report and report.refusals else {},
                    kept=report.stayed if report else frozenset(),
                )
            )
