"""``kaoheng goals …``: agreeing goals with people, and people's own goals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.goal_acting import NUMBER, REASON, TAKEN, acting, reading
from admin.cli.output import language, printed, say
from engine.errors import N_
from workflows.base.i18n import render
from workflows.goals import offers
from workflows.goals.edits import Taken
from workflows.goals.plans import no_person
from workflows.goals.reading import own_goals, standing_rows
from workflows.goals.smart import missing, missing_faults
from workflows.goals.stating import Fields, state_goal
from workflows.org.tables import Person


@click.command("people")
@click.argument("year", type=int)
@click.option("--version", "seq", type=int, help="Its number; else the newest.")
@printed("person", "goal", "amounts", "state", "countered", "id")
def people(year: int, seq: int | None) -> list[dict[str, object]]:
    """List where people are with their goals of YEAR."""
    with reading(year, seq) as of:
        return standing_rows(of.session, of.actor, of.version)


@click.command("propose")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("people", nargs=-1, required=True)
def propose(year: int, goal: str, people: tuple[str, ...]) -> None:
    """Propose GOAL to PEOPLE as the plan has it."""
    with acting(year) as of:
        chosen = [_person(of.session, code) for code in people]
        count = offers.propose_goals(of.session, of.actor, of.now, of.tree(goal), chosen)
    say(N_("Proposed to {count}."), count=count)


@click.command("answer")
@click.argument("offer")
@click.option("--accept", is_flag=True, help="As it was proposed.")
@click.option("--counter", multiple=True, type=NUMBER, help="A figure, or four for the quarters.")
@click.option("--reason", default="", help="Why; needed with --counter.")
def answer(offer: str, accept: bool, counter: tuple[Decimal, ...], reason: str) -> None:
    """Accept one's own goal, or counter it with figures and a reason."""
    if accept == bool(counter):
        raise click.UsageError("--accept or --counter")
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = offers.find_offer(session, who, offer)
        offers.answer_goal(session, who, app.clock(), found, counter=counter or None, reason=reason)
    say(N_("Answered."))


@click.command("settle")
@click.argument("offer")
@click.argument("amounts", nargs=-1, required=True, type=NUMBER)
@REASON
@TAKEN
def settle(offer: str, amounts: tuple[Decimal, ...], reason: str, taken: Taken) -> None:
    """Settle a goal that was countered: a figure, or four for the quarters."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = offers.find_offer(session, who, offer)
        offers.settle_goal(session, who, app.clock(), found, amounts, reason=reason, taken=taken)
    say(N_("Settled."))


@click.command("agree")
@click.argument("offers_", nargs=-1, required=True, metavar="OFFER…")
def agree(offers_: tuple[str, ...]) -> None:
    """Approve what managers settled, as the level above them."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        for each in offers_:
            found = offers.find_offer(session, who, each)
            offers.agree_goal(session, who, app.clock(), found, app.today())
    say(N_("Approved: {count}."), count=len(offers_))


@click.command("return")
@click.argument("offer")
@REASON
def return_(offer: str, reason: str) -> None:
    """Send a goal back to the manager."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = offers.find_offer(session, who, offer)
        offers.return_goal(session, who, app.clock(), found, app.today(), reason=reason)
    say(N_("Sent back."))


@click.command("state")
@click.argument("year", type=int)
@click.argument("person")
@click.argument("title")
@click.option("--what", default="", help="What is to be done 具体.")
@click.option("--measure", default="", help="What it is measured by 衡量指标.")
@click.option("--amount", type=NUMBER, help="How much 数值.")
@click.option("--unit", default="", help="CNY, %, points.")
@click.option("--due", type=DAY, help="By when 期限.")
@click.option("--parent", default="", help="The goal it serves 对齐.")
def state(year: int, person: str, title: str, amount: Decimal | None, due: date | None,
          **said: str) -> None:  # fmt: skip
    """State a goal of PERSON's own; what it does not say yet is printed."""
    with acting(year) as of:
        fields = Fields(title, quantity=amount, due_on=due, **said)
        who = _person(of.session, person)
        goal = state_goal(of.session, of.actor, of.now, of.plan, who, fields)
        lacking = missing_faults(goal)
    if lacking:
        say(N_("Stated; it does not say everything yet."))
        for fault in lacking:
            click.echo(render(fault, language()))
    else:
        say(N_("Stated: specific, measurable, with a date, and aligned."))


@click.command("own")
@click.argument("year", type=int)
@click.argument("person")
@printed("goal", "title", "measure", "amount", "unit", "due_on", "parent", "missing")
def own(year: int, person: str) -> list[dict[str, object]]:
    """List the goals of PERSON's own, and what each does not say yet."""
    with reading(year) as of:
        found = own_goals(of.session, of.actor, of.plan, _person(of.session, person).id)
        return [
            {
                "goal": each.code,
                "title": each.title,
                "measure": each.measure,
                "amount": each.quantity,
                "unit": each.unit,
                "due_on": each.due_on,
                "parent": each.parent.code if each.parent else None,
                "missing": ", ".join(missing(each)),
            }
            for each in found
        ]


def _person(session: Session, code: str) -> Person:
    found = session.scalar(select(Person).where(Person.code == code))
    if found is None:
        raise no_person(code)
    return found


commands = [people, propose, answer, settle, agree, return_, state, own]
