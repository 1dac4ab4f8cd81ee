"""What happens when a time has come: declared by the module whose subject it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

About = Mapping[str, Any]
# Called with a session, the time that had come, and what the timer is about.
Handler = Callable[[Session, datetime, About], None]
# The same for several timers, whose time is the same.
HandlerOfAll = Callable[[Session, datetime, Sequence[About]], None]


@dataclass(frozen=True, slots=True)
class Declared:
    """What happens for timers of a kind; ``together``, all of one moment are done at once."""

    handler: HandlerOfAll
    together: bool


_declared: dict[str, Declared] = {}


def timer(kind: str) -> Callable[[Handler], Handler]:
    """Declare ``handler(session, due_at, about)`` for timers of ``kind``.

    It runs in the transaction that ends the timer, so it happens once or, where it raises, not
    at all. ``due_at`` is the time that it was set for: a deadline that passed while the service
    stood still is as late as it was. It looks whether there is still something to do.
    """

    def declare(handler: Handler) -> Handler:
        def each(session: Session, due_at: datetime, abouts: Sequence[About]) -> None:
            for about in abouts:
                handler(session, due_at, about)

        _declare(kind, Declared(each, together=False))
        return handler

    return declare


def timers_together(kind: str) -> Callable[[HandlerOfAll], HandlerOfAll]:
    """Declare ``handler(session, due_at, abouts)`` for all timers of ``kind`` at one moment.

    For what is better told of many at once than of each; where it raises, each is done by itself.
    """

    def declare(handler: HandlerOfAll) -> HandlerOfAll:
        _declare(kind, Declared(handler, together=True))
        return handler

    return declare


def declared() -> Mapping[str, Declared]:
    """Return every handler that an imported module declared, by kind."""
    return MappingProxyType(_declared)


def _declare(kind: str, what: Declared) -> None:
    if kind in _declared:
        raise ValueError(f"timer {kind!r} is declared twice")
    _declared[kind] = what
