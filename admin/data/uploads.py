"""Uploading files: which source, which files it wants, and how far their import is."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import KaohengError
from workflows.access.decide import allow_everywhere
from workflows.sources.model import Source
from workflows.sources.schema import read_source
from workflows.sources.shipped import shipped_names, shipped_source
from workflows.sources.tables import SourceImport
from workflows.sources.uploads import TOO_LARGE, Sent, import_upload, job_is_dead

Page = str | Response | tuple[str, int]


class Uploading:
    """The addresses of uploads; ``ImportsView`` has them beside its list."""

    @expose("/upload")  # type: ignore[untyped-decorator]
    def sources(self) -> Page:
        """Show the sources that there are, with the files that each wants."""
        allow_everywhere(current_actor(), "import_records")
        return self._render(
            "data/sources.html", sources=[_source(each) for each in shipped_names()]
        )

    @expose("/upload/<source>")  # type: ignore[untyped-decorator]
    def choose(self, source: str) -> Page:
        return self._form(source)

    @expose("/upload/<source>", methods=["POST"])  # type: ignore[untyped-decorator]
    def upload(self, source: str) -> Page:
        app = services()
        sent = [
            Sent(each.filename, cast("Any", each.stream))
            for each in request.files.getlist("files")
            if each.filename
        ]
        try:
            started = import_upload(
                app.database, app.settings, current_actor(), app.clock(),
                source_name=source, sent=sent,
            )  # fmt: skip
        except KaohengError as error:
            if source not in shipped_names():
                raise
            return self._form(source, error), _status(error)
        return redirect(url_for("imports.details", key=started.import_id), 303)

    @expose("/<key>/progress")  # type: ignore[untyped-decorator]
    def progress(self, key: str) -> Page:
        """Give the part of the page that follows an import; once it is over, the whole page."""
        with services().database.read() as session:
            row = session.query(SourceImport).filter_by(public_id=key).one_or_none()
            if row is None:
                abort(404)
            page = self._render("data/progress.html", row=row, is_dead=is_dead(row))
        answer = Response(page, content_type="text/html; charset=utf-8")
        if row.state != "running":
            answer.headers["HX-Refresh"] = "true"
        return answer

    def _form(self, name: str, error: KaohengError | None = None) -> str:
        allow_everywhere(current_actor(), "import_records")
        limit = services().settings.max_file_bytes
        return self._render(
            "data/upload.html", name=name, source=_source(name), limit=limit, lines=lines(error)
        )

    def _render(self, template: str, **context: Any) -> str:
        return str(self.render(template, **context))  # type: ignore[attr-defined]


def is_dead(row: SourceImport) -> bool:
    """Say whether the job of an import that still runs will not go on."""
    return row.state == "running" and job_is_dead(services().database, row.public_id)


def _source(name: str) -> Source:
    return read_source(*shipped_source(name))


def _status(error: KaohengError) -> int:
    too_large = any(fault.code == TOO_LARGE for fault in error.faults)
    return 413 if too_large else status_of(error)
