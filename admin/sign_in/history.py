"""Who signed in and out goes into the log; the library only tells through its signals."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_login import user_logged_out
from flask_security import user_authenticated

from admin.services import services
from admin.sign_in.accounts import SignedIn
from workflows.log.append import append
from workflows.log.leaf import Subject


def register(app: Flask) -> None:
    user_authenticated.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)


def _signed_in(_app: Flask, user: SignedIn, **_: Any) -> None:
    _append("sign_in", user)


def _signed_out(_app: Flask, user: Any, **_: Any) -> None:
    if isinstance(user, SignedIn):
        _append("sign_out", user)


def _append(action: str, user: SignedIn) -> None:
    account = user.actor.public_id
    with services().database.write() as session:
        append(
            session,
            action=action,
            actor=account,
            subject=Subject("account", account),
            at=services().clock(),
        )
