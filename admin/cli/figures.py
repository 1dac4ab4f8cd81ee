"""``kaoheng figures``: what people give beside the records of a cycle."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.acting import actor, application
from admin.cli.facts_file import read_facts
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.cycles.operations import find_cycle
from workflows.figures.operations import give_figures
from workflows.figures.reading import figure_rows
from workflows.sources.limits import Limits


@click.group()
def figures() -> None:
    """Figures given beside the records: inputs, ratings, a person's own weights."""


@figures.command("import")
@click.argument("code", metavar="CYCLE")
@click.argument("file", type=click.Path(path_type=Path))
def import_(code: str, file: Path) -> None:
    """Take the figures of FILE for CYCLE: a column `person`, and one for each figure."""
    with application() as app:
        rows, lines = read_facts(file, Limits())
        with app.database.write() as session:
            counts = give_figures(
                session,
                actor(app, session),
                app.clock(),
                find_cycle(session, code),
                rows,
                file=file.name,
                lines=lines,
            )
    say(N_("{cycle}: {given} figures given, {unchanged} as they were."), cycle=code, **counts)


@figures.command("list")
@click.argument("code", metavar="CYCLE")
@printed("person", "figure", "value", "given_by", "given_at")
def list_(code: str) -> list[dict[str, object]]:
    """List the figures of CYCLE that count."""
    with application() as app, app.database.read() as session:
        return figure_rows(session, actor(app, session), find_cycle(session, code))


commands = [figures]
