"""``kaoheng plan`` and ``kaoheng career``: plans, the file that the law asks for, eligibility."""

from __future__ import annotations

from datetime import date

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.cycles.operations import find_cycle
from workflows.plans.eligibility import eligibility_rows
from workflows.plans.operations import (
    KINDS,
    NOTES,
    Draft,
    agree_plan,
    draft_plan,
    end_plan,
    evaluate_plan,
    note_plan,
    start_plan,
)
from workflows.plans.personnel_file import file_rows, personnel_file
from workflows.plans.reading import find_plan, plan_rows
from workflows.reviews.reading import find_review

COLUMNS = ("plan", "kind", "person", "cycle", "state", "kpi", "mentor", "starts_on", "ends_on")


@click.group()
def plan() -> None:
    """Plans: improvement 改进计划 and development 发展计划."""


@plan.command("list")
@printed(*COLUMNS, "goal")
def list_() -> list[dict[str, object]]:
    """List the plans that you may see."""
    with application() as app, app.database.read() as session:
        return plan_rows(session, actor(app, session))


@plan.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="improvement",
    show_default=True,
    help="What kind of plan.",
)
@click.option("--goal", required=True, help="What is to be reached.")
@click.option("--from", "starts_on", type=DAY, required=True, help="Its first day.")
@click.option("--until", "ends_on", type=DAY, required=True, help="Its last day.")
@click.option("--rule", default="", help="The policy's rule that suggests it.")
@click.option("--kpi", default="", help="The KPI that it is to move.")
@click.option("--path", default="", help="The policy's career path that it leads along.")
@click.option("--training", default="", help="What is trained, of an improvement plan.")
@click.option("--strengths", default="", help="What the person is good at, of a development plan.")
@click.option("--needs", default="", help="What is to be learned, of a development plan.")
@click.option("--mentor", default="", help="A person's code.")
def draft(
    code: str,
    person: str,
    kind: str,
    goal: str,
    starts_on: date,
    ends_on: date,
    rule: str,
    kpi: str,
    path: str,
    training: str,
    strengths: str,
    needs: str,
    mentor: str,
) -> None:
    """Draft a plan for PERSON from their review in CYCLE; both then have to agree."""
    typed = Draft(
        kind,
        goal,
        starts_on,
        ends_on,
        rule,
        kpi,
        path,
        training,
        strengths,
        needs,
        mentor,
    )
    with application() as app, app.database.write() as session:
        review = find_review(session, find_cycle(session, code), person)
        made = draft_plan(session, actor(app, session), app.clock(), review, typed, app.today())
        key = made.public_id
    say(N_("Drafted the plan {key}."), key=key)


@plan.command()
@click.argument("key", metavar="PLAN")
def agree(key: str) -> None:
    """Agree to PLAN, as the person or as whoever leads them."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_plan(session, who, key)
        agree_plan(session, who, app.clock(), found)
        state = found.state
    say(N_("The plan {key} is {state}."), key=key, state=state)


@plan.command()
@click.argument("key", metavar="PLAN")
def start(key: str) -> None:
    """Let PLAN, to which both agreed, begin."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        start_plan(session, who, app.clock(), find_plan(session, who, key))
    say(N_("The plan {key} is {state}."), key=key, state="running")


@plan.command()
@click.argument("key", metavar="PLAN")
@click.argument("kind", type=click.Choice(NOTES))
@click.argument("text")
@click.option("--on", "happened_on", type=DAY, help="The day; today without it.")
@click.option("--link", default="", help="Where it is shown: an address, a path.")
def note(key: str, kind: str, text: str, happened_on: date | None, link: str) -> None:
    """Keep what happened while PLAN runs: training, another post, evidence."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        note_plan(
            session,
            who,
            app.clock(),
            find_plan(session, who, key),
            kind=kind,
            happened_on=happened_on or app.today(),
            text=text,
            link=link,
            today=app.today(),
        )
    say(N_("Noted in the plan {key}."), key=key)


@plan.command()
@click.argument("key", metavar="PLAN")
@click.argument("conclusion")
def evaluate(key: str, conclusion: str) -> None:
    """Say what came of PLAN, with what the figures say before and after it."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        evaluate_plan(session, who, app.clock(), find_plan(session, who, key), conclusion)
    say(N_("The plan {key} is {state}."), key=key, state="evaluated")


@plan.command()
@click.argument("key", metavar="PLAN")
@click.option("--reason", default="", help="Why; one that ends early needs it.")
def end(key: str, reason: str) -> None:
    """End PLAN."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        end_plan(session, who, app.clock(), find_plan(session, who, key), reason)
    say(N_("The plan {key} is {state}."), key=key, state="ended")


@plan.command()
@click.argument("person")
@printed("person", "item", "there", "day", "what")
def file(person: str) -> list[dict[str, object]]:
    """Show what the law asks for before PERSON's results may count against their employment."""
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        return file_rows(personnel_file(session, who, person, app.settings.timezone))


@click.group()
def career() -> None:
    """Career paths 发展通道 by the policies in force."""


@career.command("list")
@printed("policy", "path", "from", "to", "person", "eligible", "cycles", "totals")
def eligible() -> list[dict[str, object]]:
    """List who may be considered for the next step; nobody is promoted by it."""
    with application() as app, app.database.read() as session:
        return eligibility_rows(session, actor(app, session), app.today())


commands = [plan, career]
