"""``kaoheng actuals | results | ledger | targets``: what a cycle's numbers are."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed
from workflows.cycles.operations import find_cycle
from workflows.cycles.reading import actual_rows, result_rows
from workflows.incentives.reading import ledger_rows
from workflows.targets.reading import target_rows


@click.command()
@click.argument("code", metavar="CYCLE")
@printed("person", "kpi", "actual", "target", "attainment", "points")
def actuals(code: str) -> list[dict[str, object]]:
    """Show every KPI of everybody in CYCLE: before the lock as of now, then as locked."""
    with application() as app, app.database.read() as session:
        return actual_rows(session, actor(app, session), find_cycle(session, code))


@click.command()
@click.argument("code", metavar="CYCLE")
@printed("person", "team", "total", "grade", "calibrated_grade", "stage", "version")
def results(code: str) -> list[dict[str, object]]:
    """Show totals and grades of CYCLE."""
    with application() as app, app.database.read() as session:
        return result_rows(session, actor(app, session), find_cycle(session, code))


@click.command()
@click.argument("code", metavar="CYCLE")
@printed("entry", "person", "kind", "amount", "currency", "payable_from", "rule", "reverses")
def ledger(code: str) -> list[dict[str, object]]:
    """Show the entries of CYCLE in the ledger."""
    with application() as app, app.database.read() as session:
        return ledger_rows(session, actor(app, session), find_cycle(session, code))


@click.command()
@click.argument("code", metavar="CYCLE")
@printed("target", "level", "owner", "parent", "amount")
def targets(code: str) -> list[dict[str, object]]:
    """Show the targets of CYCLE: the company's figure and every share of it."""
    with application() as app, app.database.read() as session:
        return target_rows(session, actor(app, session), find_cycle(session, code))


commands = [actuals, results, ledger, targets]
