"""The sign-in form: it never tells which part was wrong, nor whether an account exists."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from flask import current_app, request
from flask_security import LoginForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from admin.redirects import local_target
from admin.sign_in.throttle import Throttle
from workflows.accounts.passwords import hash_password, verify_password


class SignInForm(LoginForm):
    """User name and password; ``status`` is the page's HTTP status."""

    email = None
    remember = None
    username = StringField(validators=[DataRequired(), Length(max=64)])
    password = PasswordField(validators=[DataRequired(), Length(max=1024)])

    failed = False
    minutes_to_wait = 0

    @property
    def status(self) -> int:
        if self.minutes_to_wait:
            return 429
        return 401 if self.failed else 200

    def validate(self, **kwargs: Any) -> bool:
        throttle: Throttle = current_app.extensions["sign_in_throttle"]
        username, address = self.username.data or "", request.remote_addr or ""
        if wait := throttle.seconds_to_wait(username, address):
            self.minutes_to_wait = math.ceil(wait / 60)
            return False
        if self._is_right(**kwargs):
            throttle.succeeded(username, address)
            return True
        self.failed = True
        throttle.failed(username, address)
        return False

    def validate_next(self, field: StringField) -> None:
        """Go to the overview instead of to somebody else's site."""
        field.data = local_target(field.data)

    def _is_right(self, **kwargs: Any) -> bool:
        self.ifield = self.username
        self.user = current_app.extensions["security"].datastore.find_user(
            username=self.username.data
        )
        if self.user is not None:
            return bool(super().validate(**kwargs))
        # As a wrong password in everything that one could see: the same page, the same time.
        super(LoginForm, self).validate(**kwargs)
        verify_password(self.password.data or "", nobodys_password())
        return False


@cache
def nobodys_password() -> str:
    """Return a hash to compare with where there is no account."""
    return hash_password("")
