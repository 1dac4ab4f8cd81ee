"""Templates compiled once, not once a start: the first visitor would wait for it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates in a folder; without one, or with a full disk, pages still come."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(mode=0o700, parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


def register(app: Flask, folder: Path) -> None:
    """Keep what is compiled in ``folder``; it may be deleted at any time."""
    app.jinja_options = {"bytecode_cache": _Compiled(str(folder))}
