"""What a call costs, measured in a child of its own: seconds of a processor, and memory.

A busy machine makes nothing slower here. Memory is the most there was beyond what it began with:
Linux counts the most that a process has had, and forgets it when told to; where it does
not, memory is not measured (None).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")
FORGET = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Cost:
    result: Any
    seconds: float
    megabytes: float | None


def costs(function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> list[Cost]:
    """Call ``function`` once with each of ``calls``, in order, in one new process."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_all, (function, list(calls)))


def cost(function: Callable[..., Any], *arguments: Any) -> Cost:
    return costs(function, [arguments])[0]


def _all(function: Callable[..., Any], calls: list[tuple[Any, ...]]) -> list[Cost]:
    return [_one(function, arguments) for arguments in calls]


def _one(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Cost:
    if FORGET.exists():
        FORGET.write_text("5")
    before, started = _kilobytes("VmRSS"), time.process_time()
    result = function(*arguments)
    seconds, after = time.process_time() - started, _kilobytes("VmHWM")
    known = before is not None and after is not None
    return Cost(result, seconds, (after - before) / 1024 if known else None)  # type: ignore[operator]


def _kilobytes(name: str) -> int | None:
    if not STATUS.exists():
        return None
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])
