"""Loading the demo organisation into an empty database: all of it or nothing.

The year is hundreds of transactions. On SQLite it is played in a file beside the database
and copied in by one transaction, so that a start killed half-way leaves the database empty.
On PostgreSQL it is played in place, and a half-loaded one has to be dropped.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from engine.errors import N_, Kind, refuse
from workflows.application import Application, open_application
from workflows.base.files import write_private
from workflows.demo.cast import Cast
from workflows.demo.stage import Stage
from workflows.demo.year import play_year
from workflows.log.tables import LogHead

SignIns = list[dict[str, str | None]]


def sign_ins_file(app: Application) -> Path:
    """Return where the demo's sign-ins are kept, for its owner's eyes only."""
    return app.settings.home / "demo-sign-ins.json"


def kept_sign_ins(app: Application) -> SignIns | None:
    """Return the sign-ins of a demo loaded before, or None where there was none."""
    try:
        kept: SignIns = json.loads(sign_ins_file(app).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return kept


def is_empty(app: Application) -> bool:
    """Say whether nothing has ever happened in the database: its log has no entry."""
    with app.database.read() as session:
        return not session.scalar(select(LogHead.size))


def load_demo(app: Application, seed: int) -> SignIns:
    """Load the demo and keep its sign-ins; refuse with ``CONFLICT`` a database in use."""
    if not is_empty(app):
        raise refuse(
            "demo.not_empty",
            N_("The database is in use; the demo goes into an empty one only."),
            N_("Set KAOHENG_HOME to a new folder, or KAOHENG_DATABASE_URL to an empty database."),
            kind=Kind.CONFLICT,
        )
    return _load_beside(app, seed) if app.database.is_sqlite else _load_in_place(app, seed)


def _load_in_place(app: Application, seed: int) -> SignIns:
    cast = Cast()
    play_year(Stage(app, cast), seed)
    _keep(app, cast.sign_ins)
    return cast.sign_ins


def _load_beside(app: Application, seed: int) -> SignIns:
    path = app.database.url.database
    assert path is not None, "the embedded database is a file"
    beside = Path(f"{path}.demo")
    _remove(beside)
    url = app.database.url.set(database=str(beside))
    played = open_application(replace(app.settings, database_url=url))
    try:
        sign_ins = _load_in_place(played, seed)
    finally:
        played.close()
    with closing(sqlite3.connect(beside)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    _remove(beside)
    return sign_ins


def _keep(app: Application, sign_ins: SignIns) -> None:
    text = json.dumps(sign_ins, ensure_ascii=False, indent=2)
    write_private(sign_ins_file(app), text.encode())


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
