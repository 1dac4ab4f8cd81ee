"""What a rule file's bytes and characters must be before anything is read into them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from unicodedata import name

from engine.errors import N_, Fault, Kind, Place, refuse

MAX_BYTES = 2_000_000
MAX_FAULTS = 200
MARK = "\ufeff"  # a byte order mark, which may begin a file
# Control characters; what breaks a line for YAML and for no editor; what shows nothing, or turns
# the direction of reading, so that people see another text than is computed with.
_CHARACTERS = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{_CHARACTERS}]")
_SUSPECT = re.compile(f"[\t{_CHARACTERS}]|^%", re.MULTILINE)
_BREAK = re.compile(r"\r\n|\n|\r")


def decoded(data: bytes, file: str) -> str:
    """Return the text of a file's bytes, or of as much of it as is ever read."""
    if len(data) > MAX_BYTES:
        raise _too_large(file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            "rules.encoding",
            N_("The file is not in UTF-8 (byte {byte})."),
            N_("Save it as UTF-8."),
            kind=Kind.INVALID,
            place=Place(file, data.count(b"\n", 0, error.start) + 1),
            byte=error.start,
        ) from error


def check_text(text: str, file: str) -> list[Fault]:
    """Return a fault for each line that holds what no rule file may; refuse a large text."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _too_large(file)
    if not _SUSPECT.search(text):
        return []
    return list(islice(_faults(text, file), MAX_FAULTS))


def _faults(text: str, file: str) -> Iterator[Fault]:
    begun = False
    for number, line in enumerate(_BREAK.split(text.removeprefix(MARK)), 1):
        if "\t" in line:
            yield _tab(Place(file, number, line.index("\t") + 1))
        elif unseen := _UNSEEN.search(line):
            yield _unseen(unseen.group(), Place(file, number, unseen.start() + 1))
        elif line.startswith("%") and not begun:
            yield _directive(Place(file, number, 1))
        begun = begun or (line.strip() != "" and line[0] not in "#%")


def _too_large(file: str) -> Exception:
    return refuse(
        "rules.too_large",
        N_("The file is larger than {limit} bytes."),
        N_("A policy is a page or two of text: check that this is the right file."),
        limit=MAX_BYTES,
        place=Place(file, 1, 1),
    )


def _tab(place: Place) -> Fault:
    return Fault(
        "rules.tab",
        N_("There is a tab here."),
        N_("Use spaces: two for each level of indentation."),
        place=place,
    )


def _directive(place: Place) -> Fault:
    return Fault(
        "rules.directive",
        N_("A YAML directive (`%…`) is set here."),
        N_("Remove the line: a policy begins with `language: 1`."),
        place=place,
    )


def _unseen(character: str, place: Place) -> Fault:
    code = f"U+{ord(character):04X}"
    known = name(character, "")
    return Fault(
        "rules.control_character",
        N_("There is a character here that cannot be seen ({character})."),
        N_("Remove it, or type the line anew: what is computed must be what people read."),
        {"character": f"{code} {known}".strip()},
        place,
    )
