"""Every route needs a sign-in unless it is named here."""

from __future__ import annotations

from flask import Flask, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

PUBLIC = frozenset({"static", "health.healthz", "security.login", "preferences.choose"})


def register(app: Flask) -> None:
    app.before_request(_require_sign_in)


def _require_sign_in() -> Response | None:
    # No endpoint: the address does not exist, which a stranger may know.
    if request.endpoint is None or request.endpoint in PUBLIC or current_user.is_authenticated:
        return None
    if "HX-Request" in request.headers:
        # htmx would put the sign-in page into a part of the page: send the whole page there.
        return Response(status=401, headers={"HX-Redirect": url_for("security.login")})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("security.login", next=wanted if wanted != "/" else None))
