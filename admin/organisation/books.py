"""The whole organisation as a file: downloaded, checked, taken in."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from typing import Any

from flask import request, send_file
from flask_admin import expose
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.preferences import language
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Place, refuse
from workflows.access.decide import allow_everywhere
from workflows.org.books.sheets import LIMITS, read_sheets
from workflows.org.books.taking import Report, check_book, take_book
from workflows.org.books.writing import organisation_archive, organisation_workbook

Page = str | Response | tuple[str, int]

_KINDS = {
    "xlsx": (
        organisation_workbook,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "zip": (organisation_archive, "application/zip"),
}


class OrganisationBooks:
    """The addresses of files; ``OrganisationView`` has them beside its tree."""

    @expose("/export.<kind>")  # type: ignore[untyped-decorator]
    def export(self, kind: str) -> Response:
        """Give the organisation over all time as a workbook, or as CSV files in an archive."""
        allow_everywhere(current_actor(), "read_organisation")
        if kind not in _KINDS:
            raise NotFound
        write, media_type = _KINDS[kind]
        with services().database.read() as session:
            content = write(session, current_actor(), language())
        return send_file(
            BytesIO(content),
            mimetype=media_type,
            as_attachment=True,
            download_name=f"organisation.{kind}",
            etag=False,
        )

    @expose("/import")  # type: ignore[untyped-decorator]
    def choose(self) -> Page:
        allow_everywhere(current_actor(), "change_organisation")
        return self._import()

    @expose("/import", methods=["POST"])  # type: ignore[untyped-decorator]
    def take(self) -> Page:
        """Check a file, or take it in, as the button says; every wrong cell is named."""
        allow_everywhere(current_actor(), "change_organisation")
        is_check = request.form.get("do") != "take"
        try:
            data, file = _file()
            sheets = read_sheets(data, file)
            if is_check:
                with services().database.read() as session:
                    return self._import(report=check_book(session, current_actor(), sheets))
            with writing() as of:
                report = take_book(
                    of.session,
                    of.actor,
                    of.now,
                    sheets,
                    data=data,
                    reason=request.form.get("reason", ""),
                    timezone=services().settings.timezone,
                )
        except KaohengError as error:
            return self._import(error=error), status_of(error)
        return self._import(report=report, taken=True)

    def _import(
        self, report: Report | None = None, error: KaohengError | None = None, taken: bool = False
    ) -> str:
        return self._render(
            "organisation/import.html",
            report=report,
            taken=taken,
            lines=lines(error),
            typed=request.form if not taken else {},
        )

    def _render(self, template: str, **context: Any) -> str:
        return str(self.render(template, **context))  # type: ignore[attr-defined]


def _file() -> tuple[bytes, str]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise refuse(
            "org.no_file",
            N_("No file was chosen."),
            N_("Choose the workbook or the archive that you changed."),
            place=Place(path="file"),
        )
    with closing(sent):
        return sent.stream.read(LIMITS.file_bytes + 1), sent.filename
