"""A policy as an Excel workbook: downloaded, sent in, looked at against the rulebook, taken."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.preferences import language
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind, Place, refuse
from workflows.access.decide import allow_everywhere
from workflows.rulebook.reading import find_draft, version_to_read
from workflows.workbooks.operations import (
    Comparison,
    compare_workbook,
    take_workbook,
    workbook_of_draft,
    workbook_of_version,
)
from workflows.workbooks.reading import Returned, read_workbook

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("workbooks", __name__, url_prefix="/rulebook/<code>")
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# It goes back and forth in the form until it is taken; what a policy fills is a tenth of this.
MOST_BYTES = 350_000
CHOICE = "choice:"


@blueprint.get("/workbook.xlsx")
def of_version(code: str) -> Response:
    """The workbook of the version in force, or of ``?version=``."""
    with services().database.read() as session:
        seq = request.args.get("version", type=int)
        data = workbook_of_version(
            session, current_actor(), services().today(), code=code, seq=seq, language=language()
        )
    return _file(data, code if seq is None else f"{code}-{seq}")


@blueprint.get("/draft/workbook.xlsx")
def of_draft(code: str) -> Response:
    with services().database.read() as session:
        data = workbook_of_draft(session, current_actor(), code=code, language=language())
    return _file(data, f"{code}-draft")


@blueprint.get("/workbook")
def page(code: str) -> str:
    return _page(code)


@blueprint.post("/workbook")
def compare(code: str) -> Answer:
    """Show what a workbook would change; nothing is kept."""
    try:
        returned, sent = _sent(code)
        found = _compared(code, returned)
    except KaohengError as error:
        if error.kind in {Kind.DENIED, Kind.CONFLICT}:
            raise
        _must_exist(code)
        return _page(code, refusal=error), status_of(error)
    return _page(code, found, sent)


@blueprint.post("/workbook/take")
def take(code: str) -> Answer:
    """Keep what was shown as the draft's newest edit; where it is not that any more, show it."""
    try:
        returned, sent = _sent(code)
        with writing() as of:
            take_workbook(
                of.session,
                of.actor,
                of.now,
                code=code,
                returned=returned,
                choices=_choices(),
                seen=request.form.get("seen", type=int),
            )
    except KaohengError as error:
        if error.kind is Kind.DENIED:
            raise
        _must_exist(code)
        if error.kind is Kind.CONFLICT:
            return _page(code, _compared(code, returned), sent, error), 409
        return _page(code, refusal=error), status_of(error)
    return redirect(url_for("rulebook.draft", code=code), 303)


def _sent(code: str) -> tuple[Returned, str]:
    """Return the workbook of this request, from a file or from the form that showed it."""
    allow_everywhere(current_actor(), "draft_policy")
    file = request.files.get("file")
    if file is not None and file.filename:
        name, data = file.filename[-100:], file.stream.read()
    else:
        name = request.form.get("name", "")[-100:] or f"{code}.xlsx"
        try:
            data = base64.b64decode(request.form.get("workbook", ""), validate=True)
        except (binascii.Error, ValueError):
            data = b""
    if not data:
        raise refuse(
            "workbook.no_file", N_("No workbook was sent."), N_("Choose the policy's workbook.")
        )
    if len(data) > MOST_BYTES:
        raise refuse(
            "workbook.too_large",
            N_("The workbook is larger than a policy's can be."),
            N_("Send the workbook that was downloaded, without pictures and further sheets."),
            place=Place(name),
        )
    return read_workbook(data, name), base64.b64encode(data).decode()


def _compared(code: str, returned: Returned) -> Comparison:
    with services().database.read() as session:
        return compare_workbook(
            session, current_actor(), code=code, returned=returned, choices=_choices()
        )


def _choices() -> Mapping[str, str]:
    return {
        name.removeprefix(CHOICE): value
        for name, value in request.form.items()
        if name.startswith(CHOICE)
    }


def _must_exist(code: str) -> None:
    """Refuse with ``MISSING`` a policy that there is not, before its page is shown."""
    with services().database.read() as session:
        if find_draft(session, code) is None:
            version_to_read(session, code, on=services().today())


def _page(
    code: str,
    found: Comparison | None = None,
    sent: str = "",
    refusal: KaohengError | None = None,
) -> str:
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        draft = find_draft(session, code)
        of = draft or version_to_read(session, code, on=services().today())
        policy = of.policy  # read while the session is there
    file = request.files.get("file")
    return render_template(
        "rulebook/workbook.html",
        policy=policy,
        draft=draft,
        found=found,
        sent=sent,
        name=file.filename if file else request.form.get("name", ""),
        choices=_choices(),
        refused=lines(refusal),
    )


def _file(data: bytes, name: str) -> Response:
    return Response(
        data,
        content_type=_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
