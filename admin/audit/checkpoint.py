"""The log's checkpoint: the signed note, its key, checking the log, and the whole log to keep."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from flask import Response, render_template, request, send_file
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import N_, KaohengError
from workflows.access.decide import allow_everywhere, may
from workflows.log import signing
from workflows.log.append import head_note, keyring_of
from workflows.log.export import export
from workflows.log.reading import given_out
from workflows.log.snapshot import snapshot
from workflows.log.verify import verify

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_log.py"


class CheckpointView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """How the log stands, signed; nothing here changes anything."""

    operation = "verify_log"
    title = N_("Checkpoint of the log")
    icon = "seal"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="checkpoint", url="/checkpoint")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), self.operation)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        return self._page()

    @expose("/verify", methods=["POST"])  # type: ignore[untyped-decorator]
    def verify(self) -> str:
        """Compute the whole log again; it takes a second for some ten thousand entries."""
        allow_everywhere(current_actor(), self.operation)
        with snapshot(services().database) as session:
            report = verify(session, keyring_of(session))
        if "HX-Request" in request.headers:
            return render_template("audit/report.html", report=report)
        return self._page(report=report)

    @expose("/export")  # type: ignore[untyped-decorator]
    def export(self) -> Response:
        allow_everywhere(current_actor(), self.operation)
        with snapshot(services().database) as session:
            archive = _archive(session)
        return send_file(
            archive,
            mimetype="application/zip",
            as_attachment=True,
            download_name="kaoheng-log.zip",
        )

    def _page(self, **more: Any) -> str:
        with snapshot(services().database) as session:
            return str(
                self.render(
                    "audit/checkpoint.html",
                    note=_note(session),
                    keys=signing.verifiers(keyring_of(session)),
                    given=given_out(session, current_actor()),
                    **more,
                )
            )


def _note(session: Session) -> str | None:
    try:
        return head_note(session)
    except KaohengError:
        return None  # nothing has happened yet


def _archive(session: Session) -> IO[bytes]:
    """Return the exported log with the program that checks it, as a zip file on the disk."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "log"
        export(session, folder)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder.parent))
            archive.write(VERIFIER, "verify_log.py")
    file.seek(0)
    return file
