"""Answering a survey about the programme, once and without a name."""

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
from workflows.programme.questions import HIGHEST, LEAST_ANSWERS, LOWEST, QUESTIONS
from workflows.programme.survey import answer_survey, find_survey, has_answered, is_over

blueprint = Blueprint("survey", __name__, url_prefix="/survey")
Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<key>")
def form(key: str) -> str:
    allow(current_actor(), "answer_survey")
    return _page(key)


@blueprint.post("/<key>")
def answer(key: str) -> Page:
    """Keep the answer; a refusal keeps what was typed."""
    allow(current_actor(), "answer_survey")
    scores = {each.code: request.form.get(each.code, 0, int) for each in QUESTIONS}
    try:
        with writing(quiet=True) as of:
            survey = find_survey(of.session, of.actor, key)
            today = services().today()
            answer_survey(of.session, of.actor, of.now, survey, scores, text("text"), today)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(key, lines=said(error), typed=request.form), status_of(error)
    return redirect(url_for("survey.form", key=key), 303)


def _page(key: str, **shown: Any) -> str:
    actor = current_actor()
    with services().database.read() as session:
        survey = find_survey(session, actor, key)
        return render_template(
            "programme/survey.html",
            survey=survey,
            questions=QUESTIONS,
            scale=range(LOWEST, HIGHEST + 1),
            least=LEAST_ANSWERS,
            answered=has_answered(session, survey, actor.oneself),
            is_over=is_over(survey, services().today()),
            **shown,
        )
