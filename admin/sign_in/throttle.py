"""How often somebody may guess a password.

Counted in this process, for a quarter of an hour: 5 failures of one account from one
address, 20 of one account from anywhere, 50 from one address. With several processes the
limits hold for each. At most 10,000 counters are kept; the oldest go first.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_SECONDS = 15 * 60
PER_PAIR, PER_ACCOUNT, PER_ADDRESS = 5, 20, 50
MOST_COUNTERS = 10_000

Counter = tuple[str, str]
Limits = tuple[tuple[Counter, int], ...]


class Throttle:
    """Failures by account, by address and by both; safe to share between threads."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        limits: Callable[[str, str], Limits] | None = None,
    ) -> None:
        self._monotonic = monotonic
        self._limits = limits or _limits
        self._lock = threading.Lock()
        self._failures: OrderedDict[Counter, deque[float]] = OrderedDict()

    def seconds_to_wait(self, username: str, address: str) -> float:
        """Return how long until another attempt is taken; 0 where it may be made now."""
        now = self._monotonic()
        with self._lock:
            return max(
                self._wait(counter, limit, now)
                for counter, limit in self._limits(username, address)
            )

    def failed(self, username: str, address: str) -> None:
        now = self._monotonic()
        with self._lock:
            for counter, limit in self._limits(username, address):
                times = self._failures.setdefault(counter, deque(maxlen=limit))
                times.append(now)
                self._failures.move_to_end(counter)
            while len(self._failures) > MOST_COUNTERS:
                self._failures.popitem(last=False)

    def succeeded(self, username: str, address: str) -> None:
        """Forget this account's failures from this address; others' guesses still count."""
        with self._lock:
            self._failures.pop(self._limits(username, address)[0][0], None)

    def _wait(self, counter: Counter, limit: int, now: float) -> float:
        times = self._failures.get(counter)
        # The deque keeps the last `limit` failures: full and its oldest recent is too many.
        if times is None or len(times) < limit:
            return 0.0
        return max(0.0, times[0] + WINDOW_SECONDS - now)


def _limits(username: str, address: str) -> Limits:
    return (
        ((username, address), PER_PAIR),
        ((username, ""), PER_ACCOUNT),
        (("", address), PER_ADDRESS),
    )
