"""One's own consents: what a change of rules would take, and one's answer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for

from admin.errors import status_of
from admin.rulebook.views import Answer
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow
from workflows.publishing.consents import (
    answer_consent,
    find_consent,
    own_consents,
    version_of_consent,
    waits,
)

blueprint = Blueprint("consents", __name__, url_prefix="/consents")


@blueprint.get("/")
def index() -> str:
    return _page()


@blueprint.post("/<int:number>")
def answer(number: int) -> Answer:
    allow(current_actor(), "answer_consent")
    try:
        with writing() as of:
            answer_consent(
                of.session,
                of.actor,
                of.now,
                find_consent(of.session, of.actor, number),
                answer=request.form.get("answer", ""),
                reason=request.form.get("reason", ""),
            )
    except KaohengError as error:
        if error.kind is Kind.MISSING:
            raise
        return _page(error, number), status_of(error)
    return redirect(url_for("consents.index"), 303)


def _page(refusal: KaohengError | None = None, typed: int | None = None) -> str:
    actor = current_actor()
    allow(actor, "answer_consent")
    with services().database.read() as session:
        return render_template(
            "publishing/consents.html",
            consents=own_consents(session, actor),
            version_of=version_of_consent,
            waits=waits,
            refusal=refusal,
            typed=typed,
        )
