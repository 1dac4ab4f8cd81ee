"""The word of success: the page that follows a form says once what was done.

What is said is what the log says, so a view says nothing of its own. It goes from the answer to
the page that follows in the session's cookie, as the log's codes, which hold nothing of anybody.
"""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from flask import Flask, Response, after_this_request, g, request
from flask import session as browser
from sqlalchemy.orm import Session

from admin.preferences import translate
from admin.words import word
from engine.errors import N_
from workflows.log.append import appended

# Within the service only: what an answer says, so that the answer kept under a key says it too.
HEADER = "Kaoheng-Done"
_KEPT = "done"
_MOST = 3
_SAVED = "-"


def register(app: Flask) -> None:
    """Register before ``admin.idempotency``: what is done last takes the header off again."""
    app.after_request(_hand_over)
    app.jinja_env.globals.update(done_before=done_before, done_here=done_here)


def tell(session: Session, actor: str) -> None:
    """Have the page that follows this request say what ``actor`` did in ``session``.

    Only the actor's own entries count: what the system did about it is not their deed.
    """
    if "done" not in g:
        g.done = Counter()
        after_this_request(_note)
    g.done.update(each.action for each in appended(session) if each.actor_id == actor)


def done_before() -> list[str]:
    """Return what was done to lead to this page, once; nothing on any other page."""
    kept = browser.pop(_KEPT, None) if _KEPT in browser else None
    if kept is None or kept["at"] != request.script_root + request.path:
        return []
    return _words(kept["did"])


def done_here() -> list[str]:
    """Return what this request itself did, for a part of a page that is swapped in."""
    return _words(_written(g.done)) if "done" in g else []


def _note(response: Response) -> Response:
    if response.status_code == 303 and response.location:
        response.headers[HEADER] = _written(g.done)
    return response


def _hand_over(response: Response) -> Response:
    did = response.headers.pop(HEADER, None)
    if did is not None:
        browser[_KEPT] = {"at": urlsplit(response.location or "").path, "did": did}
    return response


def _written(did: Counter[str]) -> str:
    """Return the first few deeds as ``action*count``; ``-`` for one that the log does not have."""
    return ",".join(f"{action}*{count}" for action, count in list(did.items())[:_MOST]) or _SAVED


def _words(did: str) -> list[str]:
    if did == _SAVED:
        return [translate(N_("Saved."))]
    return [_said(*each.split("*")) for each in did.split(",")]


def _said(action: str, count: str) -> str:
    what = word(action, "actions")
    if count == "1":
        return translate(N_("Done: {what}."), what=what)
    return translate(N_("Done: {what} ({count})."), what=what, count=int(count))
