"""The minutes of a session: a page to write and to print, and files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from openpyxl import Workbook
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from admin.calibration.showing import group_name
from admin.errors import status_of
from admin.formats import in_language, instant
from admin.preferences import translate
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.spreadsheet import csv_text, guarded
from admin.words import called, word
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.decide import allow
from workflows.calibration.arranging import write_minutes
from workflows.calibration.cost import Cost, cost_of
from workflows.calibration.minutes import Minutes, minutes_of
from workflows.calibration.reaching import find_session, may_see_pay, takes_part
from workflows.calibration.tables import CalibrationSession
from workflows.rulebook.operations import sha256
from workflows.stages.naming import cycle_name

blueprint = Blueprint("calibration_minutes", __name__, url_prefix="/calibrations")
_BOM = "\ufeff"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the minutes as a file has it."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>/minutes")
def show(key: str) -> str:
    return _page(key)


@blueprint.post("/<key>/minutes")
def write(key: str) -> Page:
    """Keep the minutes; where somebody wrote meanwhile, both texts are shown."""
    allow(current_actor(), "calibrate_in_session")
    try:
        with writing() as of:
            sitting = find_session(of.session, of.actor, key)
            text, was = request.form.get("minutes", ""), request.form.get("was")
            write_minutes(of.session, of.actor, of.now, sitting, text, was=was)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, error), status_of(error)
    return redirect(url_for("calibration_minutes.show", key=key), 303)


@blueprint.get("/<key>/minutes/<kind>")
def download(key: str, kind: str) -> Response:
    """Give the minutes as ``csv`` (one table after another) or ``xlsx`` (a sheet each)."""
    with services().database.read() as session:
        sitting = find_session(session, current_actor(), key)
        minutes, cost = _found(session, sitting)
        sheets = list(_sheets(minutes, cost))
    if kind not in ("csv", "xlsx"):
        raise NotFound
    content = _workbook(sheets) if kind == "xlsx" else _csv(sheets)
    return Response(
        content,
        content_type=_XLSX if kind == "xlsx" else "text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="kaoheng-calibration-{key[:8]}.{kind}"'
        },
    )


def _page(key: str, error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        actor = current_actor()
        sitting = find_session(session, actor, key)
        minutes, cost = _found(session, sitting)
        return render_template(
            "calibration/minutes.html",
            section_of_page="calibrations",
            sitting=sitting,
            minutes=minutes,
            cost=cost,
            writes=sitting.state != "done" and takes_part(actor, sitting),
            was=sha256(sitting.minutes),
            lines=lines(error),
            typed=request.form if error else None,
        )


def _found(session: Session, sitting: CalibrationSession) -> tuple[Minutes, Cost | None]:
    actor = current_actor()
    seen = may_see_pay(session, actor, sitting)
    return minutes_of(session, actor, sitting), cost_of(session, sitting) if seen else None


def _sheets(minutes: Minutes, cost: Cost | None) -> Iterator[Sheet]:
    yield Sheet(
        translate(N_("Session")),
        (translate(N_("What")), translate(N_("Said"))),
        list(_about(minutes, cost)),
    )
    yield Sheet(
        translate(N_("Moves")),
        _words(
            N_("Person"),
            N_("Code"),
            N_("Grade before"),
            N_("Grade after"),
            N_("Reason"),
            N_("By"),
            N_("When"),
        ),
        [
            (m.person.name, m.person.code, m.before, m.after, m.reason, called(m.by), instant(m.at))
            for m in minutes.moves
        ],
    )
    yield Sheet(
        translate(N_("People")),
        _words(
            N_("Person"), N_("Code"), N_("Team"), N_("Total"), N_("Measured grade"), N_("Grade")
        ),
        [
            (
                card.person.name,
                card.person.code,
                card.review.team.name if card.review.team else None,
                card.total,
                card.measured,
                card.grade,
            )
            for card in minutes.board.cards
        ],
    )
    yield Sheet(
        translate(N_("Guidance")),
        _words(N_("Group"), N_("Grade"), N_("Guide"), N_("Measured"), N_("Now"), N_("Exceeded by")),
        [
            (group_name(each), line.grade, line.guide, line.before, line.now, line.exceeded)
            for each in minutes.board.compared
            for line in each.lines
        ],
    )


def _about(minutes: Minutes, cost: Cost | None) -> Iterator[tuple[str, object]]:
    sitting = minutes.sitting
    yield translate(N_("Session")), sitting.name
    yield translate(N_("Cycle")), in_language(cycle_name(sitting.cycle))
    yield translate(N_("State")), word(sitting.state, "calibrations")
    names = "、".join(called(each.account) for each in sitting.participants)
    yield translate(N_("Participants")), names
    for event in minutes.events:
        said = f" · {event.reason}" if event.reason else ""
        told = f"{instant(event.happened_at)} · {called(event.account)}{said}"
        yield word(event.deed, "calibration_deeds"), told
    yield translate(N_("Minutes")), sitting.minutes
    if sitting.exceeded_reason:
        yield translate(N_("Why the guidance is exceeded")), sitting.exceeded_reason
    for card in minutes.board.left_out:
        yield translate(N_("Left out")), f"{card.person.name}: {card.kept.left_out}"
    if cost is not None:
        yield translate(N_("Cost by the measured grades")), cost.before
        yield translate(N_("Cost by the present grades")), cost.after
        yield translate(N_("Budget")), cost.budget


def _words(*messages: str) -> list[str]:
    return [translate(message) for message in messages]


def _csv(sheets: Sequence[Sheet]) -> bytes:
    parts = (f"{sheet.name}\n{csv_text(sheet.header, sheet.rows)}" for sheet in sheets)
    return (_BOM + "\n".join(parts)).encode()


def _workbook(sheets: Sequence[Sheet]) -> bytes:
    book = Workbook(write_only=True)
    for each in sheets:
        sheet = book.create_sheet(each.name)
        sheet.append(list(each.header))
        for row in each.rows:
            sheet.append([cell if isinstance(cell, int) else guarded(cell) for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
