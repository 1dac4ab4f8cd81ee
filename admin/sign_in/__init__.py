"""Signing in and out: Flask-Security over our accounts, throttled, with sessions that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, render_template
from flask_security import Security
from flask_wtf.csrf import CSRFProtect

from admin.sign_in import history
from admin.sign_in.accounts import AccountStore
from admin.sign_in.form import SignInForm, nobodys_password
from admin.sign_in.sessions import IDLE, RequestSecureSessions, end_old_sessions, keep_signed_in
from admin.sign_in.throttle import Throttle
from workflows.base.database import Database

_CONFIG = {
    "SESSION_COOKIE_NAME": "kaoheng_session",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": IDLE,
    # A form is valid as long as its session.
    "WTF_CSRF_TIME_LIMIT": None,
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {}}],
    "SECURITY_PASSWORD_HASH": "argon2",
    # Our hashes are plain argon2id, not of an HMAC of the password.
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_PASSWORD_NORMALIZE_FORM": None,
    "SECURITY_LOGIN_USER_TEMPLATE": "sign_in.html",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_FLASH_MESSAGES": False,
    # No page of the library's own: no re-authentication view, no static files, no commands.
    "SECURITY_FRESHNESS": timedelta(seconds=-1),
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
}


def register(app: Flask, database: Database) -> None:
    """Add sign-in, sign-out, CSRF protection of every POST, and the ends of sessions."""
    app.config.update(_CONFIG)
    app.session_interface = RequestSecureSessions()
    CSRFProtect(app)
    app.extensions["sign_in_throttle"] = Throttle()
    security = Security(
        app,
        AccountStore(database),
        login_form=SignInForm,
        # A page with its status is as good to Flask as a page.
        render_template=_render,  # type: ignore[arg-type]
    )
    # Pages only: programs have tokens of their own and never the library's.
    security.want_json(lambda _request: False)
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]
    app.before_request(end_old_sessions)
    keep_signed_in(app)
    nobodys_password()  # made now: the first stranger must not wait longer
    history.register(app)


def _render(template: str, *, login_user_form: SignInForm, **_: Any) -> tuple[str, int]:
    page = render_template(template, form=login_user_form)
    return page, login_user_form.status
