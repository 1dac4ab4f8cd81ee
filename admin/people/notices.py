"""One's own notices: the list, and marking them as read; how many are unread, on every page."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from workflows.notices.reading import own_notices, read_all_notices, read_notice, unread_notices

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
_MOST = 200


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(unread_count=unread_count)


@blueprint.get("/")
def index() -> str:
    with services().database.read() as session:
        notices = own_notices(session, current_actor(), _MOST)
        return render_template("notices/page.html", notices=notices, section_of_page="notices")


@blueprint.post("/<key>/read")
def read(key: str) -> Response:
    """Mark one as read and go where it leads."""
    with writing(quiet=True) as write:
        notice = read_notice(write.session, write.actor, write.now, key)
    return redirect(notice.link or url_for("notices.index"), 303)


@blueprint.post("/read")
def read_all() -> Response:
    with writing(quiet=True) as write:
        read_all_notices(write.session, write.actor, write.now)
    return redirect(url_for("notices.index"), 303)


def unread_count() -> int:
    """Return how many notices the reader of this page has not read."""
    if not current_user.is_authenticated:
        return 0
    with services().database.read() as session:
        return unread_notices(session, current_actor())
