"""Language and theme: chosen by a POST, kept in a cookie, Chinese and the system's theme first."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, g, redirect, request
from flask_babel import Babel
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.redirects import local_target
from admin.services import services
from workflows.base import i18n
from workflows.base.settings import LANGUAGES, Settings

THEMES = ("auto", "light", "dark")
_CHOICES = {"language": LANGUAGES, "theme": THEMES}
_YEAR = timedelta(days=365)

blueprint = Blueprint("preferences", __name__)


def register(app: Flask, settings: Settings) -> None:
    """Give pages their language, their time zone and the translating ``_``."""
    Babel(
        app,
        default_locale=settings.language,
        default_domain=i18n.DOMAIN,
        default_translation_directories=str(i18n.LOCALE_FOLDER),
        default_timezone=settings.timezone.key,
        locale_selector=language,
    )
    app.register_blueprint(blueprint)
    # Flask-Babel's own gettext fills in %(name)s; our one catalogue has {name}.
    app.jinja_env.globals.update(_=translate, language=language, chosen_theme=theme)


def language() -> str:
    """Return the language of this request: the cookie's, else the settings'."""
    # An error page may be shown where the settings cannot be reached twice: keep the answer.
    if "language" not in g:
        chosen = request.cookies.get("language", "")
        g.language = chosen if chosen in LANGUAGES else services().settings.language
    return str(g.language)


def theme() -> str:
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else "auto"


def translate(message: str, /, **params: object) -> str:
    """Translate ``message`` into this request's language and fill in its ``{name}`` fields."""
    return i18n.gettext(message, language(), **params)


@blueprint.post("/preferences/<name>")
def choose(name: str) -> Response:
    """Keep a choice in a cookie and go back to where it was made."""
    value = request.form.get("value", "")
    if value not in _CHOICES.get(name, ()):
        raise BadRequest
    response = redirect(local_target(request.form.get("next")), 303)
    response.set_cookie(
        name, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response
