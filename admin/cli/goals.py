"""``kaoheng goals``: a year's goal plan, shared out, agreed with people, changed by versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.output import language, printed, say
from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.base.i18n import render
from workflows.cycles.operations import find_cycle
from workflows.goals import cutting, plans
from workflows.goals.claims import METHODS, Ability
from workflows.goals.edits import Taken
from workflows.goals.exchange import export_goals, import_goals
from workflows.goals.last_year import last_year
from workflows.goals.missing import missing_rows
from workflows.goals.problems import problems
from workflows.goals.reading import code_of, goal_rows, history_rows, plan_rows
from workflows.goals.shape import EVEN, Months
from workflows.goals.stating import SPANS, TREATMENTS, Fields, add_company_goal
from workflows.goals.store import Tree, load_tree
from workflows.goals.tables import GoalPlan, GoalVersion
from workflows.goals.taking import take_goals
from workflows.goals.workbook import LIMITS, read_goals


class Amount(click.ParamType[Decimal]):
    """An exact number: ``200000``, ``1.05``, or ``5%`` as 0.05."""

    name = "number"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        text = str(value).replace(",", "")
        try:
            number = Decimal(text.removesuffix("%"))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number", param, ctx)
        if not number.is_finite():
            self.fail(f"{value!r} is not a number", param, ctx)
        return number / 100 if text.endswith("%") else number


NUMBER = Amount()
TAKEN = click.option(
    "--from", "taken", type=click.Choice(["siblings", "reserve"]), default="siblings",
    help="What makes up the difference: those beside it, or the reserve.",
)  # fmt: skip
REASON = click.option("--reason", required=True, help="Why; it is shown beside the figure.")


@dataclass(frozen=True)
class Acting:
    """What an operation takes, with the plan of the year and the version in work."""

    session: Session
    actor: Actor
    now: datetime
    today: date
    plan: GoalPlan
    version: GoalVersion

    def tree(self, goal: str) -> Tree:
        return load_tree(self.session, self.version, plans.find_goal(self.session, self.plan, goal))


@contextmanager
def acting(year: int, seq: int | None = None) -> Iterator[Acting]:
    """Open the plan of a year to write in it."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        plan = plans.find_plan(session, who, year)
        version = plans.newest_version(session, plan, seq)
        yield Acting(session, who, app.clock(), app.today(), plan, version)


@contextmanager
def reading(year: int, seq: int | None = None) -> Iterator[Acting]:
    """Open the plan of a year to read it."""
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        plan = plans.find_plan(session, who, year)
        version = plans.newest_version(session, plan, seq)
        yield Acting(session, who, app.clock(), app.today(), plan, version)


