"""The service under gunicorn, for a browser, in a process that has imported everything."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gunicorn.app.wsgiapp import run

from tests.forking import Forked


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[str]:
    """Serve a home; give the address of the service. What it says is in its ``service.log``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environ = {"KAOHENG_HOME": str(home), "PORT": str(port), **settings}
    service = Forked(_serve, [str(home / "service.log")], environ)
    try:
        _wait_for(f"{address}/healthz")
        yield address
    finally:
        service.terminate()
        service.communicate(60)


def _serve() -> None:
    with Path(sys.argv[1]).open("wb") as log:
        os.dup2(log.fileno(), 2)
    sys.argv = ["gunicorn", "-c", "gunicorn.conf.py", "wsgi:create_app()"]
    run()


def _wait_for(address: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:  # refused, or not answered yet
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer")
