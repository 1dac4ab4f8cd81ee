"""Loading the demo organisation into an empty database: all of it or nothing.

The year is hundreds of transactions. On SQLite it is played in a file beside the database
and copied in by one transaction, so that a start killed half-way leaves the database empty.
On PostgreSQL it is played in place, and a half-loaded one has to be dropped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from engine.errors import N_, Kind, refuse
from workflows.accounts.passwords import passwords_ahead
from workflows.application import Application, open_application
from workflows.demo.cast import Cast
from workflows.demo.sign_ins import SignIns, is_empty, keep_sign_ins
from workflows.demo.stage import Stage
from workflows.demo.year import play_year

# How a year is played on a stage, from a seed.
Year = Callable[[Stage, int], None]

_PASSWORDS_AHEAD = 24


def load_demo(app: Application, seed: int, year: Year = play_year) -> SignIns:
    """Load the demo and keep its sign-ins; refuse with ``CONFLICT`` a database in use.

    ``year`` is the plain year unless said otherwise.
    """
    if not is_empty(app):
        raise refuse(
            "demo.not_empty",
            N_("The database is in use; the demo goes into an empty one only."),
            N_("Set KAOHENG_HOME to a new folder, or KAOHENG_DATABASE_URL to an empty database."),
            kind=Kind.CONFLICT,
        )
    load = _load_beside if app.database.is_sqlite else _load_in_place
    return load(app, seed, year)


def _load_in_place(app: Application, seed: int, year: Year) -> SignIns:
    with passwords_ahead(_PASSWORDS_AHEAD) as passwords:
        cast = Cast(passwords)
        year(Stage(app, cast), seed)
    keep_sign_ins(app, cast.sign_ins)
    return cast.sign_ins


def _load_beside(app: Application, seed: int, year: Year) -> SignIns:
    path = app.database.url.database
    assert path is not None, "the embedded database is a file"
    beside = Path(f"{path}.demo")
    _remove(beside)
    _copy(Path(path), beside)  # which is as new as our migrations make one
    url = app.database.url.set(database=str(beside))
    played = open_application(replace(app.settings, database_url=url))
    try:
        # Keeps the sign-ins before the database has the demo: a crash must not lose the way in.
        sign_ins = _load_in_place(played, seed, year)
    finally:
        played.close()
    _copy(beside, Path(path))
    _remove(beside)
    return sign_ins


def _copy(database: Path, to: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
