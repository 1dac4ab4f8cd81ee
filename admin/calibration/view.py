"""The list of calibration sessions, and opening one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, refuse
from engine.stages import has_stage_for
from workflows.access.decide import allow, may
from workflows.access.units import units
from workflows.calibration.opening import Asked, may_take_part, open_calibration
from workflows.calibration.reaching import visible_sessions
from workflows.calibration.tables import CalibrationSession
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Unit

Page = str | Response | tuple[str, int]


class CalibrationsView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """Calibration sessions: those that one takes part in, or all of them."""

    title = N_("Calibration")
    icon = "people"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="calibrations", url="/calibrations")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "see_calibration")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        with services().database.read() as session:
            asked = visible_sessions(session, current_actor())
            found = session.scalars(asked.order_by(CalibrationSession.id.desc())).all()
            opens = may(current_actor(), "hold_calibration")
            return str(self.render("calibration/list.html", sittings=found, opens=opens))

    @expose("/open")  # type: ignore[untyped-decorator]
    def ask(self) -> str:
        return self._ask(None)

    @expose("/open", methods=["POST"])  # type: ignore[untyped-decorator]
    def open(self) -> Page:
        """Open a session; a refusal keeps what was typed."""
        allow(current_actor(), "hold_calibration")
        try:
            with writing() as of:
                cycle = find_cycle(of.session, request.form.get("cycle", ""))
                asked = Asked(
                    request.form.getlist("unit"),
                    request.form.getlist("participant"),
                    request.form.get("name", "")[:200],
                    budget_typed(),
                )
                key = open_calibration(of.session, of.actor, of.now, cycle, asked).public_id
        except KaohengError as error:
            return self._ask(error), status_of(error)
        return redirect(url_for("calibration.board", key=key), 303)

    def _ask(self, error: KaohengError | None) -> str:
        allow(current_actor(), "hold_calibration")
        with services().database.read() as session:
            return str(
                self.render(
                    "calibration/open.html",
                    cycles=_cycles(session),
                    units=session.scalars(
                        select(Unit)
                        .where(units(current_actor(), "hold_calibration"))
                        .order_by(Unit.kind, Unit.code)
                    ).all(),
                    accounts=may_take_part(session),
                    typed=request.form if error else request.args,
                    chosen=request.form if error else request.args,
                    lines=lines(error),
                )
            )


def budget_typed() -> Decimal | None:
    """Return the budget that was typed, None for none; refuse what is no amount."""
    text = request.form.get("budget", "").replace(",", "").replace("，", "").strip()
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise refuse(
            "calibration.budget",
            N_("{budget} cannot be a budget."),
            N_("Write an amount of money from 0 up, with at most four decimals."),
            budget=text[:40],
        )
    return amount


def _cycles(session: Session) -> list[Cycle]:
    """Return the cycles over which a session can be opened: locked, with a calibration."""
    locked = session.scalars(
        select(Cycle).where(Cycle.state == "locked").order_by(Cycle.period.desc(), Cycle.code)
    )
    return [cycle for cycle in locked if has_stage_for(policy_of(cycle), "calibration")]
