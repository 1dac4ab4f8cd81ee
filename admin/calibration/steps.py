"""What is done to a session: closed, approved, opened again; who takes part, who is left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.calibration.board import board_shown, card_page
from admin.calibration.view import budget_typed
from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow, may
from workflows.calibration.arranging import leave_out, put_back, set_terms
from workflows.calibration.closing import (
    approve_calibration,
    close_calibration,
    reopen_calibration,
)
from workflows.calibration.opening import may_take_part
from workflows.calibration.reaching import find_card, find_session, require_approver

blueprint = Blueprint("calibration_steps", __name__, url_prefix="/calibrations")

Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/close")
def ask(key: str) -> str:
    """Ask before a session is closed: what is exceeded, and why."""
    allow(current_actor(), "hold_calibration")
    return _steps(key)


@blueprint.post("/<key>/close")
def close(key: str) -> Page:
    allow(current_actor(), "hold_calibration")
    return _done(key, partial(close_calibration, reason=_reason()))


@blueprint.post("/<key>/approve")
def approve(key: str) -> Page:
    with services().database.read() as session:
        require_approver(session, current_actor())
    return _done(key, approve_calibration)


@blueprint.post("/<key>/reopen")
def reopen(key: str) -> Page:
    if not may(current_actor(), "hold_calibration"):
        with services().database.read() as session:
            require_approver(session, current_actor())
    return _done(key, partial(reopen_calibration, reason=_reason()))


@blueprint.post("/<key>/terms")
def terms(key: str) -> Page:
    """Change the budget, and who takes part."""
    allow(current_actor(), "hold_calibration")
    asked = request.form.getlist("participant")

    def change(*of: object, seen: int) -> None:
        set_terms(*of, budget=budget_typed(), participants=asked, seen=seen)  # type: ignore[arg-type]

    return _done(key, change)


@blueprint.post("/<key>/cards/<review>/out")
def out(key: str, review: str) -> Page:
    """Leave somebody out of the session with a reason, or put them back on the board."""
    allow(current_actor(), "hold_calibration")
    back = request.form.get("do") == "back"
    operation = put_back if back else partial(leave_out, reason=_reason())
    try:
        with writing() as of:
            sitting = find_session(of.session, of.actor, key)
            card = find_card(of.session, of.actor, sitting, review)
            operation(of.session, of.actor, of.now, card)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        page = card_page(key, review, lines_out=lines(error), typed=request.form)
        return page, status_of(error)
    return redirect(url_for("calibration.board", key=key), 303)


def _done(key: str, operation: Callable[..., object]) -> Page:
    """Do it, and go back to the board; a refusal is shown with what was typed."""
    seen = request.form.get("version", type=int)
    if seen is None:
        raise BadRequest
    try:
        with writing() as of:
            sitting = find_session(of.session, of.actor, key)
            operation(of.session, of.actor, of.now, sitting, seen=seen)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _steps(key, error), status_of(error)
    return redirect(url_for("calibration.board", key=key), 303)


def _steps(key: str, error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        sitting = find_session(session, current_actor(), key)
        return render_template(
            "calibration/steps.html",
            section_of_page="calibrations",
            accounts=may_take_part(session),
            lines=lines(error),
            typed=request.form,
            **board_shown(session, sitting),
        )


def _reason() -> str:
    return request.form.get("reason", "")[:2000]
