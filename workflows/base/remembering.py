"""Results that take long to compute and never change, remembered for each database."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """The last ``most`` results of a database, by whatever they follow from."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._computing = Lock()
        self._kept: WeakKeyDictionary[Engine, OrderedDict[Hashable, Kept]] = WeakKeyDictionary()

    def of(self, session: Session, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """Return what is remembered under ``key``; the first who asks computes, others wait."""
        bind = session.get_bind()
        engine = bind.engine if isinstance(bind, Connection) else bind
        with self._computing:
            memory = self._kept.setdefault(engine, OrderedDict())
            if key not in memory:
                memory[key] = compute()
                while len(memory) > self._most:
                    memory.popitem(last=False)
            memory.move_to_end(key)
            return memory[key]
