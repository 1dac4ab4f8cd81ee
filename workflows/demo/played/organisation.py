"""Who comes, moves, is away and leaves in the second half; HR enters it, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.demo.cast import teams
from workflows.demo.played.play import Play
from workflows.org.staff import (
    Newcomer,
    add_person,
    find_person,
    join_unit,
    leave_person,
    move_person,
    set_absence,
)
from workflows.standins.acting import acting_for_username
from workflows.standins.operations import Naming, find_account, name_stand_in


@dataclass(frozen=True, slots=True)
class Joiner:
    """Somebody who comes into a team."""

    code: str
    name: str
    unit: str
    day: date


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody who goes into another team."""

    code: str
    unit: str
    day: date


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who leaves after ``day``; their deals go to the successor."""

    code: str
    successor: str
    day: date


JOINER = Joiner("S0606", "林晓舟", "M06", date(2025, 8, 4))
MOVER = Mover("S0405", "M03", date(2025, 8, 18))
LEAVER = Leaver("S0504", "S0503", date(2025, 11, 28))
ON_LEAVE = "S0304"
# M03 is at the group's management training; M04, of the same region, acts for them meanwhile.
AWAY, STAND_IN = "m03", "m04"
AWAY_FROM, AWAY_UNTIL = date(2025, 10, 13), date(2025, 10, 22)


def everybody_signs_in(play: Play) -> None:
    """Give the other salespeople their accounts: from now on people confirm and report."""
    with play.writing() as session:
        for _, *members in teams(session).values():
            for code in members:
                if code.lower() not in play.stage.cast.actors:
                    _give_account(play, session, code)


def somebody_joins(play: Play) -> None:
    """Have a newcomer come into a team in mid-quarter."""
    with play.writing() as session:
        newcomer = Newcomer(JOINER.code, JOINER.name, "销售", "初级")
        person = add_person(session, play.who("hr"), newcomer)
        join_unit(
            session,
            play.who("hr"),
            play.now(),
            person,
            unit=JOINER.unit,
            day=JOINER.day,
            reason="补华北二组编制",
        )
        _give_account(play, session, JOINER.code)


def somebody_moves(play: Play) -> None:
    """Have somebody go over to the neighbouring team of the same region."""
    with play.writing() as session:
        move_person(
            session,
            play.who("hr"),
            play.now(),
            find_person(session, MOVER.code),
            unit=MOVER.unit,
            day=MOVER.day,
            reason="广州客户集中到一组，随客户调动",
        )


def somebody_goes_on_leave(play: Play) -> None:
    with play.writing() as session:
        set_absence(
            session,
            play.who("hr"),
            play.now(),
            find_person(session, ON_LEAVE),
            kind="maternity",
            first_day=date(2025, 9, 1),
            last_day=date(2026, 2, 28),
            reason="产假 158 天及年休假",
        )


def somebody_leaves(play: Play) -> None:
    """Have somebody leave; what waits for them and their deals pass to a successor."""
    with play.writing() as session:
        leave_person(
            session,
            play.who("hr"),
            play.now(),
            find_person(session, LEAVER.code),
            last_day=LEAVER.day,
            reason="个人原因辞职",
            timezone=play.stage.app.settings.timezone,
        )


def name_stand_ins(play: Play) -> None:
    """Have a manager name who acts for them while they are away."""
    with play.writing() as session:
        name_stand_in(
            session,
            play.who(AWAY),
            play.now(),
            principal=find_account(session, AWAY),
            stand_in=find_account(session, STAND_IN),
            naming=Naming(AWAY_FROM, AWAY_UNTIL, "参加集团管理培训班"),
            today=play.day,
        )


def name_stand_in_of_hr(play: Play) -> None:
    """Have HR name who acts for the region's HR for a year."""
    with play.writing() as session:
        name_stand_in(
            session,
            play.who("hr"),
            play.now(),
            principal=find_account(session, "hr-east"),
            stand_in=find_account(session, "hr2"),
            naming=Naming(play.day, date(2026, 12, 4), "大区人力休产假，由总部人力代理"),
            today=play.day,
        )


def leading(play: Play, team: str) -> Actor:
    """Return who acts for a team's manager today: themselves, or their stand-in while away."""
    if team.lower() == AWAY and AWAY_FROM <= play.day <= AWAY_UNTIL:
        with play.stage.app.database.read() as session:
            return acting_for_username(session, play.who(STAND_IN), AWAY, play.day)
    return play.who(team)


def _give_account(play: Play, session: Session, code: str) -> None:
    play.stage.cast.join(
        session, play.who("admin"), play.now(), code.lower(), Role.SALESPERSON, person=code
    )
