"""Processes of their own that need not import the program first.

They are forked from a server that has imported every module and done nothing else: no database
is open in it, nothing was evaluated, so that a child is what a new process would be, four seconds
of a processor earlier. Each run of pytest (each worker) has one such server, when first asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

ROOT = Path(__file__).parent.parent

FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(["tests.imported"])


class Forked:
    """A process that calls ``function``, with a command line, standard streams and environment.

    It is otherwise used as a ``subprocess.Popen`` is: ``communicate``, ``kill``, ``returncode``.
    """

    def __init__(
        self, function: Callable[[], object], arguments: Sequence[str], env: Mapping[str, str]
    ) -> None:
        self.args = [function.__name__, *arguments]
        reads, self._stdin = FORKING.Pipe(duplex=False)
        self._stdout, out = FORKING.Pipe(duplex=False)
        self._stderr, err = FORKING.Pipe(duplex=False)
        whole = {**os.environ, **env}
        self._process = FORKING.Process(
            target=_begin, args=(function, self.args, whole, (reads, out, err))
        )
        self._process.start()
        for theirs in (reads, out, err):
            theirs.close()
        self._said = {self._stdout: b"", self._stderr: b""}
        self._open = [self._stdout, self._stderr]

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    def line(self) -> str:
        """Wait for a line on standard output and take it."""
        while b"\n" not in self._said[self._stdout] and self._stdout in self._open:
            self._hear(None)
        line, end, self._said[self._stdout] = self._said[self._stdout].partition(b"\n")
        return (line + end).decode()

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Close standard input, wait for the end; return what was said on the two outputs.

        Raises ``subprocess.TimeoutExpired`` when it has not come in ``timeout`` seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        self._stdin.close()
        while self._open:
            self._hear(None if end is None else max(0, end - time.monotonic()))
            if self._open and end is not None and time.monotonic() >= end:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self._process.join()
        return self._said[self._stdout].decode(), self._said[self._stderr].decode()

    def _hear(self, seconds: float | None) -> None:
        for pipe in wait(self._open, seconds):
            assert isinstance(pipe, Connection)
            piece = os.read(pipe.fileno(), 65_536)
            self._said[pipe] += piece
            if not piece:
                self._open.remove(pipe)
                pipe.close()


def _begin(
    function: Callable[[], object],
    arguments: list[str],
    environ: dict[str, str],
    streams: tuple[Connection, Connection, Connection],
) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (it stays)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    sys.argv = arguments
    sys.exit(function())  # type: ignore[arg-type]
