"""``kaoheng sample``: regular audits of results, drawn, checked, answered and settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.audits.operations import (
    CHECKS,
    STRATA,
    answer_finding,
    check_result,
    draw_sample,
    settle_finding,
)
from workflows.audits.reading import audits_of, find_audit, find_line, line_rows
from workflows.audits.tables import AuditedResult
from workflows.cycles.operations import find_cycle


@click.group()
def sample() -> None:
    """Audits of results 结果抽查: a sample, a sign-off of each line, findings and answers.

    SAMPLE is as `sample list` prints it.
    """


@sample.command("list")
@click.argument("code", metavar="[CYCLE]", required=False)
@printed("sample", "cycle", "number", "size", "strata", "seed", "drawn_by", "drawn_at", "states")
def list_(code: str | None) -> list[dict[str, object]]:
    """List the samples that were drawn, the newest first."""
    with application() as app, app.database.read() as session:
        cycle = find_cycle(session, code) if code else None
        return [
            {
                "sample": each.audit.public_id,
                "cycle": each.audit.cycle.code,
                "number": each.audit.seq,
                "size": len(each.audit.lines),
                "strata": each.audit.strata,
                "seed": each.audit.seed,
                "drawn_by": each.audit.drawer.username,
                "drawn_at": each.audit.drawn_at,
                "states": ", ".join(f"{name} {count}" for name, count in each.states.items()),
            }
            for each in audits_of(session, actor(app, session), cycle)
        ]


@sample.command()
@click.argument("code", metavar="CYCLE")
@click.option("--size", required=True, type=int, help="How many results.")
@click.option(
    "--by",
    "strata",
    type=click.Choice(STRATA),
    default=STRATA[-1],
    show_default=True,
    help="Over what it is shared out.",
)
@click.option("--seed", default="", help="A certain seed; else it follows from the results.")
def draw(code: str, size: int, strata: str, seed: str) -> None:
    """Draw a sample of CYCLE's approved results."""
    with application() as app, app.database.write() as session:
        who, cycle = actor(app, session), find_cycle(session, code)
        made = draw_sample(session, who, app.clock(), cycle, size=size, strata=strata, seed=seed)
        key, count, used = made.public_id, len(made.lines), made.seed
    say(N_("Drawn as {sample}: {count} results, seed {seed}."), sample=key, count=count, seed=used)


@sample.command()
@click.argument("key", metavar="SAMPLE")
@printed(
    "person", "stratum", "total", "grade", "state", "checks", "replayed", "note", "checked_by",
    "checked_at", "answer", "answered_by", "answered_at", "review",
)  # fmt: skip
def show(key: str) -> list[dict[str, object]]:
    """Show the lines of SAMPLE."""
    with application() as app, app.database.read() as session:
        return line_rows(find_audit(session, actor(app, session), key))


@sample.command()
@click.argument("key", metavar="SAMPLE")
@click.argument("person")
@click.option("--sound/--finding", required=True, help="Sign it off, or say what was found.")
@click.option("--looked-at", multiple=True, type=click.Choice(CHECKS), help="What was looked at.")
@click.option("--note", default="", help="What was found, or a remark.")
def check(key: str, person: str, sound: bool, looked_at: tuple[str, ...], note: str) -> None:
    """Check PERSON's result in SAMPLE; it is computed again for it."""

    def act(session: Session, who: Actor, now: datetime, line: AuditedResult) -> None:
        check_result(session, who, now, line, sound=sound, checks=looked_at, note=note)

    _do(key, person, act)


@sample.command()
@click.argument("key", metavar="SAMPLE")
@click.argument("person")
@click.option("--answer", "text", required=True, help="What was done about it.")
def answer(key: str, person: str, text: str) -> None:
    """Answer what was found of PERSON's result in SAMPLE."""
    _do(key, person, lambda s, who, now, line: answer_finding(s, who, now, line, answer=text))


@sample.command()
@click.argument("key", metavar="SAMPLE")
@click.argument("person")
@click.option("--settled/--open", "settled", required=True, help="The answer is enough, or not.")
@click.option("--note", default="", help="What the answer leaves open.")
def settle(key: str, person: str, settled: bool, note: str) -> None:
    """Settle what was found of PERSON's result in SAMPLE, or leave it open."""

    def act(session: Session, who: Actor, now: datetime, line: AuditedResult) -> None:
        settle_finding(session, who, now, line, settled=settled, note=note)

    _do(key, person, act)


def _do(
    key: str, person: str, act: Callable[[Session, Actor, datetime, AuditedResult], None]
) -> None:
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        line = find_line(find_audit(session, who, key), person)
        act(session, who, app.clock(), line)
        state = line.state
    say(N_("The line of {person} is {state} now."), person=person, state=state)


commands = [sample]
