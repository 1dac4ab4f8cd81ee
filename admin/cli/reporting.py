"""``kaoheng report``: figures that no system has, reported by one and checked by another."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.acting import actor, application
from admin.cli.facts_file import read_facts
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.consultation.files import attachments
from workflows.cycles.operations import find_cycle
from workflows.reporting.naming import name_provider
from workflows.reporting.operations import check_report, find_report, report_figures
from workflows.reporting.reading import report_rows
from workflows.sources.limits import Limits


@click.group()
def report() -> None:
    """Figures that no system has 数据提报: reported with a file, and checked."""


@report.command("list")
@click.argument("code", metavar="CYCLE")
@printed(
    "report", "figure", "state", "people", "reporter", "reported_at", "checker", "checked_at",
    "reason",
)  # fmt: skip
def list_(code: str) -> list[dict[str, object]]:
    """List the reports of CYCLE, the newest first."""
    with application() as app, app.database.read() as session:
        return report_rows(session, actor(app, session), find_cycle(session, code))


@report.command()
@click.argument("code", metavar="CYCLE")
@click.argument("figure")
@click.option("--reporter", required=True, help="The account that reports it.")
@click.option("--checker", required=True, help="The account that checks it.")
def name(code: str, figure: str, reporter: str, checker: str) -> None:
    """Name who reports and who checks FIGURE of CYCLE's policy."""
    with application() as app, app.database.write() as session:
        who, cycle = actor(app, session), find_cycle(session, code)
        name_provider(session, who, app.clock(), cycle, figure, reporter=reporter, checker=checker)
    say(
        N_("{figure} is reported by {reporter} and checked by {checker}."),
        figure=figure,
        reporter=reporter,
        checker=checker,
    )


@report.command()
@click.argument("code", metavar="CYCLE")
@click.argument("figure")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--attach",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that the figures rest on.",
)
@click.option("--note", default="", help="Where the figures come from.")
def give(code: str, figure: str, file: Path, attach: tuple[Path, ...], note: str) -> None:
    """Report FIGURE of CYCLE from FILE: columns `person` and the figure's name."""
    kept = attachments((each.name, each.read_bytes()) for each in attach)
    rows, _ = read_facts(file, Limits())
    figures = {row["person"] or "": row.get(figure) or "" for row in rows}
    with application() as app, app.database.write() as session:
        who, cycle = actor(app, session), find_cycle(session, code)
        made = report_figures(
            session, who, app.clock(), cycle, figure, figures, kept, note=note
        ).public_id
    say(N_("Reported as {report}; it counts once it is checked."), report=made)


@report.command()
@click.argument("code", metavar="CYCLE")
@click.argument("report_id", metavar="REPORT")
@click.option("--accept/--return", "accept", required=True, help="It counts, or goes back.")
@click.option("--reason", default="", help="Needed where it goes back.")
def check(code: str, report_id: str, accept: bool, reason: str) -> None:
    """Check REPORT of CYCLE."""
    with application() as app, app.database.write() as session:
        found = find_report(session, find_cycle(session, code), report_id)
        check_report(session, actor(app, session), app.clock(), found, accept=accept, reason=reason)
    say(N_("Checked: the figures count.") if accept else N_("Sent back."))


commands = [report]
