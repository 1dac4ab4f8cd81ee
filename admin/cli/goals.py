"""``kaoheng goals``: a year's goal plan, shared out, agreed with people, changed by versions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import click

from admin.cli import goal_figures, goal_offers
from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.goal_acting import NUMBER, REASON, TAKEN, acting, reading
from admin.cli.output import language, printed, say
from engine.errors import N_
from workflows.base.i18n import render
from workflows.cycles.operations import find_cycle
from workflows.goals import plans
from workflows.goals.edits import Taken
from workflows.goals.exchange import export_goals, import_goals
from workflows.goals.missing import missing_rows
from workflows.goals.problems import problems
from workflows.goals.reading import goal_rows, history_rows, plan_rows
from workflows.goals.stating import SPANS, TREATMENTS, Fields, add_company_goal
from workflows.goals.taking import take_goals
from workflows.goals.workbook import LIMITS, read_goals


@click.group()
def goals() -> None:
    """Goal plans 目标分解: a year's goals from the company to each person's months.

    GOAL is its code in `goals list`, OFFER the id in `goals people`.
    """


@goals.command("new")
@click.argument("year", type=int)
@click.option("--name", default="", help="What the plan is called.")
def new(year: int, name: str) -> None:
    """Begin the plan of YEAR."""
    with application() as app, app.database.write() as session:
        plans.new_plan(session, actor(app, session), app.clock(), year=year, name=name)
    say(N_("The goal plan of {year} has begun."), year=year)


@goals.command("add")
@click.argument("year", type=int)
@click.argument("code")
@click.argument("amount", type=NUMBER)
@click.option("--title", required=True, help="What people call it.")
@click.option("--what", default="", help="What is to be done 具体.")
@click.option("--measure", default="", help="What it is measured by 衡量指标.")
@click.option("--unit", default="", help="CNY, %, points.")
@click.option("--due", type=DAY, help="By when 期限.")
@click.option("--parent", default="", help="The goal it serves 对齐.")
@click.option("--strategy", default="", help="The strategy it comes from.")
@click.option("--whole", is_flag=True, help="It does not add up: everybody has all of it.")
@click.option("--round", "round_to", type=NUMBER, default="1", help="1 is 元, 10000 is 万元.")
@click.option("--span", type=click.Choice(SPANS), default="year", help="Agreed by what.")
@click.option(
    "--if-missing",
    type=click.Choice(TREATMENTS),
    default="pending",
    show_default=True,
    help="Who has no figure: waits for one, or has the average of their unit.",
)
def add(year: int, code: str, amount: Decimal, due: date | None, whole: bool, round_to: Decimal,
        span: str, if_missing: str, **said: str) -> None:  # fmt: skip
    """Add a company goal of AMOUNT for the year; CODE is that of the policies' targets."""
    with acting(year) as of:
        fields = Fields(quantity=amount, due_on=due, **said)
        add_company_goal(
            of.session, of.actor, of.now, of.plan, code=code, fields=fields, adds=not whole,
            round_to=round_to, span=span, if_missing=if_missing,
        )  # fmt: skip
    say(N_("{goal} is in the plan of {year}."), goal=code, year=year)


@goals.command("list")
@click.argument("year", type=int)
@click.option("--version", "seq", type=int, help="Its number; else the newest.")
@printed("goal", "title", "amount", "unit", "due_on", "parent", "missing", "nodes")
def list_(year: int, seq: int | None) -> list[dict[str, object]]:
    """List the company goals of YEAR, and what each does not say yet."""
    with reading(year, seq) as of:
        return plan_rows(of.session, of.actor, of.plan, of.version)


@goals.command("show")
@click.argument("year", type=int)
@click.argument("goal")
@click.option("--version", "seq", type=int, help="Its number; else the newest.")
@printed(
    "id", "level", "owner", "name", "amount", "q1", "q2", "q3", "q4", "ratio", "reason", "given",
    "locked", "factor", "reserve",
)  # fmt: skip
def show(year: int, goal: str, seq: int | None) -> list[dict[str, object]]:
    """Show how GOAL is shared out, from the top."""
    with reading(year, seq) as of:
        return goal_rows(of.session, of.actor, of.tree(goal))


