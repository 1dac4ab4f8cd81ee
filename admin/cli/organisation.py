"""``kaoheng org``: who is in the organisation, by the codes that other commands take."""

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
from admin.cli.days import DAY
from admin.cli.output import language, printed, say
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.base.clock import today
from workflows.org.books.sheets import read_sheets
from workflows.org.books.taking import check_book, take_book
from workflows.org.books.writing import organisation_archive, organisation_workbook
from workflows.org.contradictions import KINDS as ABSENCES
from workflows.org.dated import ROLES
from workflows.org.history import tree_rows
from workflows.org.lives import KINDS, Part, UnitLife
from workflows.org.reading import people_rows
from workflows.org.staff import (
    Newcomer,
    add_person,
    end_absence,
    find_person,
    find_successor,
    join_unit,
    leave_person,
    move_person,
    set_absence,
)
from workflows.org.tables import ALWAYS, Person
from workflows.org.units import add_unit, close_unit, move_unit


class Share(click.ParamType[Decimal]):
    """A share of somebody's time."""

    name = "share"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        """Return the share, or end with how one is written."""
        try:
            share = Decimal(value)
        except InvalidOperation:
            share = Decimal("NaN")
        if not share.is_finite():
            self.fail(f"{value!r} is no share; write it as 0.6", param, ctx)
        return share


@dataclass(frozen=True, slots=True)
class Entering:
    """What an operation takes, and the settings' time zone."""

    session: Session
    actor: Actor
    now: datetime
    timezone: Any

    def about(self, person: str) -> tuple[Session, Actor, datetime, Person]:
        return self.session, self.actor, self.now, find_person(self.session, person)


@contextmanager
def entering() -> Iterator[Entering]:
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        yield Entering(session, who, app.clock(), app.settings.timezone)


_reason = click.option("--reason", required=True, help="Why; it stays in the history.")
_ratio = click.option("--ratio", type=Share(), default="1", help="The share of their time, as 0.6.")
_role = click.option(
    "--role",
    type=click.Choice(ROLES),
    default="member",
    show_default=True,
    help="As what they are there.",
)
_successor = click.option("--successor", help="Who takes over what they manage, by code.")


@click.group()
def org() -> None:
    """The organisation: units and people."""


@org.command("list")
@printed("person", "role", "team", "region")
def list_() -> list[dict[str, object]]:
    """List the people with their codes, what they are in their team, and its region."""
    with application() as app, app.database.read() as session:
        return people_rows(session, actor(app, session))


@org.command()
@click.option("--on", type=DAY, help="The day; today without it.")
@printed("unit", "part_of", "person", "role", "ratio", "from", "away")
def tree(on: date | None) -> list[dict[str, object]]:
    """Print who belonged where on a day."""
    with application() as app, app.database.read() as session:
        day = on or today(app.clock(), app.settings.timezone)
        return tree_rows(session, actor(app, session), day)


@org.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_(file: Path) -> None:
    """Write the organisation over all time to FILE: .xlsx, or a .zip of CSV files."""
    write = organisation_archive if file.suffix == ".zip" else organisation_workbook
    with application() as app, app.database.read() as session:
        file.write_bytes(write(session, actor(app, session), language()))
    say(N_("Wrote {file}."), file=str(file))


@org.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="Why; it stays in the history.")
@click.option("--check", is_flag=True, help="Only say what it would change.")
@printed("of", "code", "name", "change", "what")
def import_(file: Path, reason: str, check: bool) -> list[dict[str, object]]:
    """Take FILE (.xlsx or .zip) in, all of it or nothing; print what changed."""
    data = file.read_bytes()
    sheets = read_sheets(data, file.name)
    with entering() as of:
        report = (
            check_book(of.session, of.actor, sheets)
            if check
            else take_book(
                of.session,
                of.actor,
                of.now,
                sheets,
                data=data,
                reason=reason,
                timezone=of.timezone,
            )
        )
    return [
        {
            "of": kind,
            "code": each.code,
            "name": each.name,
            "change": "new" if each.is_new else "changed",
            "what": " ".join(each.what),
        }
        for kind, rows in (("unit", report.units), ("person", report.people))
        for each in rows
    ]


@org.command()
@click.argument("person")
@click.argument("unit")
@click.option("--from", "day", type=DAY, required=True, help="The first day.")
@click.option("--name", help="Their name, where they are new.")
@click.option("--post", help="Their post, where they are new.")
@click.option("--rank", help="Their rank, where they are new.")
@_role
@_ratio
@_reason
def join(
    person: str,
    unit: str,
    day: date,
    name: str | None,
    post: str | None,
    rank: str | None,
    role: str,
    ratio: Decimal,
    reason: str,
) -> None:
    """Have PERSON (a code) belong to UNIT; with --name somebody new."""
    with entering() as of:
        if name:
            add_person(of.session, of.actor, Newcomer(person, name, post, rank))
        join_unit(*of.about(person), unit=unit, day=day, reason=reason, role=role, ratio=ratio)
    say(N_("{person} belongs to {unit} from {day} on."), person=person, unit=unit, day=day)


