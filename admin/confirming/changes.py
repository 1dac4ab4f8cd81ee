"""After the lock: what has changed, whom it would move, and measuring the cycle anew."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.crediting.differences import (
    decide_difference,
    find_difference,
    open_differences,
    own_differences,
)
from workflows.crediting.overriding import from_kept
from workflows.cycles.changes import changes_since_lock
from workflows.cycles.operations import find_cycle
from workflows.cycles.relocking import decide_relock, find_relock, propose_relock, relocks_of

blueprint = Blueprint("changes", __name__)

Answer = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/changes/<code>")
def of_cycle(code: str) -> str:
    with services().database.read() as session:
        return _page(session, code)


@blueprint.post("/changes/<code>/relock")
def propose(code: str) -> Answer:
    allow_everywhere(current_actor(), "propose_relock")
    try:
        with writing() as of:
            cycle = find_cycle(of.session, code)
            reason = request.form.get("reason", "")
            propose_relock(of.session, of.actor, of.now, cycle, reason=reason)
    except KaohengError as error:
        return _refused(code, error)
    return redirect(url_for("changes.of_cycle", code=code), 303)


@blueprint.post("/changes/<code>/decision")
def decide(code: str) -> Answer:
    allow_everywhere(current_actor(), "decide_relock")
    try:
        with writing() as of:
            relock = find_relock(of.session, find_cycle(of.session, code))
            approve = request.form.get("decision") == "approve"
            reason = request.form.get("reason", "")
            decide_relock(of.session, of.actor, of.now, relock, approve=approve, reason=reason)
    except KaohengError as error:
        return _refused(code, error)
    return redirect(url_for("changes.of_cycle", code=code), 303)


@blueprint.get("/differences/")
def differences() -> str:
    """Show the sources that say other credits than were agreed."""
    with services().database.read() as session:
        return _differences(session)


@blueprint.post("/differences/<key>")
def settle(key: str) -> Answer:
    allow_everywhere(current_actor(), "decide_credit_difference")
    try:
        with writing() as of:
            found = find_difference(of.session, key)
            take, reason = request.form.get("decision") == "take", request.form.get("reason", "")
            decide_difference(of.session, of.actor, of.now, found, take=take, reason=reason)
    except KaohengError as error:
        if error.kind is Kind.MISSING:
            raise
        with services().database.read() as session:
            return _differences(session, key, error), status_of(error)
    return redirect(url_for("changes.differences"), 303)


def _refused(code: str, error: KaohengError) -> Answer:
    """Show a refusal on the page, with what was typed."""
    if error.kind in (Kind.DENIED, Kind.MISSING):
        raise error
    with services().database.read() as session:
        return _page(session, code, error), status_of(error)


def _page(session: Session, code: str, error: KaohengError | None = None) -> str:
    actor = current_actor()
    allow_everywhere(actor, "read_changes")
    cycle = find_cycle(session, code)
    return render_template(
        "confirming/changes.html",
        section_of_page="cycles",
        row=cycle,
        changes=None if cycle.state == "open" else changes_since_lock(session, actor, cycle),
        relocks=relocks_of(session, cycle),
        may_propose=cycle.state == "locked" and may_everywhere(actor, "propose_relock"),
        may_decide=cycle.state == "locked" and may_everywhere(actor, "decide_relock"),
        account=actor.account_id,
        lines=lines(error),
        typed=request.form if error else {},
    )


def _differences(
    session: Session, refused: str | None = None, error: KaohengError | None = None
) -> str:
    actor = current_actor()
    found = open_differences(session, actor)
    return render_template(
        "confirming/differences.html",
        section_of_page="records",
        found=[(each, from_kept(each.said), from_kept(each.agreed)) for each in found],
        own=own_differences(session, actor, found),
        refused=refused,
        lines=lines(error),
        typed=request.form if error else {},
    )
