"""Changing one's own password."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security import logout_user
from werkzeug.wrappers import Response

from admin import refusals
from admin.errors import status_of
from admin.sign_in.throttle import Throttle
from admin.writing import writing
from engine.errors import N_, KaohengError, refuse
from workflows.accounts.changing import change_password

blueprint = Blueprint("password", __name__)


@blueprint.get("/password")
def form() -> str:
    return render_template("accounts/password.html", lines=[])


@blueprint.post("/password")
def change() -> Response | tuple[str, int]:
    """Change it and ask to sign in with it: every session of the account has ended."""
    try:
        _throttled_change()
    except KaohengError as error:
        lines = refusals.lines(error)
        return render_template("accounts/password.html", lines=lines), status_of(error)
    logout_user()
    return redirect(url_for("security.login"), 303)


def _throttled_change() -> None:
    """Whoever found a session open must not guess the password here either."""
    throttle: Throttle = current_app.extensions["sign_in_throttle"]
    username, address = current_user.username, request.remote_addr or ""
    if throttle.seconds_to_wait(username, address):
        raise refuse(
            "accounts.too_many_attempts",
            N_("Too many attempts."),
            N_("Try again in a quarter of an hour."),
        )
    try:
        with writing() as act:
            change_password(
                act.session,
                act.actor,
                act.now,
                current=request.form.get("current", ""),
                new=request.form.get("new", ""),
                again=request.form.get("again", ""),
            )
    except KaohengError as error:
        if error.faults[0].code == "accounts.wrong_password":
            throttle.failed(username, address)
        raise
    throttle.succeeded(username, address)
