"""What happens when a review has come to a stage: declared by the module whose subject it is."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.reviews.tables import Review

# Called with a session, who moved them, the time and reviews of one cycle, in the transaction.
Arrival = Callable[[Session, Actor, datetime, Sequence[Review]], None]

_declared: list[Arrival] = []


def arrival(handler: Arrival) -> Arrival:
    """Have ``handler(session, actor, now, reviews)`` called after every move."""
    _declared.append(handler)
    return handler


def arrived(session: Session, actor: Actor, now: datetime, reviews: Sequence[Review]) -> None:
    """Tell every subject that reviews have come to where they are; the last part of a move."""
    importlib.import_module("workflows.arrivallist")
    for handler in _declared:
        handler(session, actor, now, reviews)
