"""A page that writes: one operation in one transaction, by whoever is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.done import tell
from admin.idempotency import claim_key, claimed
from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.actors import Actor


@dataclass(frozen=True, slots=True)
class Writing:
    """What an operation takes: the session of its transaction, who acts, and the time."""

    session: Session
    actor: Actor
    now: datetime


@contextmanager
def writing(*, quiet: bool = False) -> Iterator[Writing]:
    """Open the transaction of one POST; a ``KaohengError`` that leaves it writes nothing.

    The request's key is claimed with what it writes. The error pages answer a refusal that the
    view does not show in its own form. The page that follows says what was done, unless it is
    ``quiet``: where that page says so itself, or it was no deed.
    """
    app = services()
    now = app.clock()
    with app.database.write() as session:
        claim_key(session, now)
        actor = current_actor()
        yield Writing(session, actor, now)
    claimed()
    if not quiet:
        tell(session, actor.public_id)
