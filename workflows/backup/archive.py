"""The file of a backup: a ZIP of JSON lines, with a manifest that the log's key signs.

``manifest.json`` names every table with its number of rows and SHA-256; ``manifest.note``
is a signed note over the manifest's own SHA-256. So nothing in the file can be changed,
left out or cut off without showing.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from engine.errors import N_, KaohengError, Kind, Place, refuse
from workflows.log import note
from workflows.log.note import Signer, Verifier

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.note"


@dataclass(frozen=True, slots=True)
class Contents:
    """One table in the file: how many rows, and the SHA-256 of their lines (hex)."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the file holds: of which schema, made when, and the log's size, root and public keys."""

    schema: str
    made_at: str
    log_size: int
    log_root: str
    log_keys: list[str]
    tables: dict[str, Contents] = field(default_factory=dict)
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        members = json.loads(data)
        tables = {name: Contents(**contents) for name, contents in members.pop("tables").items()}
        return cls(tables=tables, **members)


class Writer:
    """Writes tables into a new archive; ``finish`` makes it valid."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.tables: dict[str, Contents] = {}

    def add(self, name: str, lines: Iterable[bytes]) -> None:
        digest, rows = sha256(), 0
        with self._archive.open(_member(name), "w", force_zip64=True) as member:
            for line in lines:
                member.write(line)
                digest.update(line)
                rows += 1
        self.tables[name] = Contents(rows, digest.hexdigest())

    def finish(self, manifest: Manifest, signer: Signer) -> None:
        data = manifest.to_bytes()
        self._archive.writestr(MANIFEST, data)
        self._archive.writestr(SIGNATURE, note.sign(_signed_text(signer.name, data), signer))


@contextmanager
def create(path: Path) -> Iterator[Writer]:
    """Write an archive that appears under its name whole or not at all, for the owner only.

    KaohengError where the file exists already or its folder does not.
    """
    if path.exists():
        raise refuse(
            "backup.exists",
            N_("There is a file already."),
            N_("Give another name, or move the file away."),
            kind=Kind.CONFLICT,
            place=Place(file=str(path)),
        )
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class Reader:
    """An archive whose manifest is signed by a trusted key; tables are read line by line."""

    def __init__(self, path: Path, archive: ZipFile, trusted: tuple[Verifier, ...]) -> None:
        self._path, self._archive = path, archive
        data = archive.read(MANIFEST)
        self.manifest = Manifest.from_bytes(data)
        self.trusted = trusted or tuple(map(Verifier.parse, self.manifest.log_keys))
        text = note.open_note(archive.read(SIGNATURE).decode(), self.trusted)
        if text not in {_signed_text(verifier.name, data) for verifier in self.trusted}:
            raise _damaged(path, MANIFEST)

    def check(self) -> None:
        """Read everything once and compare; KaohengError names the first part that differs."""
        for name, expected in self.manifest.tables.items():
            digest, rows = sha256(), 0
            for line in self.lines(name):
                digest.update(line)
                rows += 1
            if Contents(rows, digest.hexdigest()) != expected:
                raise _damaged(self._path, name)

    def lines(self, table: str) -> Iterator[bytes]:
        with self._archive.open(_member(table)) as member:
            yield from member


@contextmanager
def read(path: Path, trusted: tuple[Verifier, ...]) -> Iterator[Reader]:
    """Open an archive; KaohengError where it is no whole, unchanged one signed by a trusted key.

    With no key to trust yet, the archive's own is taken; the caller says so.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        try:
            reader = Reader(path, ZipFile(file), trusted)
            reader.check()
        except (BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError) as error:
            raise _damaged(path, str(error)) from error
        yield reader


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _signed_text(name: str, manifest: bytes) -> str:
    # The first line is no log's name, so this can never be taken for a checkpoint.
    return f"{name}/backup\n{sha256(manifest).hexdigest()}\n"


def _damaged(path: Path, part: str) -> KaohengError:
    return refuse(
        "backup.damaged",
        N_("This is not a whole, unchanged backup: {part}."),
        N_("Nothing was restored. Use another copy of the file."),
        place=Place(file=str(path)),
        part=part,
    )


def _unreadable(path: Path, error: OSError) -> KaohengError:
    return refuse(
        "backup.unreadable",
        N_("The file cannot be opened: {why}."),
        N_("Check the name and the permissions of its folder."),
        place=Place(file=str(path)),
        why=error.strerror,
    )
