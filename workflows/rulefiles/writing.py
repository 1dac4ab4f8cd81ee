"""Putting a tree of rule files into a folder, or into a zip; what is the same stays untouched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import N_, Place, refuse
from workflows.rulefiles.tree import MANIFEST, own_files

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


@dataclass(frozen=True, slots=True)
class Written:
    """The paths of files that are new or say something else now, and of those that went."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Written:
    """Write the tree; what an earlier export wrote and is no longer part of it is removed.

    Files that no export wrote are left alone. Refuses to write through a link.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_links(folder, files)
    manifest = folder / MANIFEST
    before = own_files(manifest.read_bytes()) if manifest.is_file() else ()
    gone = [path for path in before if path not in files and (folder / path).is_file()]
    _refuse_links(folder, gone)
    changed = [path for path, content in files.items() if not _holds(folder / path, content)]
    for path in changed:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(files[path])
    for path in gone:
        (folder / path).unlink()
    return Written(tuple(changed), tuple(gone))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the tree as a zip: the same bytes for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _refuse_links(folder: Path, paths: Mapping[str, bytes] | list[str]) -> None:
    for path in paths:
        whole = folder / path
        inside = [each for each in (whole, *whole.parents) if folder in each.parents]
        for each in inside:
            if each.is_symlink():
                raise refuse(
                    "rulefiles.link",
                    N_("This is a link to another place."),
                    N_("Put the file itself there: links are not followed."),
                    place=Place(str(each)),
                )
