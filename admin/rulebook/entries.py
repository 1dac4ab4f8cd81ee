"""The fields of one entry, when somebody opens it: a page of thousands of fields is slow.

What is not on the page is not sent, and what is not sent stays as the text has it.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, abort, render_template, request

from admin.services import services
from admin.sign_in.current import current_actor
from engine.sheets.parts import Group, Sheet
from workflows.access.decide import allow_everywhere
from workflows.rulebook.forms import form_of
from workflows.rulebook.merging import sent
from workflows.rulebook.reading import edit_by_id

MANY = 600  # fields that a page shows at once
blueprint = Blueprint("rulebook_entries", __name__, url_prefix="/rulebook")


@blueprint.post("/<code>/draft/entry")
def fields(code: str) -> str:
    """The fields of ``?of=`` in the text that the form was made from, before anything is typed."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        begun = edit_by_id(session, code, request.form.get("edit", default=0, type=int))
        form = form_of(sent(request.form, "text", begun.text), code)
    wanted = request.args.get("of", "")
    found = (each for each in entries(form) if each.name == wanted)
    return render_template("rulebook/entry.html", code=code, entry=next(found, None) or abort(404))


def are_many(form: Sheet) -> bool:
    return len(form.fields) > MANY


def entries(form: Sheet) -> list[Group]:
    """Return what has a name of its own and fields below it."""
    return [
        each
        for part in form.sections
        for each in part.elements
        if isinstance(each, Group) and each.is_entry
    ]


def to_show(form: Sheet, names: Collection[str]) -> frozenset[str]:
    """Name the entries that hold one of the fields ``names``: typed into, or with a fault."""
    return frozenset(
        each.name
        for each in entries(form)
        if any(f"{name}.".startswith(f"{each.name}.") for name in names)
    )
