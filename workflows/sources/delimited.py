"""CSV and TSV in a declared encoding: strict about quotes, lenient about blanks at the ends."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from engine.errors import N_, KaohengError, Place, refuse
from workflows.sources.model import SourceFile

# Windows writes "gbk" with characters that only its superset has.
_CODECS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "gbk": "gb18030"}
ENCODINGS = tuple(_CODECS)


def delimited_rows(file: SourceFile, data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give each row with the line it starts on; raise KaohengError where the file is broken."""
    reader = csv.reader(
        io.StringIO(_decoded(file, data), newline=""), delimiter=file.delimiter, strict=True
    )
    line = 1
    try:
        for cells in reader:
            yield line, tuple(cell.strip() for cell in cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise refuse(
            "source.broken_quotes",
            N_("The row that starts here cannot be read: {reason}."),
            N_("Look for a quotation mark that is opened and not closed."),
            place=Place(file.name, line),
            reason=str(error),
        ) from error


def _decoded(file: SourceFile, data: bytes) -> str:
    codec = _codec(file, data)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise _wrong_encoding(file, data[: error.start].count(b"\n") + 1) from error
    if "\0" in text:
        raise _wrong_encoding(file, text[: text.index("\0")].count("\n") + 1)
    return text


def _codec(file: SourceFile, data: bytes) -> str:
    """Return Python's name for the declared encoding, unless the bytes are plainly another's."""
    marked_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if file.encoding == "utf-16" and not marked_utf16:
        return _unmarked_utf16(file, data)
    if file.encoding == "gbk" and (marked_utf16 or _is_utf8(data)):
        # Most UTF-8 text also decodes as GBK, to nonsense; the reverse almost never happens.
        raise _wrong_encoding(file, 1)
    return _CODECS[file.encoding]


def _unmarked_utf16(file: SourceFile, data: bytes) -> str:
    """Tell the byte order from where the zero bytes of the header's ASCII letters stand."""
    start = data[:4096]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if even == odd or len(data) % 2:
        raise _wrong_encoding(file, 1)
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _wrong_encoding(file: SourceFile, line: int) -> KaohengError:
    return refuse(
        "source.encoding",
        N_("The file is not {encoding}, as the source file declares."),
        N_("Save it as {encoding}, or declare the encoding it has: {known}."),
        place=Place(file.name, line),
        encoding=file.encoding,
        known=", ".join(ENCODINGS),
    )
