"""How much a request may send: a form's worth, and files only from whoever may import them.

Set before anything reads the form, which the check of its token is the first to do.
"""

from __future__ import annotations

from flask import Flask, request
from flask_login import current_user

from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.decide import may
from workflows.consultation.files import MOST_BYTES

MOST_FILES = 10
# Where files are sent to, and one of what whoever sends them must be allowed to do.
UPLOADS = {
    "imports.upload": ("import_records",),
    "consultation.record": ("record_consultation",),
    "organisation.take": ("change_organisation",),
    "goal_grid.send": ("plan_goals",),
    "reporting.report": ("report_figures",),
    "appealing.submit": ("submit_appeal",),
    "appeals.attach": ("submit_appeal", "handle_appeal"),
}


def register(app: Flask) -> None:
    app.before_request(_let_files_in)


def _let_files_in() -> None:
    operations = UPLOADS.get(request.endpoint or "")
    if operations is None or request.method != "POST" or not current_user.is_authenticated:
        return
    if any(may(current_actor(), operation) for operation in operations):
        form = request.max_content_length or 0
        # One file above the limit is still received, so that the page can name it.
        request.max_content_length = form + MOST_FILES * _largest_file()


def _largest_file() -> int:
    is_import = request.endpoint == "imports.upload"
    return services().settings.max_file_bytes if is_import else MOST_BYTES
