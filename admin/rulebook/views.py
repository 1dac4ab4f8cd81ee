"""The addresses of the editor: a policy to read, its draft to write, check or discard."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.rulebook import edits, entries, live, text
from admin.rulebook.curve import drawings
from admin.rulebook.desk import Desk, desk, weights_of
from admin.rulebook.reading import chapters
from admin.rulebook.typing import typed
from admin.rulebook.wording import said
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import KaohengError, Kind
from engine.reader import Path
from engine.sheets.conditions import SIGNS, compared
from engine.sheets.operate import Operation, operated
from engine.sheets.parts import dotted
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.publishing.days import next_first_day
from workflows.rulebook.cases import taken_over
from workflows.rulebook.drafts import discard_draft, save_draft, start_draft
from workflows.rulebook.forms import form_of
from workflows.rulebook.reading import (
    draft_of,
    edit_by_id,
    facts_of,
    find_draft,
    last_days,
    open_draft,
    version_to_read,
    versions_of,
)

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("rulebook", __name__, url_prefix="/rulebook")


def register(app: Flask) -> None:
    for each in (blueprint, text.blueprint, live.blueprint, edits.blueprint, entries.blueprint):
        app.register_blueprint(each)
    app.jinja_env.filters.update(said=said, slot=slot, compared=compared)
    app.jinja_env.globals["signs"] = SIGNS


def slot(name: str) -> str:
    """Return the id of a field's element from the field's name."""
    return name.replace(".", "-")


@blueprint.get("/<code>")
def policy(code: str) -> str:
    """The version in force, or ``?version=``, on the editor's form, to read."""
    actor = current_actor()
    allow_everywhere(actor, "list_policies")
    today = services().today()
    with services().database.read() as session:
        version = version_to_read(session, code, request.args.get("version", type=int), on=today)
        form = form_of(version.text, code)
        return render_template(
            "rulebook/policy.html",
            version=version,
            facts=facts_of(version),
            chapters=chapters(form, drawings(version.text, code)),
            weights=weights_of(form),
            versions=versions_of(session, code, today),
            since=last_days(session),
            draft=find_draft(session, code),
            may_write=may_everywhere(actor, "draft_policy"),
        )


@blueprint.post("/<code>/start")
def start(code: str) -> Response:
    with writing() as of:
        start_draft(of.session, of.actor, of.now, code=code)
    return redirect(url_for("rulebook.draft", code=code), 303)


@blueprint.get("/<code>/draft")
def draft(code: str) -> str | Response:
    """The draft to write; one that is submitted is read on the submission's page."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        found = find_draft(session, code)
        if found is not None and found.state == "submitted":
            return redirect(url_for("submissions.submission", code=code), 303)
        return _page(desk(session, current_actor(), found or open_draft(session, code)))


@blueprint.post("/<code>/draft/form")
def unfold(code: str) -> Answer:
    """The form of a text as it was typed, not saved yet; the text again where it has no form."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        try:
            return _page(_typed_desk(session, code))
        except KaohengError as error:
            if error.kind is not Kind.INVALID:
                raise
            return text.page(session, code), status_of(error)


@blueprint.post("/<code>/draft/structure")
def structure(code: str) -> Answer:
    """The form with an entry, a row or a part put in, taken out or moved; nothing is kept."""
    allow_everywhere(current_actor(), "draft_policy")
    op, _, name = request.form.get("do", "").partition(" ")
    wanted = Operation(op, name, request.form.get(f"{op}:{name}", ""))
    with services().database.read() as session:
        shown = _typed_desk(session, code)
        if shown.stale or shown.is_closed:
            return _page(shown), 409
        try:
            after = operated(shown.text, wanted, code)
        except KaohengError as error:
            return _page(shown, refusal=error), status_of(error)
        left = {name: typed for name, typed in request.form.items() if name in shown.faults}
        again = _typed_desk(session, code, left | {"text": after.text, "cases": shown.cases or ""})
        return _page(again, opened=after.path)


@blueprint.post("/<code>/check")
def check(code: str) -> str:
    """What is to be said of the form as it is typed; nothing is kept."""
    allow_everywhere(current_actor(), "draft_policy")
    typed(code)
    with services().database.read() as session:
        return render_template("rulebook/checked.html", desk=_typed_desk(session, code))


@blueprint.post("/<code>/draft")
def save(code: str) -> Answer:
    """Keep the form; where somebody saved meanwhile, show both and keep nothing."""
    allow_everywhere(current_actor(), "draft_policy")
    try:
        with writing() as of:
            begins = "begin" in request.form and find_draft(of.session, code) is None
            if begins:
                start_draft(of.session, of.actor, of.now, code=code)
            shown = _typed_desk(of.session, code)
            if not begins and (shown.stale or shown.is_closed):
                return _page(shown), 409
            _keep(of, shown)
    except KaohengError as error:
        if error.kind is not Kind.CONFLICT:
            raise
        with services().database.read() as session:
            return _page(_typed_desk(session, code)), 409
    if any(fault.code in _UNWRITTEN for fault in shown.findings.faults):
        return _page(shown), 400
    return redirect(url_for("rulebook.draft", code=code), 303)


def _keep(of: Writing, shown: Desk) -> None:
    cases = shown.cases
    if cases and "take_over" in request.form:
        cases = taken_over(cases, list(shown.findings.differing), shown.draft.policy.code)
    save_draft(
        of.session,
        of.actor,
        of.now,
        shown.draft,
        seen=shown.edit.seq,
        text=shown.text,
        cases=cases,
    )


# What was typed and could not be put into the text: it stays on the form, and is told.
_UNWRITTEN = frozenset({"rules.edit", "rulebook.empty"})


@blueprint.post("/<code>/discard")
def discard(code: str) -> Answer:
    allow_everywhere(current_actor(), "draft_policy")
    try:
        with writing() as of:
            discard_draft(of.session, of.actor, of.now, open_draft(of.session, code), seen=_seen())
    except KaohengError as error:
        return refused_on_draft(code, error)
    return redirect(url_for("rulebook.policy", code=code), 303)


def _typed_desk(session: Session, code: str, typed: Mapping[str, str] | None = None) -> Desk:
    """Return the newest draft with what this form, begun from an edit that it names, has typed."""
    begun = edit_by_id(session, code, request.form.get("edit", default=0, type=int))
    found = find_draft(session, code) or draft_of(session, begun)
    return desk(session, current_actor(), found, begun=begun, typed=typed or request.form)


def _seen() -> int:
    return request.form.get("seen", default=0, type=int)


def refused_on_draft(code: str, error: KaohengError) -> Answer:
    """Show a refusal on the draft's page, with the reason that was typed."""
    if error.kind is Kind.MISSING or not may_everywhere(current_actor(), "draft_policy"):
        raise error
    with services().database.read() as session:
        found = find_draft(session, code) or open_draft(session, code)
        return _page(desk(session, current_actor(), found), refusal=error), status_of(error)


def _page(of: Desk, refusal: KaohengError | None = None, opened: Path = ()) -> str:
    return render_template(
        "rulebook/draft.html",
        desk=of,
        later=entries.are_many(of.sheet),
        shown=entries.to_show(of.sheet, {*of.faults, *of.typed}),
        refusal=refusal,
        opened=dotted(opened),
        reason=request.form.get("reason", ""),
        first_day=request.form.get("first_day") or _first_day(of),
    )


def _first_day(of: Desk) -> str:
    """Return the day that is offered: the first of the policy's next period."""
    policy = of.findings.policy
    return next_first_day(policy, services().today()).isoformat() if policy else ""
