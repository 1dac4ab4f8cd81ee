"""What is said of a draft: beside the form for who writes it, a page for who only reads it."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.comments.operations import add_comment, begin_thread
from workflows.comments.reading import discussion, draft_to_discuss

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("comments", __name__, url_prefix="/rulebook")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<code>/comments")
def of_draft(code: str) -> str:
    """Show the threads of the draft; a part of the page where the page asks for it."""
    allow_everywhere(current_actor(), "read_comments")
    with services().database.read() as session:
        return _page(session, code)


@blueprint.post("/<code>/comments")
def begin(code: str) -> Answer:
    """Begin a thread at a field, or about the whole."""
    allow_everywhere(current_actor(), "comment_draft")
    try:
        with writing() as of:
            draft = draft_to_discuss(of.session, code)
            path, text = request.form.get("path") or None, request.form.get("text", "")
            begin_thread(of.session, of.actor, of.now, draft, path=path, text=text)
    except KaohengError as error:
        return _refused(code, error)
    return _done(code)


@blueprint.post("/<code>/comments/<int:thread>")
def answer(code: str, thread: int) -> Answer:
    """Answer in a thread, settle it, or open it again."""
    allow_everywhere(current_actor(), "comment_draft")
    deed, text = request.form.get("deed", ""), request.form.get("text", "")
    try:
        with writing() as of:
            draft = draft_to_discuss(of.session, code)
            add_comment(of.session, of.actor, of.now, draft, thread, deed=deed, text=text)
    except KaohengError as error:
        return _refused(code, error, thread)
    return _done(code)


def _done(code: str) -> Answer:
    if "HX-Request" not in request.headers:
        return redirect(url_for("comments.of_draft", code=code), 303)
    with services().database.read() as session:
        return _page(session, code)


def _refused(code: str, error: KaohengError, thread: int | None = None) -> Answer:
    """Show a refusal at the threads, with what was typed."""
    if error.kind is Kind.MISSING:
        raise error
    with services().database.read() as session:
        return _page(session, code, error, thread), status_of(error)


def _page(
    session: Session, code: str, error: KaohengError | None = None, thread: int | None = None
) -> str:
    actor = current_actor()
    draft = draft_to_discuss(session, code)
    part = "HX-Request" in request.headers
    return render_template(
        "comments/part.html" if part else "comments/page.html",
        section_of_page="policies",
        discussion=discussion(session, actor, draft),
        may_comment=may_everywhere(actor, "comment_draft"),
        may_write=may_everywhere(actor, "draft_policy"),
        lines=lines(error),
        refused=thread,
        typed=request.form if error else {},
        is_part=part,
        # A submission's page takes the threads in, and has no fields to mark.
        has_marks=part and "/submission" not in request.headers.get("HX-Current-URL", ""),
    )
