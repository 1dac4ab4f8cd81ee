"""Who asks for this page."""

from __future__ import annotations

from flask_login import current_user

from workflows.access.actors import Actor


def current_actor() -> Actor:
    """Return the signed-in actor; only behind the guard, which lets nobody else pass."""
    actor = current_user.actor
    assert isinstance(actor, Actor)
    return actor
