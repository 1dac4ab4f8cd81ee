"""One measure: what it is, and saying that it is done or dropped."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.tracking.typed import said, text
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow
from workflows.tracking.finding import find_undertaking
from workflows.tracking.undertakings import end_measure

blueprint = Blueprint("measures", __name__, url_prefix="/measures")
Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>")
def details(key: str) -> str:
    allow(current_actor(), "end_measure")
    return _page(key)


@blueprint.post("/<key>/end")
def end(key: str) -> Page:
    """Close a measure, with its effect or the reason."""
    allow(current_actor(), "end_measure")
    try:
        with writing() as of:
            measure = find_undertaking(of.session, of.actor, key)
            end_measure(
                of.session, of.actor, of.now, measure, state=text("state"), said=text("said")
            )
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, lines=said(error), typed=request.form), status_of(error)
    return redirect(url_for("measures.details", key=key), 303)


def _page(key: str, **shown: Any) -> str:
    with services().database.read() as session:
        measure = find_undertaking(session, current_actor(), key)
        return render_template("tracking/measure.html", measure=measure, **shown)
