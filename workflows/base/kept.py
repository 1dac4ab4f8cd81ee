"""What is costly to compute and never changes, kept in memory up to a number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The ``most`` values asked for last, by a small key that names their whole input.

    ``functools.lru_cache`` would keep the input itself. Two threads that ask at once may both
    compute; they keep the same.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        try:
            self._kept.move_to_end(key)
            return self._kept[key]
        except KeyError:
            made = make()
        self._kept[key] = made
        while len(self._kept) > self._most:
            try:
                self._kept.popitem(last=False)
            except KeyError:
                break
        return made
