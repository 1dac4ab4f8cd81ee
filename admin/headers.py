"""What every response says to the browser: load nothing from elsewhere, run nothing inline."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def register(app: Flask) -> None:
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    response.headers.update(_ALWAYS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static" and response.status_code in {200, 304}:
        # A page's address of a file changes with its content (admin/assets.py); a script that
        # another one imports has none such and is asked for anew. A page's cookie may ride along,
        # so no shared cache may keep either.
        response.headers["Cache-Control"] = (
            "private, max-age=31536000, immutable" if "v" in request.args else "private, no-cache"
        )
    elif request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
