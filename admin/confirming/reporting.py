"""Figures that no system has: who is named for each, what they reported, and checking it."""

from __future__ import annotations

import re

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.attached import ATTACHING, download, sent_files
from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow, may_everywhere
from workflows.cycles.operations import find_cycle, policy_of
from workflows.figures.columns import given_columns
from workflows.reporting.naming import allow_as, name_provider, providers_of
from workflows.reporting.operations import check_report, find_report, report_figures
from workflows.reporting.reading import find_file, reports_of

blueprint = Blueprint("reporting", __name__, url_prefix="/reporting")

Answer = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<code>")
def of_cycle(code: str) -> str:
    """Show the figures that people give in a cycle, who is named for them, and the reports."""
    with services().database.read() as session:
        return _page(session, code)


@blueprint.post("/<code>/providers")
def name(code: str) -> Answer:
    allow(current_actor(), "name_provider")
    form = request.form
    try:
        with writing() as of:
            name_provider(
                of.session,
                of.actor,
                of.now,
                find_cycle(of.session, code),
                form.get("name", ""),
                reporter=form.get("reporter", ""),
                checker=form.get("checker", ""),
            )
    except KaohengError as error:
        return _refused(code, error, f"name {form.get('name', '')}")
    return redirect(url_for("reporting.of_cycle", code=code), 303)


@blueprint.post("/<code>/reports")
def report(code: str) -> Answer:
    name, note = request.form.get("name", ""), request.form.get("note", "")
    try:
        with writing() as of:
            allow_as(of.session, of.actor, "reporter")
            cycle = find_cycle(of.session, code)
            report_figures(
                of.session, of.actor, of.now, cycle, name, _figures(), sent_files(), note=note
            )
    except KaohengError as error:
        return _refused(code, error, f"report {name}")
    return redirect(url_for("reporting.of_cycle", code=code), 303)


@blueprint.post("/<code>/reports/<key>")
def check(code: str, key: str) -> Answer:
    try:
        with writing() as of:
            allow_as(of.session, of.actor, "checker")
            found = find_report(of.session, find_cycle(of.session, code), key)
            accept = request.form.get("answer") == "accept"
            reason = request.form.get("reason", "")
            check_report(of.session, of.actor, of.now, found, accept=accept, reason=reason)
    except KaohengError as error:
        return _refused(code, error, f"check {key}")
    return redirect(url_for("reporting.of_cycle", code=code), 303)


@blueprint.get("/<code>/files/<int:file_id>")
def file(code: str, file_id: int) -> Response:
    """Give an attachment as a download, never to be shown by the browser itself."""
    with services().database.read() as session:
        allow_as(session, current_actor(), "reporter", "checker", "reader")
        found = find_file(session, current_actor(), find_cycle(session, code), file_id)
        return download(found)


def _figures() -> dict[str, str]:
    """Return what stands in the lines of the form: a person's code, and their figure."""
    found = {}
    for line in request.form.get("figures", "").splitlines():
        person, *rest = re.split(r"[\t,，;；=]|\s+", line.strip(), maxsplit=1)
        if person:
            found[person] = rest[0].strip() if rest else ""
    return found


def _refused(code: str, error: KaohengError, form: str) -> Answer:
    """Show a refusal at its form, with what was typed."""
    if error.kind in (Kind.DENIED, Kind.MISSING):
        raise error
    with services().database.read() as session:
        return _page(session, code, error, form), status_of(error)


def _page(
    session: Session, code: str, error: KaohengError | None = None, form: str | None = None
) -> str:
    actor = current_actor()
    allow_as(session, actor, "reporter", "checker", "reader")
    cycle = find_cycle(session, code)
    found = reports_of(session, actor, cycle)
    policy, providers = policy_of(cycle), providers_of(session, cycle)
    # What raters say is asked of them on forms of its own: a file is for what nobody is asked.
    rated = {f"{kpi.code}.{rating.code}" for kpi in policy.kpis for rating in policy.ratings}
    columns = given_columns(policy)
    return render_template(
        "confirming/reporting.html",
        section_of_page="cycles",
        row=cycle,
        columns={name: columns[name] for name in columns if name not in rated - set(providers)},
        providers=providers,
        reports=found,
        account=actor.account_id,
        may_name=may_everywhere(actor, "name_provider"),
        refused=form,
        lines=lines(error),
        typed=request.form if error else {},
        **ATTACHING,
    )
