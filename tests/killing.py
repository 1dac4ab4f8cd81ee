"""Killing a program at a chosen moment, and starting it again until it is done.

``run_killed`` starts a function (``module:function``) in processes of its own and kills each
by SIGKILL at a moment drawn from a seed: just before or just after its nth commit of an ORM
session (every operation and every step of a job is one), or after some time (which also hits
whatever else is going on: the start of the jobs, the queue's own writes). What those processes
run is ``main``.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.forking import Forked

NEVER = "never"


@dataclass(frozen=True, slots=True)
class Killed:
    """``moments`` at which a process was killed, and the ``last`` process, which was not."""

    moments: tuple[str, ...]
    last: subprocess.CompletedProcess[str]


def run_killed(
    function: str,
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    kills: int,
    seed: int,
    commits: int = 8,
    seconds: float | None = None,
    timeout: float = 60,
) -> Killed:
    """Run ``function`` with ``arguments`` as its command line, killed up to ``kills`` times.

    A moment is before or after one of the first ``commits`` commits of that process, or, where
    ``seconds`` is given, half of the time up to so long after its start. A process that ends
    before its moment ends the run; after ``kills`` the program is left to finish. Raises
    ``subprocess.TimeoutExpired`` when one takes more than ``timeout`` seconds.
    """
    chance = random.Random(seed)
    moments: list[str] = []
    for _ in range(kills):
        moment = _moment(chance, commits, seconds)
        process = run(function, arguments, env=env, moment=moment, timeout=timeout)
        if process.returncode != -signal.SIGKILL:
            return Killed(tuple(moments), process)
        moments.append(moment)
    return Killed(tuple(moments), run(function, arguments, env=env, timeout=timeout))


def run(
    function: str,
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    moment: str = NEVER,
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run ``function`` once: ``before:n`` or ``after:n`` (commits), ``seconds:s`` or ``never``."""
    process = start(function, arguments, env=env, moment=moment)
    kind, _, seconds = moment.partition(":")
    try:
        out, err = process.communicate(timeout=float(seconds) if kind == "seconds" else timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        if kind != "seconds":
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def start(
    function: str, arguments: Sequence[str], *, env: Mapping[str, str], moment: str = NEVER
) -> Forked:
    """Start ``function`` and return its process, for tests that have several at once."""
    return Forked(main, [moment, function, *arguments], env)


def _moment(chance: random.Random, commits: int, seconds: float | None) -> str:
    if seconds is not None and chance.random() < 0.5:
        return f"seconds:{chance.uniform(0, seconds):.3f}"
    return f"{chance.choice(('before', 'after'))}:{chance.randint(1, commits)}"


def _die_at_commit(moment: str, number: int) -> None:
    seen = 0

    def count(_session: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Session, moment, count)


def main() -> None:
    moment, function, *arguments = sys.argv[1:]
    sys.argv = [function, *arguments]
    kind, _, number = moment.partition(":")
    if kind in ("before", "after"):
        _die_at_commit(f"{kind}_commit", int(number))
    sys.exit(resolve_name(function)())
