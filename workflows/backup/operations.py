"""Backing up and restoring. The keys are not part of it: whoever holds both holds everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from workflows.backup import archive
from workflows.backup.archive import Manifest, Reader
from workflows.backup.rows import decode, encode, plain
from workflows.backup.unguarded import unguarded
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log import signing
from workflows.log.note import Verifier
from workflows.log.snapshot import snapshot
from workflows.log.tables import LogHead
from workflows.log.verify import verify
from workflows.migrations import head, upgrade
from workflows.schema import metadata

CHUNK = 500


def backup(database: Database, keyring: Keyring, path: Path, *, at: datetime) -> Manifest:
    """Write everything as of one moment to ``path``; others go on working meanwhile.

    KaohengError where the file exists or cannot be written, or the schema is an older one.
    """
    signer = signing.signer(keyring)
    with snapshot(database) as session, archive.create(path) as writer:
        _check_schema(session)
        for table in metadata.sorted_tables:
            writer.add(table.name, encode(table, _rows(session, table)))
        log = session.execute(sa.select(LogHead.size, LogHead.root)).one()
        manifest = Manifest(
            schema=head(),
            made_at=at.isoformat(),
            log_size=log.size,
            log_root=log.root.hex(),
            log_keys=[str(verifier) for verifier in signing.verifiers(keyring)],
            tables=writer.tables,
        )
        writer.finish(manifest, signer)
    return manifest


def restore(
    database: Database,
    keyring: Keyring,
    path: Path,
    *,
    replace: bool = False,
    also_trust: tuple[Verifier, ...] = (),
) -> Manifest:
    """Put back what ``backup`` wrote, all of it or nothing, and check the log before committing.

    A database with anything in it is refused, unless ``replace`` gives it up. A keyring
    that knows no key yet learns the archive's; another's archive needs ``also_trust``.
    """
    trusted = (*signing.verifiers(keyring), *also_trust)
    with archive.read(path, trusted) as reader:
        if reader.manifest.schema != head():
            raise _other_schema(path, reader.manifest.schema)
        upgrade(database)
        with database.write() as session:
            if not replace:
                _refuse_unless_empty(session)
            _load(session, reader)
            _check_log(session, keyring, path, reader)
        for verifier in set(reader.trusted) - set(signing.verifiers(keyring)):
            signing.trust(keyring, verifier)
        return reader.manifest


def _rows(session: Session, table: sa.Table) -> Iterator[sa.Row[Any]]:
    in_order = sa.select(table).order_by(*table.primary_key.columns)
    with session.execute(in_order, execution_options={"yield_per": CHUNK}) as rows:
        yield from rows


def _load(session: Session, reader: Reader) -> None:
    connection = session.connection()
    with unguarded(connection):
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
        for table in metadata.sorted_tables:
            rows = decode(table, reader.lines(table.name))
            for chunk in _chunks(rows):
                connection.execute(sa.insert(plain(table)), chunk)
            _advance_numbering(connection, table)


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _advance_numbering(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL number new rows after the restored ones; SQLite does so by itself."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    last = sa.func.max(column)
    connection.execute(
        sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None)))
    )


def _check_schema(session: Session) -> None:
    found = MigrationContext.configure(session.connection()).get_current_revision()
    if found != head():
        raise refuse(
            "backup.old_schema",
            N_("The database has schema {found}, this program needs {expected}."),
            N_("Start the service once, which brings the schema up to date; then back up."),
            found=found or "-",
            expected=head(),
        )


def _other_schema(path: Path, found: str) -> KaohengError:
    return refuse(
        "backup.other_schema",
        N_("The backup has schema {found}, this program needs {expected}."),
        N_("Restore it with the version that made it, then start this one on that database."),
        place=Place(file=str(path)),
        found=found,
        expected=head(),
    )


def _refuse_unless_empty(session: Session) -> None:
    for table in metadata.sorted_tables:
        if table.name == LogHead.__tablename__:
            continue
        if session.scalar(sa.select(sa.exists().select_from(table))):
            raise refuse(
                "backup.not_empty",
                N_("The database is not empty: there are rows in {table}."),
                N_("Name an empty one in KAOHENG_DATABASE_URL, or give up this one (--replace)."),
                kind=Kind.CONFLICT,
                table=table.name,
            )


def _check_log(session: Session, keyring: Keyring, path: Path, reader: Reader) -> None:
    manifest = reader.manifest
    report = verify(session, keyring, trusted=reader.trusted)
    if report.fault is not None:
        raise KaohengError([report.fault])
    if (report.size, report.root.hex()) != (manifest.log_size, manifest.log_root):
        raise refuse(
            "backup.other_log",
            N_("The log in the backup is not the one that its manifest names."),
            N_("Nothing was restored. Use another copy of the file."),
            place=Place(file=str(path)),
        )
