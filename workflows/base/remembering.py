"""Results that take long to compute and never change, remembered for each database."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

REMEMBERED = "remembered"  # in the database's ``info``, which its sessions share

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """The last ``most`` results of a database, by whatever they follow from."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._computing = Lock()

    def of(self, session: Session, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """Return what is remembered under ``key``; the first who asks computes, others wait."""
        with self._computing:
            memory: OrderedDict[Hashable, Kept] = session.info[REMEMBERED].setdefault(
                self, OrderedDict()
            )
            if key not in memory:
                memory[key] = compute()
                while len(memory) > self._most:
                    memory.popitem(last=False)
            memory.move_to_end(key)
            return memory[key]
