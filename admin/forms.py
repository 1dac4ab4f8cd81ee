"""What every form carries unseen: a token against forgery, and a key of its own.

The key names one filling-in of one form, so that sending it twice does it once.
"""

from __future__ import annotations

import secrets

from flask import Flask
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

KEY_FIELD = "idempotency_key"


def register(app: Flask) -> None:
    app.jinja_env.globals.update(form_token=form_token)


def form_token() -> Markup:
    """Return the hidden fields that every form of a POST begins with."""
    fields = Markup(
        '<input type="hidden" name="csrf_token" value="{token}">'
        '<input type="hidden" name="{name}" value="{key}">'
    )
    return fields.format(token=generate_csrf(), name=KEY_FIELD, key=secrets.token_urlsafe(16))
