"""``kaoheng report-on-duty``: self reports, from the draft to what was submitted."""

from __future__ import annotations

import json
from pathlib import Path

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_, Place, refuse
from workflows.cycles.operations import find_cycle, policy_of
from workflows.reviews.finding import visible_review
from workflows.reviews.reading import find_review
from workflows.selfreports.reading import last_submitted, report_for, report_rows
from workflows.selfreports.writing import return_report, save_report, submit_report


@click.group("report-on-duty")
def report_on_duty() -> None:
    """Self reports 述职: who has written and submitted theirs."""


@report_on_duty.command("list")
@click.argument("code", metavar="CYCLE")
@printed("person", "state", "saved", "submitted", "sha256")
def list_(code: str) -> list[dict[str, object]]:
    """List how far the reports of CYCLE are."""
    with application() as app, app.database.read() as session:
        return report_rows(session, actor(app, session), find_cycle(session, code))


@report_on_duty.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--submit", is_flag=True, help="Submit it too; a missing section is named.")
def write(code: str, person: str, file: Path, *, submit: bool) -> None:
    """Take one's own report from FILE: a JSON object with a text for each section's code."""
    texts = _texts(file)
    with application() as app, app.database.write() as session:
        cycle = find_cycle(session, code)
        review = find_review(session, cycle, person)
        done = submit_report if submit else save_report
        done(session, actor(app, session), app.clock(), review, policy_of(cycle), texts)
    if submit:
        say(N_("The report of {person} is submitted."), person=person)
    else:
        say(N_("The report of {person} is saved."), person=person)


@report_on_duty.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
def show(code: str, person: str) -> None:
    """Print what the report of PERSON showed when it was submitted last, as canonical JSON."""
    with application() as app, app.database.read() as session:
        found = find_review(session, find_cycle(session, code), person)
        review = visible_review(session, actor(app, session), found.public_id)
        report = report_for(session, review)
        submitted = last_submitted(session, report) if report else None
        if submitted is None:
            raise refuse(
                "selfreports.not_submitted",
                N_("The report of {person} is not submitted."),
                N_("Wait for it, or ask the person."),
                person=person,
            )
        click.echo(submitted.text)


@report_on_duty.command("return")
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--reason", required=True, help="What is missing or not clear.")
def return_(code: str, person: str, reason: str) -> None:
    """Give the submitted report of PERSON back, to be changed."""
    with application() as app, app.database.write() as session:
        cycle = find_cycle(session, code)
        review = find_review(session, cycle, person)
        return_report(session, actor(app, session), app.clock(), review, policy_of(cycle), reason)
    say(N_("The report of {person} is returned."), person=person)


def _texts(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        found = None
    if not isinstance(found, dict):
        raise refuse(
            "selfreports.not_json",
            N_("This is no JSON object with a text for each section."),
            N_("Write a text for each section under its code."),
            place=Place(file=file.name),
        )
    return {str(name): str(text) for name, text in found.items()}


commands = [report_on_duty]