@goals.command("check")
@click.argument("year", type=int)
def check(year: int) -> None:
    """Say what does not reconcile, what goals do not say, and where the market counts twice."""
    with reading(year) as of:
        found = problems(of.session, of.actor, of.version, plans.goals_in(of.session, of.plan))
    for fault in found:
        click.echo(render(fault, language()))
    if not found:
        say(N_("Everything reconciles."))


@goals.command("submit")
@click.argument("year", type=int)
def submit(year: int) -> None:
    """Hand the plan of YEAR in for approval."""
    with acting(year) as of:
        plans.submit_version(of.session, of.actor, of.now, of.version)
    say(N_("The goal plan of {year} waits for its approval."), year=year)


@goals.command("withdraw")
@click.argument("year", type=int)
def withdraw(year: int) -> None:
    """Take a plan that was handed in back, to change it."""
    with acting(year) as of:
        plans.withdraw_version(of.session, of.actor, of.now, of.version)
    say(N_("The goal plan of {year} is a draft again."), year=year)


@goals.command("approve")
@click.argument("year", type=int)
def approve(year: int) -> None:
    """Approve the plan of YEAR: open cycles may take it, new ones do."""
    with acting(year) as of:
        plans.approve_version(of.session, of.actor, of.now, of.version)
    say(N_("The goal plan of {year} is in force."), year=year)


@goals.command("change")
@click.argument("year", type=int)
@REASON
def change(year: int, reason: str) -> None:
    """Begin a new version of an approved plan."""
    with acting(year) as of:
        version = plans.new_version(of.session, of.actor, of.now, of.plan, reason=reason)
    say(N_("Version {seq} of the goal plan of {year} has begun."), seq=version.seq, year=year)


@goals.command("history")
@click.argument("year", type=int)
@printed("version", "state", "reason", "begun", "approved", "amounts")
def history(year: int) -> list[dict[str, object]]:
    """List the versions of the plan with their reasons."""
    with reading(year) as of:
        return history_rows(of.session, of.actor, of.plan)


@goals.command("export")
@click.argument("year", type=int)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(year: int, file: Path) -> None:
    """Write the year's targets to FILE: 工号 × product line × 12 months, a sheet a goal."""
    with reading(year) as of:
        data = export_goals(of.session, of.actor, of.version, language())
    file.write_bytes(data)
    say(N_("Written: {file}."), file=str(file))


@goals.command("import")
@click.argument("year", type=int)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@TAKEN
@click.option("--over", is_flag=True, help="The workbook wins over what was changed meanwhile.")
def import_(year: int, file: Path, taken: Taken, over: bool) -> None:
    """Take the workbook FILE, all of it or nothing."""
    with file.open("rb") as stream:
        sheets = read_goals(stream.read(LIMITS.file_bytes + 1), file.name)
    with acting(year) as of:
        count = import_goals(
            of.session, of.actor, of.now, of.plan, of.version, sheets, file=file.name, taken=taken,
            over=over,
        )  # fmt: skip
    say(N_("{count} rows have other figures now."), count=count)


@goals.command("take")
@click.argument("cycle")
def take(cycle: str) -> None:
    """Let the open CYCLE take the figures of the plan's newest approved version."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        count = take_goals(session, who, app.clock(), find_cycle(session, cycle))
    say(N_("{cycle}: {count} people have other targets now."), cycle=cycle, count=count)


@goals.command("missing")
@click.argument("cycle")
@printed("person", "target", "measure", "period", "treatment", "amount")
def missing(cycle: str) -> list[dict[str, object]]:
    """List who has no target of the plan in CYCLE, and how they are treated."""
    with application() as app, app.database.read() as session:
        return missing_rows(session, actor(app, session), find_cycle(session, cycle))


for each in (*goal_figures.commands, *goal_offers.commands):
    goals.add_command(each)
commands = [goals]
