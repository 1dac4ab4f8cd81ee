"""A team's open review meetings: its progress without anybody's own figures, and its check-ins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.tracking.typed import day, said, text
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow, may
from workflows.access.units import find_unit, units
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.pace import share_gone
from workflows.cycles.tables import Cycle
from workflows.org.tables import Unit
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.tracking.check_ins import RHYTHMS, plan_check_in
from workflows.tracking.progress import team_progress
from workflows.tracking.reading import check_ins_of_unit
from workflows.tracking.undertakings import open_measures

blueprint = Blueprint("team_meetings", __name__, url_prefix="/teams")
Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<code>/meetings")
def of_team(code: str) -> str:
    allow(current_actor(), "read_check_ins")
    return _page(code)


@blueprint.post("/<code>/meetings")
def plan(code: str) -> Page:
    """Plan a meeting of the team."""
    allow(current_actor(), "record_check_in")
    try:
        with writing() as of:
            unit = find_unit(of.session, of.actor, "read_check_ins", code)
            plan_check_in(
                of.session,
                of.actor,
                of.now,
                unit,
                find_cycle(of.session, text("cycle")),
                rhythm=text("rhythm"),
                planned_on=day("planned_on"),
                today=services().today(),
            )
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(code, lines=said(error), typed=request.form), status_of(error)
    return redirect(url_for("team_meetings.of_team", code=code), 303)


def _page(code: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        unit = find_unit(session, actor, "read_check_ins", code)
        cycles = _cycles(session, unit)
        asked = request.args.get("cycle")
        cycle = next((each for each in cycles if asked in (None, each.code)), None)
        if cycle is None and cycles:
            abort(404)
        return render_template(
            "tracking/meetings.html",
            section_of_page="team" if may(actor, "calibrate_review") else "mine",
            unit=unit,
            cycles=cycles,
            cycle=cycle,
            policy=policy_of(cycle) if cycle else None,
            progress=team_progress(session, cycle, unit.id) if cycle else (),
            gone=share_gone(cycle, services().today()) if cycle else None,
            check_ins=check_ins_of_unit(session, actor, unit.id),
            measures=open_measures(session, unit=unit.id),
            leads=_leads(session, actor, unit),
            rhythms=RHYTHMS,
            today=services().today(),
            **shown,
        )


def _cycles(session: Session, unit: Unit) -> list[Cycle]:
    """Return the cycles in which anybody of the team is appraised, the latest first."""
    below = select(Unit.id).where(Unit.id == unit.id).cte(recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    of_team = select(Review.cycle_id).where(Review.team_id.in_(select(below.c.id)))
    return list(
        session.scalars(
            select(Cycle)
            .where(Cycle.id.in_(of_team))
            .order_by(Cycle.starts_on.desc(), Cycle.code)
            .options(joinedload(Cycle.policy_version).joinedload(PolicyVersion.policy))
        )
    )


def _leads(session: Session, actor: Actor, unit: Unit) -> bool:
    led = select(Unit.id).where(Unit.id == unit.id, units(actor, "record_check_in"))
    return may(actor, "record_check_in") and session.scalar(led) is not None
