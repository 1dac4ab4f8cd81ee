"""Attachments: what may be attached, told by the content and never by the name alone."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from engine.errors import N_, Fault, KaohengError, Place

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 5
_OFFICE = "application/vnd.openxmlformats-officedocument."
# ending: (media type, how the content begins, the entry that an archive of the kind must have)
KINDS = {
    "pdf": ("application/pdf", b"%PDF-", None),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n", None),
    "jpg": ("image/jpeg", b"\xff\xd8\xff", None),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff", None),
    "docx": (f"{_OFFICE}wordprocessingml.document", b"PK\x03\x04", "word/document.xml"),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", b"PK\x03\x04", "xl/workbook.xml"),
}
_LONGEST_NAME = 120
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that may be kept: its name made safe, and what its content is."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def columns(self) -> dict[str, Any]:
        """What a table of attachments keeps of it."""
        return {
            "name": self.name,
            "media_type": self.media_type,
            "size": len(self.content),
            "sha256": self.sha256,
            "content": self.content,
        }


def attachments(sent: Iterable[tuple[str, bytes]]) -> list[Attachment]:
    """Return what was sent, as (name, content), to be kept; raise ``KaohengError`` for the rest."""
    found = [(safe_name(name), content) for name, content in sent]
    faults = [fault for name, content in found if (fault := _fault(name, content))]
    if len(found) > MOST_FILES:
        faults.append(
            Fault(
                "consultation.too_many_files",
                N_("{count} files were sent; at most {most} are kept with one record."),
                N_("Put the others into a record of their own."),
                {"count": len(found), "most": MOST_FILES},
            )
        )
    if faults:
        raise KaohengError(faults)
    return [Attachment(name, KINDS[_ending(name)][0], content) for name, content in found]


def safe_name(name: str) -> str:
    """Return the last part of a client's name without what a file system or header minds."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(mark for mark in last if mark.isprintable())
    stem, dot, ending = _UNSAFE.sub("_", printable).strip(" .").rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[:10]}" or "_"


def _fault(name: str, content: bytes) -> Fault | None:
    if len(content) > MOST_BYTES:
        return Fault(
            "consultation.file_too_large",
            N_("The file has {size} bytes; at most {most} are kept."),
            N_("Scan it with fewer dots, or split it."),
            {"size": len(content), "most": MOST_BYTES},
            Place(name),
        )
    if not _is_known(name, content):
        return Fault(
            "consultation.file_kind",
            N_("This is no PDF, picture (PNG, JPEG), Word or Excel file by its content."),
            N_("Save it as one of these and attach it again."),
            place=Place(name),
        )
    return None


def _is_known(name: str, content: bytes) -> bool:
    _, beginning, entry = KINDS.get(_ending(name), ("", b"", None))
    if not beginning or not content.startswith(beginning):
        return False
    return entry is None or entry in _entries(content)


def _entries(content: bytes) -> list[str]:
    """Return the names in an archive, of which nothing is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return []


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()
