"""The draft as a file: the same edits as the form's, with what is wrong at its line."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.rulebook.live import kept_doubts
from admin.rulebook.remarks import WARNING, Remark, faults_of, remarks
from admin.rulebook.typing import Superseded, typed
from admin.rulebook.words import words_of
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere
from workflows.rulebook.checking import applied, typed_changes
from workflows.rulebook.drafts import save_draft, start_draft
from workflows.rulebook.forms import form_of
from workflows.rulebook.history import Line, text_difference
from workflows.rulebook.merging import merged, over, sent
from workflows.rulebook.reading import (
    author_names,
    draft_of,
    edit_by_id,
    edit_of,
    find_draft,
    open_draft,
)
from workflows.rulebook.tables import PolicyDraft, PolicyEdit

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("rulebook_text", __name__, url_prefix="/rulebook")


@dataclass(frozen=True, slots=True)
class Texts:
    """A draft's texts as somebody has them before them, over the newest edit.

    ``stale``: others saved meanwhile; ``theirs`` is what they changed. ``is_merged``: both are in
    ``text``, which could be put together; otherwise it is only mine.
    """

    draft: PolicyDraft
    edit: PolicyEdit
    text: str
    cases: str
    unsaved: bool = False
    stale: bool = False
    is_merged: bool = False
    theirs: tuple[tuple[Line, ...], ...] = ()

    @property
    def is_closed(self) -> bool:
        return self.draft.state != "open"


@blueprint.get("/<code>/draft/text")
def text(code: str) -> str:
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        draft = open_draft(session, code)
        edit = edit_of(session, draft, draft.seq)
        return _page(session, Texts(draft, edit, edit.text, edit.cases or ""))


@blueprint.post("/<code>/draft/text/open")
def carry(code: str) -> str:
    """The text with what was typed into the form, not saved yet."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        begun = _begun(session, code)
        base, cases = _typed(begun)
        mine = typed_changes(form_of(base, code), request.form)
        shown, _ = applied(base, mine, code)
        return _page(session, _over_newest(session, begun, shown, cases))


@blueprint.post("/<code>/draft/text")
def save(code: str) -> Answer:
    """Keep both texts; where somebody saved meanwhile, show both and keep nothing."""
    allow_everywhere(current_actor(), "draft_policy")
    try:
        with writing() as of:
            begun = _begun(of.session, code)
            mine, cases = _typed(begun)
            if "begin" in request.form and find_draft(of.session, code) is None:
                start_draft(of.session, of.actor, of.now, code=code)
                draft = open_draft(of.session, code)
                shown = Texts(draft, edit_of(of.session, draft, draft.seq), mine, cases)
            else:
                shown = _over_newest(of.session, begun, mine, cases)
            if shown.stale or shown.is_closed:
                return _page(of.session, shown), 409
            seen = shown.edit.seq
            save_draft(
                of.session,
                of.actor,
                of.now,
                shown.draft,
                seen=seen,
                text=mine,
                cases=cases or None,
            )
    except KaohengError as error:
        if error.kind not in {Kind.CONFLICT, Kind.INVALID}:
            raise
        with services().database.read() as session:
            return page(session, code), status_of(error)
    return redirect(url_for("rulebook_text.text", code=code), 303)


@blueprint.post("/<code>/draft/text/check")
def check(code: str) -> Response:
    """The faults of the two texts as they are typed; nothing is kept."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        mine, cases = _typed(_begun(session, code))
    typed(code)
    return jsonify(remarks(faults_of(mine, cases or None, code), code))


@blueprint.post("/<code>/draft/text/lint")
def lint(code: str) -> Answer:
    """What is doubtful in the text as it is typed: it takes longer, and so comes after."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        mine, _ = _typed(_begun(session, code))
    try:
        return jsonify(remarks(kept_doubts(mine, code) or (), code, WARNING))
    except Superseded:
        return "", 204


def page(session: Session, code: str) -> str:
    """Return the page with the texts that were sent, over the newest edit."""
    begun = _begun(session, code)
    return _page(session, _over_newest(session, begun, *_typed(begun)))


def _begun(session: Session, code: str) -> PolicyEdit:
    return edit_by_id(session, code, request.form.get("edit", default=0, type=int))


def _typed(begun: PolicyEdit) -> tuple[str, str]:
    """Return both texts as they are sent."""
    text, cases = begun.text, begun.cases or ""
    return sent(request.form, "text", text), sent(request.form, "cases", cases)


def _over_newest(session: Session, begun: PolicyEdit, mine: str, cases: str) -> Texts:
    """Lay my texts, begun from an edit, over the newest one; where they meet, mine stay."""
    code = draft_of(session, begun).policy.code
    draft = find_draft(session, code) or draft_of(session, begun)
    newest = edit_of(session, draft, draft.seq)
    unsaved = (mine, cases) != (newest.text, newest.cases or "")
    if newest.id == begun.id:
        return Texts(draft, newest, mine, cases, unsaved)
    texts = (begun.text, mine, newest.text)
    of_cases = (begun.cases or "", cases, newest.cases or "")
    return Texts(
        draft,
        newest,
        over(*texts),
        over(*of_cases),
        unsaved,
        stale=True,
        is_merged=None not in (merged(*texts), merged(*of_cases)),
        theirs=tuple(
            tuple(group)
            for base, _, now in (texts, of_cases)
            for group in text_difference(base, now)
        ),
    )


def _page(session: Session, of: Texts) -> str:
    code = of.draft.policy.code
    found: list[Remark] = remarks(faults_of(of.text, of.cases or None, code), code)
    return render_template(
        "rulebook/text.html",
        of=of,
        remarks=found,
        words=words_of(of.text),
        authors=author_names(session, of.draft),
    )
