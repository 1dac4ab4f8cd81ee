"""Error pages in our look: what happened, what to do; never a traceback."""

from __future__ import annotations

from typing import NamedTuple

import structlog
from flask import Flask, current_app, g, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from admin.guard import require_sign_in
from admin.refusals import lines as in_words
from engine.errors import N_, KaohengError, Kind

_log = structlog.get_logger(__name__)

Page = tuple[str, int]


class Wording(NamedTuple):
    title: str
    remedy: str


_WORDINGS = {
    400: Wording(
        N_("This request could not be understood"),
        N_("Go back, reload the page and try again."),
    ),
    403: Wording(
        N_("You may not see this page"),
        N_("Ask somebody whose role allows it, or an administrator for the role."),
    ),
    404: Wording(
        N_("There is no such page"),
        N_("It may have been moved, or it is not yours to see. Start again from the overview."),
    ),
    405: Wording(
        N_("This page cannot be used like that"),
        N_("Go back, reload the page and try again."),
    ),
    409: Wording(
        N_("Somebody else was first"),
        N_("Reload the page to see what has changed, then decide again."),
    ),
    413: Wording(
        N_("That is too much at once"),
        N_("Send a smaller file or a shorter form."),
    ),
    500: Wording(
        N_("Something went wrong on our side"),
        N_("Nothing was changed. Try again; if it happens again, tell your administrator when."),
    ),
}
_CSRF = Wording(
    N_("This form is no longer valid"),
    N_("You may have signed out elsewhere, or waited long. Reload the page and send it again."),
)
_STATUS = {Kind.INVALID: 400, Kind.DENIED: 403, Kind.MISSING: 404, Kind.CONFLICT: 409}


def register(app: Flask) -> None:
    app.register_error_handler(KaohengError, _refusal)
    app.register_error_handler(CSRFError, _no_longer_valid)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OverflowError, _beyond_all_rows)
    app.register_error_handler(DataError, _beyond_all_rows)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: KaohengError) -> int:
    """Return the status that a page answers a refusal with."""
    return _STATUS[error.kind]


def _refusal(error: KaohengError) -> Page:
    status = status_of(error)
    wording = _WORDINGS[status]
    if all(fault.remedy for fault in error.faults):
        wording = wording._replace(remedy="")
    return _page(status, wording, in_words(error))


def _no_longer_valid(_: CSRFError) -> Page | Response:
    """Send whose session has ended to sign in: it is why the form's token fits no session."""
    return require_sign_in() or _page(400, _CSRF)


def _http(error: HTTPException) -> Page | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    known = status if status in _WORDINGS else (500 if status >= 500 else 400)
    return _page(status, _WORDINGS[known])


def _beyond_all_rows(error: OverflowError | DataError) -> Page:
    """Answer a number in an address or a form that is larger than any row's as one of no row."""
    beyond = isinstance(error, OverflowError) or getattr(error.orig, "sqlstate", "") == "22003"
    return _page(404, _WORDINGS[404]) if beyond else _unexpected(error)


def _unexpected(error: Exception) -> Page:
    # The database may be what failed: do not ask it once more who is signed in.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    _log.error("unexpected error", exc_info=error)
    return _page(500, _WORDINGS[500])


def _page(status: int, wording: Wording, lines: list[str] | None = None) -> Page:
    page = render_template("error.html", status=status, wording=wording, lines=lines or [])
    return page, status
