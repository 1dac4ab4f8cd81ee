"""Opening a cycle: a policy, a period, what it would give, and then for real."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind, refuse
from workflows.cycles.foresight import choices, preview
from workflows.cycles.operations import open_cycle

Page = str | Response | tuple[str, int]


class CycleOpening:
    """The page that opens a cycle; ``CyclesView`` has it beside its list."""

    @expose("/open")  # type: ignore[untyped-decorator]
    def choose(self) -> Page:
        return self._choices(request.args.get("policy", ""), request.args.get("period", ""))

    @expose("/open", methods=["POST"])  # type: ignore[untyped-decorator]
    def open(self) -> Page:
        policy, period = request.form.get("policy", ""), request.form.get("period", "")
        try:
            with writing() as write:
                opened = open_cycle(
                    write.session, write.actor, write.now, policy_code=policy, period_label=period
                )
                _require_seen(opened.policy_version.digest)
                code = opened.code
        except KaohengError as error:
            if error.kind is Kind.DENIED:
                raise
            return self._choices(policy, period, error), status_of(error)
        return redirect(url_for("cycles.details", key=code), 303)

    def _choices(self, policy: str, period: str, error: KaohengError | None = None) -> str:
        app = services()
        actor = current_actor()
        with app.database.read() as session:
            offered = choices(session, actor, app.today())
            chosen: Any = None
            if policy and period:
                try:
                    chosen = preview(session, actor, policy, period)
                except KaohengError as unreadable:
                    error = error or unreadable
            return str(
                self.render(  # type: ignore[attr-defined]
                    "cycles/open.html",
                    choices=offered,
                    policy=policy,
                    period=period,
                    preview=chosen,
                    lines=lines(error),
                )
            )


def _require_seen(digest: str) -> None:
    """Refuse to pin another version than the page showed."""
    if request.form.get("digest") != digest:
        raise refuse(
            "cycles.another_version",
            N_("Another version of the policy has been published since this page was made."),
            N_("Look at what it would give now, then open the cycle."),
            kind=Kind.CONFLICT,
        )
