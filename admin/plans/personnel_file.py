"""The file that the law asks for: what of it is there, with its days; as a page and a table."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template

from admin.services import services
from admin.sign_in.current import current_actor
from admin.spreadsheet import csv_text
from workflows.access.decide import allow
from workflows.plans.personnel_file import file_rows, personnel_file

blueprint = Blueprint("personnel_file", __name__, url_prefix="/file")
COLUMNS = ("person", "item", "there", "day", "what")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<code>")
def details(code: str) -> str:
    actor = current_actor()
    allow(actor, "read_plans")
    with services().database.read() as session:
        file = personnel_file(session, actor, code, services().settings.timezone)
        return render_template("plans/file.html", file=file, today=services().today())


@blueprint.get("/<code>/export")
def export(code: str) -> Response:
    actor = current_actor()
    allow(actor, "read_plans")
    with services().database.read() as session:
        file = personnel_file(session, actor, code, services().settings.timezone)
        rows = ([row[column] for column in COLUMNS] for row in file_rows(file))
        # A byte order mark lets Excel read the Chinese.
        content = "\ufeff" + csv_text(COLUMNS, rows)
    return Response(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="kaoheng-file.csv"'},
    )
