"""How much a request may send: a form's worth, and files only from whoever may import them.

Set before anything reads the form, which the check of its token is the first to do.
"""

from __future__ import annotations

from flask import Flask, request
from flask_login import current_user

from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.decide import may_everywhere

UPLOAD = "imports.upload"
MOST_FILES = 10


def register(app: Flask) -> None:
    app.before_request(_let_files_in)


def _let_files_in() -> None:
    if request.endpoint != UPLOAD or request.method != "POST":
        return
    if current_user.is_authenticated and may_everywhere(current_actor(), "import_records"):
        form = request.max_content_length or 0
        # One file above the limit is still received, so that the page can name it.
        request.max_content_length = form + MOST_FILES * services().settings.max_file_bytes
