"""The board of a session: everybody by grade, moved by drag, by keyboard or on a plain form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow
from workflows.calibration.board import board_of
from workflows.calibration.cost import cost_of
from workflows.calibration.operations import move_card
from workflows.calibration.reaching import (
    find_card,
    find_session,
    holds,
    may_approve,
    may_see_pay,
    takes_part,
)
from workflows.calibration.standing_out import standing_out
from workflows.calibration.tables import CalibrationSession
from workflows.cycles.operations import policy_of

blueprint = Blueprint("calibration", __name__, url_prefix="/calibrations")

Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>")
def board(key: str) -> str:
    return page(key, "board")


@blueprint.get("/<key>/projector")
def projector(key: str) -> str:
    """Show the board for a wall: large, without pay and without the menu."""
    return page(key, "projector")


@blueprint.get("/<key>/part")
def part(key: str) -> Page:
    """Give the board alone, or nothing while it is as the page has it."""
    with services().database.read() as session:
        sitting = find_session(session, current_actor(), key)
        if request.args.get("version", type=int) == sitting.version:
            return Response(status=204)
    return page(key, "part")


@blueprint.get("/<key>/cost")
def cost(key: str) -> str:
    """Give what the board's grades cost, to those who may see what everybody on it is paid."""
    with services().database.read() as session:
        actor = current_actor()
        sitting = find_session(session, actor, key)
        allow(actor, "list_ledger")
        seen = may_see_pay(session, actor, sitting)
        found = cost_of(session, sitting) if seen else None
        alone = "HX-Request" not in request.headers
        return render_template(
            "calibration/cost.html" if alone else "calibration/cost_part.html",
            section_of_page="calibrations",
            sitting=sitting,
            cost=found,
        )


@blueprint.get("/<key>/cards/<review>")
def card(key: str, review: str) -> str:
    return card_page(key, review)


@blueprint.post("/<key>/cards/<review>")
def move(key: str, review: str) -> Page:
    """Move somebody to another grade; a refusal keeps what was typed."""
    allow(current_actor(), "calibrate_in_session")
    seen = request.form.get("version", type=int)
    if seen is None:
        raise BadRequest
    try:
        with writing() as of:
            sitting = find_session(of.session, of.actor, key)
            move_card(
                of.session,
                of.actor,
                of.now,
                find_card(of.session, of.actor, sitting, review),
                policy_of(sitting.cycle),
                grade=request.form.get("grade", ""),
                reason=request.form.get("reason", "")[:2000],
                seen=seen,
            )
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _refused(key, review, error), status_of(error)
    if _is_part():
        return page(key, "part", moved=review)
    return redirect(url_for("calibration.board", key=key), 303)


def page(key: str, template: str, **shown: Any) -> str:
    """Return a session's board; ``shown`` is what an operation adds."""
    with services().database.read() as session:
        sitting = find_session(session, current_actor(), key)
        large = template == "projector" or "projector" in request.values
        return render_template(
            f"calibration/{template}.html",
            section_of_page="calibrations",
            large=large,
            **board_shown(session, sitting),
            **shown,
        )


def card_page(key: str, review: str, **shown: Any) -> str:
    """Return the plain form of one card."""
    with services().database.read() as session:
        actor = current_actor()
        sitting = find_session(session, actor, key)
        kept = find_card(session, actor, sitting, review)
        context = board_shown(session, sitting)
        on_board = (*context["board"].cards, *context["board"].left_out)
        card = next(each for each in on_board if each.kept.id == kept.id)
        return render_template(
            "calibration/card.html", section_of_page="calibrations", card=card, **context, **shown
        )


def board_shown(session: Session, sitting: CalibrationSession) -> dict[str, Any]:
    """Return what a board is shown with, and what the reader may do on it."""
    actor = current_actor()
    found = board_of(session, actor, sitting)
    is_open = sitting.state == "open"
    return {
        "sitting": sitting,
        "board": found,
        "policy": found.policy,
        "outlook": standing_out(found),
        "moves": is_open and takes_part(actor, sitting),
        "holds": holds(session, actor, sitting),
        "approves": sitting.state == "closed" and may_approve(session, actor, sitting),
        "pay": may_see_pay(session, actor, sitting),
    }


def _refused(key: str, review: str, error: KaohengError) -> str:
    shown = {"lines": lines(error), "typed": request.form}
    if _is_part():
        return page(key, "part", refused=review, **shown)
    return card_page(key, review, **shown)


def _is_part() -> bool:
    return "HX-Request" in request.headers