@org.command()
@click.argument("person")
@click.argument("unit")
@click.option("--from", "day", type=DAY, required=True, help="The first day there.")
@click.option("--leaving", help="The unit that they leave; all without it.")
@_role
@_ratio
@_successor
@_reason
def move(
    person: str,
    unit: str,
    day: date,
    leaving: str | None,
    role: str,
    ratio: Decimal,
    successor: str | None,
    reason: str,
) -> None:
    """Move PERSON to UNIT."""
    with entering() as of:
        move_person(
            *of.about(person),
            unit=unit,
            day=day,
            reason=reason,
            role=role,
            ratio=ratio,
            leaving=leaving,
            successor=find_successor(of.session, successor),
        )
    say(N_("{person} belongs to {unit} from {day} on."), person=person, unit=unit, day=day)


@org.command()
@click.argument("person")
@click.option("--last-day", type=DAY, required=True, help="The last working day.")
@_successor
@_reason
def leave(person: str, last_day: date, successor: str | None, reason: str) -> None:
    """Have PERSON leave the company; their accounts end with the last day."""
    with entering() as of:
        leave_person(
            *of.about(person),
            last_day=last_day,
            reason=reason,
            timezone=of.timezone,
            successor=find_successor(of.session, successor),
        )
    say(N_("{person} leaves; {day} is the last day."), person=person, day=last_day)


@org.command()
@click.argument("person")
@click.argument("kind", type=click.Choice(ABSENCES))
@click.option("--from", "day", type=DAY, required=True, help="The first day away.")
@click.option("--until", type=DAY, help="The last day away, where it is known.")
@_reason
def absent(person: str, kind: str, day: date, until: date | None, reason: str) -> None:
    """Enter that PERSON is on long leave."""
    with entering() as of:
        set_absence(
            *of.about(person),
            kind=kind,
            first_day=day,
            last_day=until,
            reason=reason,
        )
    say(N_("{person} is on leave from {day} on."), person=person, day=day)


@org.command("back")
@click.argument("person")
@click.option("--from", "day", type=DAY, required=True, help="The first day back.")
@_reason
def back(person: str, day: date, reason: str) -> None:
    """Enter that PERSON is back from leave."""
    with entering() as of:
        end_absence(*of.about(person), day=day, reason=reason)
    say(N_("{person} is back from {day} on."), person=person, day=day)


@org.group("unit")
def unit_() -> None:
    """Units: founding, moving and closing them."""


@unit_.command("add")
@click.argument("code")
@click.option("--name", required=True, help="What it is called.")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What kind of unit.")
@click.option("--parent", help="What it is part of; nothing: it is the top.")
@click.option("--from", "day", type=DAY, help="Its first day; always without it.")
@_reason
def add_(
    code: str, name: str, kind: str, parent: str | None, day: date | None, reason: str
) -> None:
    """Add the unit CODE."""
    with entering() as of:
        life = UnitLife(code, name, kind, (Part(parent, day or ALWAYS),))
        add_unit(of.session, of.actor, of.now, life, reason, of.timezone)
    say(N_("The unit {unit} is there."), unit=code)


@unit_.command("move")
@click.argument("code")
@click.option("--parent", help="What it is part of from then on; nothing: it is the top.")
@click.option("--from", "day", type=DAY, required=True, help="Its first day there.")
@_reason
def move_(code: str, parent: str | None, day: date, reason: str) -> None:
    """Move the unit CODE, with all below it, under another."""
    with entering() as of:
        move_unit(
            of.session,
            of.actor,
            of.now,
            code=code,
            parent=parent,
            day=day,
            reason=reason,
            timezone=of.timezone,
        )
    say(N_("The unit {unit} moves on {day}."), unit=code, day=day)


@unit_.command("close")
@click.argument("code")
@click.option("--last-day", type=DAY, required=True, help="The last day on which it is there.")
@_reason
def close_(code: str, last_day: date, reason: str) -> None:
    """Close the unit CODE; nobody may be in it any more."""
    with entering() as of:
        close_unit(
            of.session,
            of.actor,
            of.now,
            code=code,
            last_day=last_day,
            reason=reason,
            timezone=of.timezone,
        )
    say(N_("The unit {unit} ends; {day} is its last day."), unit=code, day=last_day)


commands = [org]