@click.group()
def goals() -> None:
    """Goal plans 目标分解: a year's goals from the company to each person's months."""


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
@click.option("--title", required=True)
@click.option("--what", default="", help="What is to be done 具体.")
@click.option("--measure", default="", help="What it is measured by 衡量指标.")
@click.option("--unit", default="", help="CNY, %, points.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="By when 期限.")
@click.option("--parent", default="", help="The goal it serves 对齐.")
@click.option("--strategy", default="", help="The strategy it comes from.")
@click.option("--whole", is_flag=True, help="It does not add up: everybody has all of it.")
@click.option("--round", "round_to", type=NUMBER, default="1", help="1 is 元, 10000 is 万元.")
@click.option("--span", type=click.Choice(SPANS), default="year", help="Agreed by what.")
@click.option("--if-missing", type=click.Choice(TREATMENTS), default="pending")
def add(year: int, code: str, amount: Decimal, due: datetime | None, whole: bool, round_to: Decimal,
        span: str, if_missing: str, **said: str) -> None:  # fmt: skip
    """Add a company goal of AMOUNT for the year; CODE is that of the policies' targets."""
    with acting(year) as of:
        fields = Fields(quantity=amount, due_on=due.date() if due else None, **said)
        add_company_goal(
            of.session, of.actor, of.now, of.plan, code=code, fields=fields, adds=not whole,
            round_to=round_to, span=span, if_missing=if_missing,
        )  # fmt: skip
    say(N_("{goal} is in the plan of {year}."), goal=code, year=year)


@goals.command("split")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.option("--into", type=click.Choice(cutting.INTO), default="org")
@click.option("--by", type=click.Choice(METHODS), default="equal")
@click.option("--part", "parts", multiple=True, help="LABEL[=RATIO[:REASON]] of a line or group.")
@click.option("--factor", type=NUMBER, default="1", help="加码: what is asked beyond the goal.")
@click.option("--reserve", type=NUMBER, default="0", help="预留: an amount kept back.")
@click.option("--rate", type=NUMBER, help="预留: a share kept back, as 5%.")
@click.option("--round", "unit", type=NUMBER, help="What shares are whole in.")
@click.option("--newcomer", type=NUMBER, default="1", help="The ratio of a newcomer.")
@click.option("--newcomer-months", type=int, default=6, help="Who is one: months before the year.")
@click.option("--rank", "ranks", multiple=True, help="RANK=RATIO.")
@click.option("--market", "markets", multiple=True, help="CODE=RATIO of a unit or a person.")
@click.option("--reason", default="", help="Why it is shared out like this.")
def split(year: int, goal: str, owner: str, into: str, by: str, parts: tuple[str, ...],
          factor: Decimal, reserve: Decimal, rate: Decimal | None, unit: Decimal | None,
          newcomer: Decimal, newcomer_months: int, ranks: tuple[str, ...],
          markets: tuple[str, ...], reason: str) -> None:  # fmt: skip
    """Share GOAL out at OWNER: a code, or a whole level (company, region, team, person)."""
    ability = Ability(
        newcomer_months if newcomer != 1 else 0, newcomer, _ratios(ranks), _ratios(markets)
    )
    way = cutting.Way(
        into, by, factor, unit, reserve, rate, tuple(map(_part, parts)), ability, reason
    )
    with acting(year) as of:
        tree = of.tree(goal)
        keys = _level(tree, owner) or [_node(tree, owner)]
        done = cutting.split_nodes(of.session, of.actor, of.now, tree, keys, way, today=of.today)
    say(N_("{goal}: {count} shared out."), goal=goal, count=done)


@goals.command("set")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.argument("amount", type=NUMBER)
@REASON
@TAKEN
def set_(year: int, goal: str, owner: str, amount: Decimal, reason: str, taken: Taken) -> None:
    """Set the AMOUNT of OWNER (a code, CODE/LINE, or #ID) by hand."""
    with acting(year) as of:
        tree = of.tree(goal)
        cutting.change_amount(
            of.session, of.actor, of.now, tree, _node(tree, owner), amount, reason=reason,
            taken=taken,
        )  # fmt: skip
    say(N_("{goal}: {owner} has {amount}."), goal=goal, owner=owner, amount=f"{amount:f}")


@goals.command("ratio")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.argument("ratio", type=NUMBER)
@REASON
def ratio_(year: int, goal: str, owner: str, ratio: Decimal, reason: str) -> None:
    """Set the RATIO of OWNER among those beside it."""
    with acting(year) as of:
        tree = of.tree(goal)
        cutting.change_ratio(
            of.session, of.actor, of.now, tree, _node(tree, owner), ratio, reason=reason
        )
    say(N_("{goal}: {owner} has the ratio {ratio}."), goal=goal, owner=owner, ratio=f"{ratio:f}")


@goals.command("reserve")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.argument("amount", type=NUMBER)
@click.option("--factor", type=NUMBER, help="加码: what is asked beyond the goal.")
def reserve_(year: int, goal: str, owner: str, amount: Decimal, factor: Decimal | None) -> None:
    """Set what OWNER keeps back 预留 and the factor 加码."""
    with acting(year) as of:
        tree = of.tree(goal)
        cutting.change_reserve(
            of.session, of.actor, of.now, tree, _node(tree, owner), amount, factor=factor
        )
    say(N_("{goal}: {owner} keeps {amount} back."), goal=goal, owner=owner, amount=f"{amount:f}")


@goals.command("curve")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("kind", type=click.Choice(["even", "seasonal", "last-year"]))
@click.argument("months", nargs=-1, type=NUMBER)
@click.option("--owner", help="Only the node with this code.")
def curve(year: int, goal: str, kind: str, months: Months, owner: str | None) -> None:
    """Spread the year over its months: even, seasonal (twelve MONTHS), or as last year's."""
    with acting(year) as of:
        tree = of.tree(goal)
        shape = EVEN if kind == "even" else months
        if kind == "last-year":
            shape = last_year(of.session, tree.goal)
        key = _node(tree, owner) if owner else None
        cutting.change_shape(of.session, of.actor, of.now, tree, shape, kind=kind, key=key)
    say(N_("{goal} is spread over the year anew."), goal=goal)


def _lock(year: int, goal: str, owner: str, locked: bool) -> int:
    with acting(year) as of:
        tree = of.tree(goal)
        keys = _level(tree, owner) or [_node(tree, owner)]
        cutting.lock_nodes(of.session, of.actor, of.now, tree, keys, locked=locked)
    return len(keys)


@goals.command("lock")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
def lock(year: int, goal: str, owner: str) -> None:
    """Lock the figure of OWNER, or of a whole level (region, team, person)."""
    say(N_("{goal}: {count} locked."), goal=goal, count=_lock(year, goal, owner, True))


@goals.command("unlock")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
def unlock(year: int, goal: str, owner: str) -> None:
    """Unlock what was locked."""
    say(N_("{goal}: {count} unlocked."), goal=goal, count=_lock(year, goal, owner, False))


@goals.command("list")
@click.argument("year", type=int)
@click.option("--version", "seq", type=int)
@printed("goal", "title", "amount", "unit", "due_on", "parent", "missing", "nodes")
def list_(year: int, seq: int | None) -> list[dict[str, object]]:
    """List the company goals of YEAR, and what each does not say yet."""
    with reading(year, seq) as of:
        return plan_rows(of.session, of.actor, of.plan, of.version)


@goals.command("show")
@click.argument("year", type=int)
@click.argument("goal")
@click.option("--version", "seq", type=int)
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


def _level(tree: Tree, level: str) -> list[int]:
    return [node.key for node in tree.root.walk() if node.kind == level]


def _node(tree: Tree, owner: str) -> int:
    """Return the node that is meant by a code, by CODE/LINE, or by #ID."""
    found = [key for key, row in tree.rows.items() if owner in (code_of(row), f"#{key}")]
    if len(found) == 1:
        return found[0]
    raise refuse(
        "goals.no_node",
        N_("{owner} is not in {goal}, or is there more than once."),
        N_("See `kaoheng goals show {year} {goal}`, and write CODE/LINE or #ID."),
        kind=Kind.MISSING,
        owner=owner,
        goal=tree.goal.code,
        year=tree.goal.plan.year,
    )


def _part(text: str) -> cutting.Part:
    label, _, rest = text.partition("=")
    ratio, _, reason = rest.partition(":")
    return cutting.Part(label, NUMBER.convert(ratio or "1", None, None), reason)


def _ratios(texts: tuple[str, ...]) -> dict[str, Decimal]:
    pairs = (text.partition("=") for text in texts)
    return {name: NUMBER.convert(value, None, None) for name, _, value in pairs}


commands = [goals]
