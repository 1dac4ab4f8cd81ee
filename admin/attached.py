"""Files that are attached on a page: read from the form, given as a download, and how many."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from typing import Any, Protocol

from flask import request, send_file
from werkzeug.wrappers import Response

from workflows.consultation.files import KINDS, MOST_BYTES, MOST_FILES, Attachment, attachments

# What a page says of the files that may be attached.
ATTACHING: dict[str, Any] = {
    "accepted": ",".join(f".{ending}" for ending in KINDS),
    "limits": {"files": MOST_FILES, "megabytes": MOST_BYTES // 1024**2},
}


class Kept(Protocol):
    """A file as a table keeps it."""

    name: Any
    media_type: Any
    content: Any


def sent_files() -> list[Attachment]:
    """Return the files of the request's form; raise ``KaohengError`` for what is not kept."""
    sent = []
    for each in request.files.getlist("files"):
        with closing(each):
            if each.filename:
                sent.append((each.filename, each.stream.read(MOST_BYTES + 1)))
    return attachments(sent)


def download(found: Kept) -> Response:
    """Give an attachment as a download, never to be shown by the browser itself."""
    return send_file(
        BytesIO(found.content),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.name,
        etag=False,
    )
