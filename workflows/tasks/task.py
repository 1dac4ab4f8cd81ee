"""One thing that waits for somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from workflows.access.actors import Actor


@dataclass(frozen=True, slots=True)
class Task:
    """``message`` is a msgid marked with ``N_`` with fields from ``params``; ``link`` is the page
    (its path) where it is done; ``since`` is when it began to wait, ``due`` when it should be done.
    """

    message: str
    link: str
    since: datetime
    due: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


# Gives what waits for the actor at a time: one statement or few, however many there are.
Provider = Callable[[Session, Actor, datetime], list[Task]]
