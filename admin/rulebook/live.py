"""What comes after the check while somebody types: what is doubtful, and the curves."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from admin.rulebook.curve import drawings
from admin.rulebook.desk import by_field
from admin.rulebook.typing import Superseded, typed
from admin.rulebook.wording import Worder
from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import Fault
from engine.sheets.parts import Sheet
from engine.sheets.trails import standing
from workflows.access.decide import allow_everywhere
from workflows.base.kept import Kept
from workflows.rulebook.checking import applied, doubts, typed_changes
from workflows.rulebook.forms import form_of
from workflows.rulebook.merging import sent
from workflows.rulebook.reading import edit_by_id

Answer = str | tuple[str, int]
_KEPT: Kept[tuple[str, str], tuple[Fault, ...] | None] = Kept(8)
blueprint = Blueprint("rulebook_live", __name__, url_prefix="/rulebook")


@blueprint.post("/<code>/lint")
def lint(code: str) -> Answer:
    """What is doubtful in the form as typed, at its fields; nothing is kept."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        text = typed_text(session, code)
    try:
        found = kept_doubts(text, code)
    except Superseded:
        return "", 204
    form = form_of(text, code)
    found = found and in_words(form, found)
    placed, general = by_field(form, found or ())
    return render_template(
        "rulebook/doubts.html",
        found=found,
        placed=placed,
        general=general,
        labels=standing(form) if found else {},
    )


def in_words(form: Sheet, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Return doubts in which the policy's names are called by what they mean."""
    words = Worder.of(form)
    return tuple(
        replace(each, params={name: words.in_text(value) for name, value in each.params.items()})
        for each in faults
    )


@blueprint.post("/<code>/curves")
def curves(code: str) -> str:
    """The curves of the form as typed; nothing is kept."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        text = typed_text(session, code)
    return render_template("rulebook/drawn.html", drawings=drawings(text, code))


def typed_text(session: Session, code: str) -> str:
    """Return the text that the form in this request would save, begun from the edit it names."""
    begun = edit_by_id(session, code, request.form.get("edit", default=0, type=int))
    base = sent(request.form, "text", begun.text)
    text, _ = applied(base, typed_changes(form_of(base, code), request.form), code)
    return text


def kept_doubts(text: str, code: str) -> tuple[Fault, ...] | None:
    """Return what is doubtful in a text, looked for once; None while it has faults.

    Raises ``Superseded`` as soon as this person types on.
    """
    pause = typed(code)
    return _KEPT.get((text, code), lambda: doubts(text, code, pause))
