"""述职: reports written and submitted, one returned, and the meeting with its panel and to-dos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.demo.played import texts
from workflows.demo.played.play import Play
from workflows.meetings.calling import Plan, call_meeting, end_meeting
from workflows.meetings.following import add_todo, do_todo
from workflows.meetings.panel import score_report
from workflows.meetings.reading import todos_of
from workflows.meetings.tables import Meeting
from workflows.selfreports.commenting import comment_report
from workflows.selfreports.writing import return_report, save_report, submit_report


@dataclass(frozen=True, slots=True)
class Hearing:
    """A meeting: who reports to whom, where, and what is to be done afterwards by whom."""

    place: str
    reporters: tuple[str, ...]
    panel: tuple[str, ...]
    todos: tuple[tuple[str, str], ...] = ()


def submit(play: Play, code: str, *, only: Sequence[str] = (), but: Sequence[str] = ()) -> None:
    """Have people write their report and submit it."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        for review in reviews:
            person = review.person.code
            if person in but or (only and person not in only):
                continue
            written = _written(play, code, person)
            submit_report(session, play.who(person), play.now(), review, policy, written)


def begin(play: Play, code: str, *people: str) -> None:
    """Have people begin their report and leave it for another day."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        for review in reviews:
            if review.person.code in people:
                person = review.person.code
                written = {"highlights": _written(play, code, person)["highlights"]}
                save_report(session, play.who(person), play.now(), review, policy, written)


def send_back(play: Play, code: str, person: str, reason: str) -> None:
    """Have the manager return somebody's report to be changed."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        for review in reviews:
            if review.person.code == person:
                manager = play.manager_of(session, review.person_id)
                return_report(session, manager, play.now(), review, policy, reason)


def comment(play: Play, code: str, *people: str) -> None:
    """Have managers say something of reports that they read."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        for review in reviews:
            if review.person.code in people:
                manager = play.manager_of(session, review.person_id)
                text = "措施写得具体，报价后跟进这一条请按周给我看。"
                comment_report(session, manager, play.now(), review, text)


def call(play: Play, code: str, hearing: Hearing, on: date) -> None:
    """Have the director call a meeting about reports."""
    with play.writing() as session:
        cycle, _, _ = play.cycle(session, code)
        plan = Plan(
            play.stage.at(on, 270), hearing.place, list(hearing.reporters), list(hearing.panel)
        )
        call_meeting(session, play.who("director"), play.now(), cycle, plan)


def score(play: Play, code: str, *members: str) -> None:
    """Have members of the panel score every report that is up, each once."""
    with play.writing() as session:
        _, policy, _ = play.cycle(session, code)
        meeting = _meeting(session, code)
        for member in members:
            chance = play.chance(f"{code}/panel/{member}")
            for slot in meeting.slots:
                points = {
                    "results": str(chance.randint(30, 38)),
                    "problems": str(chance.randint(28, 37)),
                    "delivery": str(chance.randint(14, 19)),
                }
                score_report(
                    session, play.who(member), play.now(), meeting, slot.review, policy, points,
                    "数据讲得清楚，措施要落到周",
                )  # fmt: skip


def hold(play: Play, code: str, hearing: Hearing) -> None:
    """Mark the meeting as held, and note what is to be done."""
    with play.writing() as session:
        meeting = _meeting(session, code)
        end_meeting(session, play.who("director"), play.now(), meeting, "held")
        for what, who in hearing.todos:
            add_todo(
                session, play.who("director"), play.now(), meeting, what=what, who=who,
                due_on=play.day + timedelta(days=14),
            )  # fmt: skip


def finish_first_todo(play: Play, code: str, note: str) -> None:
    with play.writing() as session:
        todos = todos_of(session, _meeting(session, code))
        if todos:
            do_todo(session, play.who(todos[0].person.code), play.now(), todos[0], note)


def _written(play: Play, code: str, person: str) -> dict[str, str]:
    chance = play.chance(f"{code}/report/{person}")
    return {
        "highlights": texts.one(chance, texts.HIGHLIGHTS),
        "problems": texts.one(chance, texts.PROBLEMS),
        "plan": texts.one(chance, texts.PLANS),
    }


def _meeting(session: Session, code: str) -> Meeting:
    """Return the cycle's meeting."""
    query = select(Meeting).order_by(Meeting.id)
    return next(each for each in session.scalars(query) if each.cycle.code == code)
