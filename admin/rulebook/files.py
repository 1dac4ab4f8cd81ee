"""The rulebook as files, for whoever keeps it in git: a zip to take away, and one to bring in."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, refuse
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.rulefiles.bringing import Brought, bring
from workflows.rulefiles.reading import from_zip
from workflows.rulefiles.tree import tree_of
from workflows.rulefiles.writing import zipped

Answer = str | tuple[str, int]
blueprint = Blueprint("rulefiles", __name__, url_prefix="/rule-files")


@blueprint.get("")
def page() -> str:
    allow_everywhere(current_actor(), "list_policies")
    return _page()


@blueprint.get("/rules.zip")
def download() -> Response:
    """What is in force, and with ``?all`` every version, as a zip."""
    every = "all" in request.args
    with services().database.read() as session:
        files = tree_of(session, current_actor(), services().today(), every_version=every)
    name = f"kaoheng-rules-{services().today().isoformat()}.zip"
    return Response(
        zipped(files),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.post("")
def upload() -> Answer:
    """Make drafts of what differs; every policy is told of, and nothing is half done."""
    allow_everywhere(current_actor(), "draft_policy")
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise refuse(
                "rulefiles.no_file", N_("No file was sent."), N_("Choose a zip of rule files.")
            )
        files = from_zip(sent.stream.read(), sent.filename[-100:])
        with writing() as of:
            brought = bring(of.session, of.actor, of.now, services().today(), files)
    except KaohengError as error:
        return _page(refusal=error), status_of(error)
    return _page(brought=brought)


def _page(brought: list[Brought] | None = None, refusal: KaohengError | None = None) -> str:
    return render_template(
        "rulebook/files.html",
        brought=brought,
        refused=lines(refusal),
        may_all=may_everywhere(current_actor(), "list_versions"),
        may_write=may_everywhere(current_actor(), "draft_policy"),
    )
