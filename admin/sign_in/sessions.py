"""Sessions end: after 8 hours without a request, and 12 hours after signing in."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user
from flask_security import logout_user, user_authenticated

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)


class RequestSecureSessions(SecureCookieSessionInterface):
    """A cookie that came by https goes back by https only."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        return request.is_secure


def keep_signed_in(app: Flask) -> None:
    """Give a session that has signed in the idle limit, renewed by each request."""
    user_authenticated.connect(_make_permanent, app)


def _make_permanent(_app: Flask, **_: Any) -> None:
    session.permanent = True


def end_old_sessions() -> None:
    """Sign out whoever signed in too long ago; the library keeps the time in ``fs_paa``."""
    if request.endpoint == "static" or "fs_paa" not in session:
        return
    if current_user.is_authenticated and time.time() - session["fs_paa"] > ABSOLUTE.total_seconds():
        logout_user()
