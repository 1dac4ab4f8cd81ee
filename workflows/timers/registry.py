"""What happens when a time has come: declared by the module whose subject it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

# Called with a session, the time that had come, and what the timer is about.
Handler = Callable[[Session, datetime, Mapping[str, Any]], None]

_declared: dict[str, Handler] = {}


def timer(kind: str) -> Callable[[Handler], Handler]:
    """Declare ``handler(session, due_at, about)`` for timers of ``kind``.

    It runs in the transaction that ends the timer, so it happens once or, where it raises, not
    at all. ``due_at`` is the time that it was set for: a deadline that passed while the service
    stood still is as late as it was. It looks whether there is still something to do.
    """

    def declare(handler: Handler) -> Handler:
        if kind in _declared:
            raise ValueError(f"timer {kind!r} is declared twice")
        _declared[kind] = handler
        return handler

    return declare


def declared() -> Mapping[str, Handler]:
    """Return every handler that an imported module declared, by kind."""
    return MappingProxyType(_declared)
