"""Every route needs a sign-in unless it is named here."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from admin.redirects import local_target

PUBLIC = frozenset(
    {
        "static",
        "health.healthz",
        "security.login",
        "preferences.choose",
        # a customer has no account: their signed link says which form is theirs
        "customers.form",
        "customers.give",
    }
)


def register(app: Flask) -> None:
    app.before_request(require_sign_in)


def require_sign_in() -> Response | None:
    """Return where a stranger is sent; None for those who may go on."""
    # No endpoint: the address does not exist, which a stranger may know.
    if request.endpoint is None or request.endpoint in PUBLIC or current_user.is_authenticated:
        return None
    if "HX-Request" in request.headers:
        # htmx would put the sign-in page into a part of the page: send the whole page there.
        return Response(status=401, headers={"HX-Redirect": url_for("security.login")})
    # What a form sends is not sent again; one comes back to the page that it stood on.
    asked = request.full_path.rstrip("?") if request.method == "GET" else _page_before()
    wanted = local_target(asked)
    return redirect(url_for("security.login", next=wanted if wanted != "/" else None))


def _page_before() -> str:
    """Return the page of this service that the browser says it comes from, if one can go there."""
    before = urlsplit(request.referrer or "")
    adapter = current_app.create_url_adapter(request)
    if adapter is None or before.netloc != request.host or not adapter.test(before.path, "GET"):
        return "/"
    return before.path
