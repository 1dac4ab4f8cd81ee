"""``kaoheng consent``: what somebody is asked to consent to, and their answer."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.publishing.consents import (
    answer_consent,
    find_consent,
    own_consents,
    version_of_consent,
    waits,
)


@click.group()
def consent() -> None:
    """Consents: to changes of rules in a period that has begun, by those who lose by them."""


@consent.command("list")
@printed(
    "number",
    "policy",
    "period",
    "seq",
    "grade_before",
    "grade_after",
    "money_before",
    "money_after",
    "currency",
    "answer",
    "waits",
    "reason",
)
def list_() -> list[dict[str, object]]:
    """List what you were asked, what waits for you first."""
    with application() as app, app.database.read() as session:
        found = own_consents(session, actor(app, session))
        return [
            {
                "number": each.id,
                "policy": version_of_consent(each).policy.code,
                "period": each.period,
                "seq": version_of_consent(each).seq,
                "grade_before": each.grade_before,
                "grade_after": each.grade_after,
                "money_before": each.money_before,
                "money_after": each.money_after,
                "currency": each.currency,
                "answer": each.answer,
                "waits": waits(each),
                "reason": each.reason,
            }
            for each in found
        ]


@consent.command()
@click.argument("number", type=int)
def give(number: int) -> None:
    """Consent to number NUMBER of your list."""
    _answer(number, "given", "")
    say(N_("You consented to number {number}."), number=number)


@consent.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why not; HR reads it.")
def decline(number: int, reason: str) -> None:
    """Decline number NUMBER of your list."""
    _answer(number, "declined", reason)
    say(N_("You declined number {number}."), number=number)


def _answer(number: int, answer: str, reason: str) -> None:
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_consent(session, who, number)
        answer_consent(session, who, app.clock(), found, answer=answer, reason=reason)


commands = [consent]
