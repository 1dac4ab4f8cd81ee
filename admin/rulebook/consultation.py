"""The consultation about a draft: what was held with employees, its files, opinions and answers."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.attached import ATTACHING, download, sent_files
from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.base.clock import today
from workflows.consultation.operations import (
    KINDS,
    VERDICTS,
    Record,
    add_opinion,
    answer_opinion,
    find_consultation,
    find_opinion,
    record_consultation,
)
from workflows.consultation.reading import (
    consultations,
    draft_consulted,
    find_file,
    missing_consultation,
)

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("consultation", __name__, url_prefix="/rulebook")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<code>/consultation")
def of_draft(code: str) -> str:
    """Show what was held about the draft; a part of the page where the page asks for it."""
    allow_everywhere(current_actor(), "read_consultations")
    with services().database.read() as session:
        return _page(session, code)


@blueprint.post("/<code>/consultation")
def record(code: str) -> Answer:
    allow_everywhere(current_actor(), "record_consultation")
    try:
        files = sent_files()
        with writing() as of:
            draft = draft_consulted(of.session, code)
            day = today(of.now, services().settings.timezone)
            record_consultation(of.session, of.actor, of.now, draft, _record(), files, day)
    except KaohengError as error:
        return _refused(code, error)
    return redirect(url_for("consultation.of_draft", code=code), 303)


@blueprint.post("/<code>/consultation/<key>/opinions")
def opinion(code: str, key: str) -> Answer:
    """Keep an opinion that was given at one of the consultations."""
    allow_everywhere(current_actor(), "record_consultation")
    try:
        with writing() as of:
            draft = draft_consulted(of.session, code)
            held = find_consultation(of.session, draft, key)
            said_by, text = request.form.get("said_by", ""), request.form.get("text", "")
            add_opinion(of.session, of.actor, of.now, draft, held, said_by=said_by, text=text)
    except KaohengError as error:
        return _refused(code, error)
    return redirect(url_for("consultation.of_draft", code=code), 303)


@blueprint.post("/<code>/consultation/opinions/<int:opinion_id>")
def answer(code: str, opinion_id: int) -> Answer:
    """Answer an opinion, once."""
    allow_everywhere(current_actor(), "record_consultation")
    try:
        with writing() as of:
            draft = draft_consulted(of.session, code)
            found = find_opinion(of.session, draft, opinion_id)
            verdict, said = request.form.get("verdict", ""), request.form.get("answer", "")
            answer_opinion(of.session, of.actor, of.now, draft, found, verdict=verdict, answer=said)
    except KaohengError as error:
        return _refused(code, error)
    return redirect(url_for("consultation.of_draft", code=code), 303)


@blueprint.get("/<code>/consultation/files/<int:file_id>")
def file(code: str, file_id: int) -> Response:
    """Give an attachment as a download, never to be shown by the browser itself."""
    with services().database.read() as session:
        found = find_file(session, current_actor(), code, file_id)
        return download(found)


def _record() -> Record:
    form = request.form
    try:
        held_on = date.fromisoformat(form.get("held_on", ""))
    except ValueError:
        held_on = None
    return Record(form.get("kind", ""), held_on, form.get("participants", ""), form.get("text", ""))


def _refused(code: str, error: KaohengError) -> Answer:
    """Show a refusal on the page, with what was typed."""
    if error.kind is Kind.MISSING:
        raise error
    with services().database.read() as session:
        return _page(session, code, error), status_of(error)


def _page(session: Session, code: str, error: KaohengError | None = None) -> str:
    actor = current_actor()
    draft = draft_consulted(session, code)
    part = "HX-Request" in request.headers
    return render_template(
        "consultation/part.html" if part else "consultation/page.html",
        section_of_page="policies",
        policy=draft.policy,
        held=consultations(session, actor, draft),
        missing=missing_consultation(session, draft.id),
        required=services().settings.consultation == "required",
        may_record=may_everywhere(actor, "record_consultation") and not part,
        kinds=KINDS,
        verdicts=VERDICTS,
        **ATTACHING,
        lines=lines(error),
        typed=request.form if error else {},
        is_part=part,
    )
