"""``kaoheng calibration``: sessions in which grades are compared, from opening to minutes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TextIO

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.accounts.tables import Account
from workflows.calibration.arranging import leave_out, write_minutes
from workflows.calibration.board import board_of
from workflows.calibration.closing import (
    approve_calibration,
    close_calibration,
    reopen_calibration,
)
from workflows.calibration.minutes import moves_of
from workflows.calibration.opening import Asked, open_calibration
from workflows.calibration.operations import move_card
from workflows.calibration.reaching import find_card, find_session, visible_sessions
from workflows.calibration.tables import CalibrationSession
from workflows.cycles.operations import find_cycle, policy_of
from workflows.reviews.reading import find_review


class Money(click.ParamType[Decimal]):
    """An exact amount."""

    name = "amount"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is no amount", param, ctx)


@click.group()
def calibration() -> None:
    """Calibration sessions 绩效校准: grades compared across teams, measured numbers untouched.

    SESSION is as `calibration list` prints it.
    """


@calibration.command("open")
@click.argument("code", metavar="CYCLE")
@click.option("--unit", "units", multiple=True, required=True, help="A team, region or company.")
@click.option("--participant", "participants", multiple=True, help="An account's name.")
@click.option("--name", default="", help="What it is called; else after its units.")
@click.option("--budget", type=Money(), help="What everybody on the board may be granted.")
def open_(
    code: str,
    units: tuple[str, ...],
    participants: tuple[str, ...],
    name: str,
    budget: Decimal | None,
) -> None:
    """Open a session over everybody of CYCLE in the given units."""
    with application() as app, app.database.write() as session:
        asked = Asked(units, participants, name, budget)
        cycle = find_cycle(session, code)
        key = open_calibration(session, actor(app, session), app.clock(), cycle, asked).public_id
    say(N_("Opened the calibration session {session}."), session=key)


@calibration.command("list")
@printed("session", "name", "cycle", "state", "opened_at", "closed_at")
def list_() -> list[dict[str, object]]:
    """List the sessions that one sees, the newest first."""
    with application() as app, app.database.read() as session:
        asked = visible_sessions(session, actor(app, session))
        return [
            {
                "session": each.public_id,
                "name": each.name,
                "cycle": each.cycle.code,
                "state": each.state,
                "opened_at": each.opened_at,
                "closed_at": each.closed_at,
            }
            for each in session.scalars(asked.order_by(CalibrationSession.id.desc()))
        ]


@calibration.command()
@click.argument("key", metavar="SESSION")
@printed("person", "name", "team", "post", "total", "measured", "grade", "flag")
def show(key: str) -> list[dict[str, object]]:
    """Show the board of SESSION: never one's own card."""
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        board = board_of(session, who, find_session(session, who, key))
        return [
            {
                "person": card.person.code,
                "name": card.person.name,
                "team": card.review.team.code if card.review.team else None,
                "post": card.person.post,
                "total": card.total,
                "measured": card.measured,
                "grade": card.grade,
                "flag": "left_out" if card.kept.left_out is not None else card.apart,
            }
            for card in (*board.cards, *board.left_out)
        ]


@calibration.command()
@click.argument("key", metavar="SESSION")
@printed("group", "post", "people", "grade", "guide", "before", "now", "exceeded")
def guidance(key: str) -> list[dict[str, object]]:
    """Compare the groups of SESSION with the policy's distribution."""
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        board = board_of(session, who, find_session(session, who, key))
        return [
            {
                "group": ", ".join(unit.code for unit in each.units if unit is not None),
                "post": each.group.post,
                "people": len(each.group.people),
                "grade": line.grade,
                "guide": line.guide,
                "before": line.before,
                "now": line.now,
                "exceeded": line.exceeded,
            }
            for each in board.compared
            for line in each.lines
        ]


@calibration.command()
@click.argument("key", metavar="SESSION")
@click.argument("person")
@click.argument("grade")
@click.option("--reason", required=True, help="Why; it stays with the move.")
def move(key: str, person: str, grade: str, reason: str) -> None:
    """Move PERSON to GRADE on the board of SESSION."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        sitting = find_session(session, who, key)
        review = find_review(session, sitting.cycle, person)
        card = find_card(session, who, sitting, review.public_id)
        policy = policy_of(sitting.cycle)
        move_card(session, who, app.clock(), card, policy, grade=grade, reason=reason)
    say(N_("{person} has grade {grade} now."), person=person, grade=grade)


@calibration.command("leave-out")
@click.argument("key", metavar="SESSION")
@click.argument("person")
@click.option("--reason", required=True, help="Why they need no calibration.")
def leave_out_(key: str, person: str, reason: str) -> None:
    """Take PERSON off the board of SESSION."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        sitting = find_session(session, who, key)
        review = find_review(session, sitting.cycle, person)
        card = find_card(session, who, sitting, review.public_id)
        leave_out(session, who, app.clock(), card, reason=reason)
    say(N_("{person} is left out of the session."), person=person)


@calibration.command()
@click.argument("key", metavar="SESSION")
@click.option("--reason", default="", help="Why the guidance is exceeded, where it is.")
def close(key: str, reason: str) -> None:
    """Close SESSION: its grades stand, and wait for approval."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        close_calibration(session, who, app.clock(), find_session(session, who, key), reason=reason)
    say(N_("Closed the calibration session {session}."), session=key)


@calibration.command()
@click.argument("key", metavar="SESSION")
def approve(key: str) -> None:
    """Approve a closed SESSION, as the next level up or the sales director."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        sitting = find_session(session, who, key)
        approve_calibration(session, who, app.clock(), sitting, seen=sitting.version)
    say(N_("Approved the calibration session {session}."), session=key)


@calibration.command()
@click.argument("key", metavar="SESSION")
@click.option("--reason", required=True, help="Why it is opened again.")
def reopen(key: str, reason: str) -> None:
    """Open a closed or approved SESSION again."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        reopen_calibration(
            session, who, app.clock(), find_session(session, who, key), reason=reason
        )
    say(N_("Opened the calibration session {session} again."), session=key)


@calibration.command()
@click.argument("key", metavar="SESSION")
@click.option("--write", type=click.File(encoding="utf-8"), help="A text file to keep as them.")
@printed("at", "by", "person", "before", "after", "reason")
def minutes(key: str, write: TextIO | None) -> list[dict[str, object]]:
    """Print every move of SESSION with its reason; --write keeps what was said, from a file."""
    with application() as app:
        if write is not None:
            with app.database.write() as session:
                who = actor(app, session)
                sitting = find_session(session, who, key)
                write_minutes(session, who, app.clock(), sitting, write.read())
        with app.database.read() as session:
            who = actor(app, session)
            return [
                {
                    "at": move.at,
                    "by": _name(move.by),
                    "person": move.person.code,
                    "before": move.before,
                    "after": move.after,
                    "reason": move.reason,
                }
                for move in moves_of(session, who, find_session(session, who, key))
            ]


def _name(account: Account | None) -> str | None:
    return account.username if account is not None else None


commands = [calibration]
