"""One check-in: its agenda and the form to record it, or what was recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.tracking.typed import MEASURES, day, endings, measures, notes, said, text
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow, may, roles_towards
from workflows.access.units import units
from workflows.cycles.operations import policy_of
from workflows.cycles.pace import share_gone
from workflows.org.tables import Person, Unit
from workflows.tracking.agenda import agenda_of
from workflows.tracking.check_ins import cancel_check_in, hold_check_in, owners_of
from workflows.tracking.finding import find_check_in
from workflows.tracking.progress import team_progress
from workflows.tracking.reading import agreed_in, carried_in
from workflows.tracking.tables import CheckIn

blueprint = Blueprint("check_ins", __name__, url_prefix="/check-ins")
Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>")
def details(key: str) -> str:
    allow(current_actor(), "read_check_ins")
    return _page(key)


@blueprint.post("/<key>/hold")
def hold(key: str) -> Page:
    """Record a check-in as held; a refusal keeps what was typed."""
    allow(current_actor(), "record_check_in")
    try:
        with writing() as of:
            check_in = find_check_in(of.session, of.actor, key)
            hold_check_in(
                of.session,
                of.actor,
                of.now,
                check_in,
                notes(),
                endings(),
                measures(),
                held_on=day("held_on"),
                today=services().today(),
            )
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("check_ins.details", key=key), 303)


@blueprint.post("/<key>/cancel")
def cancel(key: str) -> Page:
    """Call a check-in off, with a reason."""
    allow(current_actor(), "record_check_in")
    try:
        with writing() as of:
            check_in = find_check_in(of.session, of.actor, key)
            cancel_check_in(of.session, of.actor, of.now, check_in, text("reason"))
    except KaohengError as error:
        return _refused(key, error)
    return redirect(url_for("check_ins.details", key=key), 303)


def _refused(key: str, error: KaohengError) -> Page:
    if error.kind in (Kind.MISSING, Kind.DENIED):
        raise error
    page = _page(key, lines=said(error), typed=request.form)
    return page, status_of(error)


def _page(key: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        check_in = find_check_in(session, actor, key)
        is_open = check_in.state == "planned"
        today = services().today()
        agenda = (
            [item.plain() for item in agenda_of(session, check_in, today)]
            if is_open
            else check_in.agenda or []
        )
        return render_template(
            "tracking/check_in.html",
            section_of_page="team" if may(actor, "calibrate_review") else "mine",
            check_in=check_in,
            policy=policy_of(check_in.cycle),
            agenda=agenda,
            leads=is_open and _leads(session, actor, check_in),
            owners=_owners(session, check_in, today) if is_open else [],
            carried=carried_in(session, check_in),
            agreed=agreed_in(session, check_in),
            progress=_team(session, check_in),
            gone=share_gone(check_in.cycle, today),
            today=today,
            rows=range(1, MEASURES + 1),
            **shown,
        )


def _leads(session: Session, actor: Actor, check_in: CheckIn) -> bool:
    if check_in.review is not None:
        person_id = check_in.review.person_id
        return bool(roles_towards(session, actor, "record_check_in", person_id))
    led = select(Unit.id).where(Unit.id == check_in.unit_id, units(actor, "record_check_in"))
    return may(actor, "record_check_in") and session.scalar(led) is not None


def _owners(session: Session, check_in: CheckIn, on: date) -> list[Person]:
    codes = owners_of(session, check_in, on)
    found = session.scalars(select(Person).where(Person.code.in_(codes)))
    return sorted(found, key=lambda person: codes.index(person.code))


def _team(session: Session, check_in: CheckIn) -> Any:
    if check_in.unit_id is None:
        return None
    return team_progress(session, check_in.cycle, check_in.unit_id)
