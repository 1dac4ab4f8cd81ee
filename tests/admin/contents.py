"""What a SQLite database holds, as a digest and as text to compare."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from contextlib import closing
from hashlib import sha256
from pathlib import Path

# What is drawn at random or depends on it: ids, digests, hashes of passwords.
_DRAWN = re.compile(r"\b[0-9a-f]{32,64}\b|\$argon2id\$[^']*")


def digest(path: Path) -> str:
    """Return a digest of every row of every table."""
    found = sha256()
    for name, rows in _tables(path, {}):
        found.update(repr((name, rows)).encode())
    return found.hexdigest()


class Watch:
    """Whether a database has changed since it was last looked at, whoever changed it.

    SQLite counts what other connections commit (``data_version``), so as long as the count stands
    nothing was written; where it moved, the contents are compared.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._count = self._counted()
        self._digest = digest(path)

    def changed(self) -> bool:
        count, before = self._counted(), self._digest
        if count == self._count:
            return False
        self._count, self._digest = count, digest(self._path)
        return self._digest != before

    def close(self) -> None:
        self._connection.close()

    def _counted(self) -> int:
        (count,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(count)


_ONLY = {"log_entry": "leaf", "log_head": "size", "log_value": "name", "log_checkpoint": "size"}


def shown(path: Path, known: Collection[str] = ()) -> dict[str, str]:
    """Return each table's rows as text; a star stands for what was drawn at random.

    What is ``known`` (drawn in an earlier state) is not random any more and shows. Of the log the
    entries show, without roots and signatures.
    """

    def mask(found: re.Match[str]) -> str:
        return found[0] if found[0] in known else "*"

    return {name: _DRAWN.sub(mask, repr(rows)) for name, rows in _tables(path, _ONLY)}


def drawn(path: Path) -> frozenset[str]:
    """Return what a database holds that was drawn at random."""
    rows = (repr(rows) for _, rows in _tables(path, _ONLY))
    return frozenset(found for text in rows for found in _DRAWN.findall(text))


def _tables(path: Path, only: dict[str, str]) -> list[tuple[str, list[tuple[object, ...]]]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return [
            (
                name,
                connection.execute(
                    f'SELECT {only.get(name, "*")} FROM "{name}" ORDER BY 1'
                ).fetchall(),
            )
            for (name,) in names
        ]
