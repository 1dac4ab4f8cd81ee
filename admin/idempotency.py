"""Every POST may carry a key (our forms do): sent again, it is answered again and not done again.

The key stands in the form's ``idempotency_key`` or the header ``Idempotency-Key``. It is claimed
in the first transaction that writes, so what was refused leaves nothing and may be sent again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from admin.done import HEADER as DONE
from admin.forms import KEY_FIELD
from admin.services import services
from engine.errors import N_, refuse
from workflows.idempotency.operations import Answer, Asked, answer_before, claim, keep_answer

HEADER = "Idempotency-Key"
# What an answer consists of besides its body; everything else is said anew for each request.
_KEPT_HEADERS = ("Content-Type", "Location", "HX-Redirect", "HX-Refresh", "HX-Trigger", DONE)
_LONGEST = 200
_UNSAID = ("csrf_token", KEY_FIELD)


def register(app: Flask) -> None:
    app.before_request(give_again)
    app.after_request(keep)


def give_again() -> Response | None:
    """Answer a request that was answered before; None for one that is to be done."""
    asked = _asked()
    if asked is None:
        return None
    with services().database.read() as session:
        answer = answer_before(session, asked)
    if answer is None:
        return None
    return Response(answer.body, answer.status, headers=dict(answer.headers))


def claim_key(session: Session, now: datetime) -> None:
    """Claim this request's key in the transaction that writes, unless an earlier one has."""
    asked = _asked()
    if asked is not None and not g.get("claimed", False):
        claim(session, now, asked)


def claimed() -> None:
    """Note that a transaction with the claim was committed."""
    g.claimed = True


def say_once() -> None:
    """Have this request's answer kept nowhere: it holds what is shown once, such as a password."""
    g.said_once = True


def keep(response: Response) -> Response:
    """Keep the answer of a request that wrote; a failure of ours is nothing to give again."""
    asked = g.get("asked")
    keeps = g.get("claimed", False) and not g.get("said_once", False)
    if asked is not None and keeps and response.status_code < 500:
        there = (name for name in _KEPT_HEADERS if name in response.headers)
        headers = {name: response.headers[name] for name in there}
        response.direct_passthrough = False
        with services().database.write() as session:
            keep_answer(session, asked, Answer(response.status_code, headers, response.get_data()))
    return response


def _asked() -> Asked | None:
    """Return the request by its key; None for one that has none, or comes from a stranger."""
    if "asked" not in g:
        g.asked = _named()
    asked: Asked | None = g.asked
    return asked


def _named() -> Asked | None:
    if request.method != "POST" or not current_user.is_authenticated:
        return None
    key = request.headers.get(HEADER) or request.form.get(KEY_FIELD)
    account_id = current_user.actor.account_id
    if not key or account_id is None:
        return None
    if len(key) > _LONGEST:
        raise refuse(
            "idempotency.long_key",
            N_("The key of this sending is too long."),
            N_("Use up to {most} characters."),
            most=_LONGEST,
        )
    return Asked(account_id, key, _fingerprint())


def _fingerprint() -> str:
    """Return a digest of who asks, where the request goes and all that it says.

    It is made under the service's own secret: of a password, or of five answers from 1 to 5, a
    plain one would tell whoever reads the database what was sent.
    """
    found = hmac.new(current_app.config["SECRET_KEY"].encode(), digestmod="sha256")
    for part in _said():
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


def _said() -> Iterator[bytes]:
    yield (current_user.actor.on_behalf_of or "").encode()
    yield request.full_path.encode()
    if request.is_json:
        yield request.get_data()
    for name, values in sorted(request.form.lists()):
        if name not in _UNSAID:
            yield from (part.encode() for value in values for part in (name, value))
    for name, files in sorted(request.files.lists()):
        for file in files:
            yield from (name.encode(), (file.filename or "").encode(), _digest(file))


def _digest(file: FileStorage) -> bytes:
    digest = hashlib.file_digest(file.stream, "sha256").digest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest
