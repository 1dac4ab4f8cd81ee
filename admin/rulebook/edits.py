"""The edits of a draft as a list, and taking one of them again."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from workflows.access.decide import allow_everywhere
from workflows.rulebook.edits import edits_of, take_again
from workflows.rulebook.reading import open_draft

blueprint = Blueprint("rulebook_edits", __name__, url_prefix="/rulebook")


@blueprint.get("/<code>/draft/edits")
def edits(code: str) -> str:
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        draft = open_draft(session, code)
        told = edits_of(session, current_actor(), draft)
        return render_template("rulebook/edits.html", draft=draft, told=told)


@blueprint.post("/<code>/draft/take")
def take(code: str) -> Response:
    """Make an earlier edit the newest one again, as a new edit."""
    allow_everywhere(current_actor(), "draft_policy")
    seen, seq = (request.form.get(name, default=-1, type=int) for name in ("seen", "seq"))
    with writing() as of:
        draft = open_draft(of.session, code)
        take_again(of.session, of.actor, of.now, draft, seen=seen, seq=seq)
    return redirect(url_for("rulebook.draft", code=code), 303)
