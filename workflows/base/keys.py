"""The keyring: a folder of small secret files, outside the database and its backups."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from engine.errors import N_, Place, refuse
from workflows.base.files import write_private


class Keyring:
    """Secrets by name (``log/signing.key``) under ``folder``: 0700, the files 0600.

    A file appears whole or not at all and is on the disk before its name is, so that
    nothing is ever encrypted under a key that a power cut takes away. ``origin`` is the
    name that the log's signing key gets when it is made.
    """

    def __init__(self, folder: Path, origin: str = "kaoheng.local/log") -> None:
        self.folder = folder
        self.origin = origin

    def read(self, name: str) -> bytes | None:
        """Return the secret, or None where there is none; KaohengError where others may read it."""
        path = self.folder / name
        try:
            with path.open("rb") as file:
                self._refuse_open_to_others(path, os.fstat(file.fileno()).st_mode)
                return file.read()
        except FileNotFoundError:
            return None

    def obtain(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return the secret, made now if there is none; of several makers at once one wins."""
        found = self.read(name)
        while found is None:
            self._create(name, make())
            found = self.read(name)
        return found

    def put(self, name: str, secret: bytes) -> None:
        """Write a secret over whatever was there."""
        path = self._ready(name)
        write_private(path, secret)
        _sync(path.parent)

    def remove(self, name: str) -> None:
        """Delete a secret for good; nothing happens where there is none."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync(path.parent)

    def names(self, folder: str) -> list[str]:
        """Return the names under ``folder`` (``log/trusted``), sorted."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in (self.folder / folder).glob("*")
            if not path.name.startswith(".")
        )

    def _create(self, name: str, secret: bytes) -> None:
        path = self._ready(name)
        written = path.with_name(f".{token_hex(8)}")
        write_private(written, secret)
        try:
            # A link fails where the name exists, so a second maker never replaces the first's key.
            os.link(written, path)
        except FileExistsError:
            return
        finally:
            written.unlink()
        _sync(path.parent)

    def _ready(self, name: str) -> Path:
        path = self.folder / name
        for folder in reversed([*Path(name).parents]):
            (self.folder / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    @staticmethod
    def _refuse_open_to_others(path: Path, mode: int) -> None:
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise refuse(
                "keys.open_to_others",
                N_("The key may be read by others on this machine."),
                N_("Run: chmod 600 {path}"),
                place=Place(file=str(path)),
                path=str(path),
            )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
