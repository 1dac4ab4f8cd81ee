"""``kaoheng feedback``: the conversation about a result, and feedback on whoever leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.base.clock import today
from workflows.cycles.operations import find_cycle
from workflows.feedback.operations import (
    CHANNELS,
    Prepared,
    acknowledge_talk,
    hold_talk,
    note_talk,
    prepare_talk,
)
from workflows.feedback.reading import feedback_rows
from workflows.feedback.upward import QUESTIONS, give_upward, upward_answers
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review


@click.group()
def feedback() -> None:
    """Feedback 绩效面谈: conversations about results, and what is said of those who lead."""


@feedback.command("list")
@click.argument("code", metavar="CYCLE")
@printed("person", "state", "held_on", "channel", "agrees", "acknowledged_at")
def list_(code: str) -> list[dict[str, object]]:
    """Say how far the conversations of CYCLE are."""
    with application() as app, app.database.read() as session:
        return feedback_rows(session, actor(app, session), find_cycle(session, code))


@feedback.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--praise", default="", help="What went well.")
@click.option("--criticism", default="", help="What did not; with --example and --advice.")
@click.option("--example", default="", help="A case of it: when, and what happened.")
@click.option("--advice", default="", help="What would help next time.")
def prepare(code: str, person: str, **said: str) -> None:
    """Write down what is to be said to PERSON."""
    _do(code, person, lambda s, who, now, r: prepare_talk(s, who, now, r, Prepared(**said)))
    say(N_("Prepared the conversation with {person}."), person=person)


@feedback.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--on", "held_on", type=DAY, required=True, help="The day it was held.")
@click.option("--channel", type=click.Choice(CHANNELS), required=True, help="How it was held.")
@click.option("--note", required=True, help="What was said.")
def hold(code: str, person: str, held_on: date, channel: str, note: str) -> None:
    """Record that the conversation with PERSON was held."""
    with application() as app, app.database.write() as session:
        hold_talk(
            session,
            actor(app, session),
            app.clock(),
            find_review(session, find_cycle(session, code), person),
            held_on=held_on,
            channel=channel,
            note=note,
            today=today(app.clock(), app.settings.timezone),
        )
    say(N_("Recorded; {person} is asked to acknowledge it."), person=person)


@feedback.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.argument("text")
def note(code: str, person: str, text: str) -> None:
    """Add a note of the conversation, on your side of it."""
    _do(code, person, lambda s, who, now, r: note_talk(s, who, now, r, text=text))
    say(N_("Added your note."))


@feedback.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--agree/--disagree", "agrees", required=True, help="What you say of it.")
@click.option("--comment", required=True, help="Your side of it.")
def acknowledge(code: str, person: str, agrees: bool, comment: str) -> None:
    """Acknowledge the conversation about your own result; to disagree is no appeal yet."""
    _do(
        code,
        person,
        lambda s, who, now, r: acknowledge_talk(s, who, now, r, agrees=agrees, comment=comment),
    )
    say(N_("Acknowledged."))


@feedback.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.argument("answers", nargs=len(QUESTIONS), type=int, metavar="GOALS HELP FAIR GROWTH")
@click.option("--keep", default="", help="What should stay as it is.")
@click.option("--change", default="", help="What should change.")
def upward(code: str, person: str, answers: tuple[int, ...], keep: str, change: str) -> None:
    """Say from 1 to 5 what you think of whoever leads you: goals, help, fairness, growth."""
    given = dict(zip(QUESTIONS, answers, strict=True))
    _do(
        code,
        person,
        lambda s, who, now, r: give_upward(s, who, now, r, answers=given, keep=keep, change=change),
    )
    say(N_("Thank you: it is kept."))


@feedback.command("upward-list")
@click.argument("code", metavar="CYCLE")
@printed("manager", *QUESTIONS, "keep", "change")
def upward_list(code: str) -> list[dict[str, object]]:
    """List what people of CYCLE said of those whom you lead, or of all for HR."""
    with application() as app, app.database.read() as session:
        found = upward_answers(session, actor(app, session), find_cycle(session, code))
        return [
            {
                "manager": each.manager.code,
                **each.answers,
                "keep": each.keep,
                "change": each.change,
            }
            for each in found
        ]


def _do(code: str, person: str, act: Callable[[Session, Actor, datetime, Review], object]) -> None:
    with application() as app, app.database.write() as session:
        review = find_review(session, find_cycle(session, code), person)
        act(session, actor(app, session), app.clock(), review)


commands = [feedback]
