"""What waits for somebody, and moving many reviews on at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from admin.preferences import language
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.base import i18n
from workflows.cycles.operations import policy_of
from workflows.publishing.consents import own_consents, waits
from workflows.publishing.reading import submissions_for
from workflows.publishing.tables import Submission
from workflows.reviews.finding import visible_review
from workflows.reviews.moves import move_review
from workflows.reviews.waiting import CycleStep, Group, cycle_steps_for, waiting_for
from workflows.tasklist import tasks_for
from workflows.tasks.task import Task

blueprint = Blueprint("waiting", __name__, url_prefix="/waiting")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Report:
    """What became of moving many: how many went on, and each reason with those who stay for it."""

    asked: int
    moved: int
    refusals: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Todo:
    """What somebody has to do: reviews by cycle and stage, steps of whole cycles, new rules.

    ``submissions`` are to be approved or published, ``consents`` of one's own to be answered;
    ``tasks`` are everything else.
    """

    groups: list[Group]
    steps: list[CycleStep]
    submissions: list[Submission]
    consents: int
    tasks: list[Task]

    @property
    def count(self) -> int:
        reviews = sum(len(group.items) for group in self.groups)
        return reviews + len(self.steps) + len(self.submissions) + self.consents + len(self.tasks)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def todo_of(session: Session, actor: Actor) -> Todo:
    needed = services().settings.rule_approvals
    return Todo(
        waiting_for(session, actor),
        cycle_steps_for(session, actor),
        submissions_for(session, actor, needed),
        sum(waits(each) for each in own_consents(session, actor)),
        tasks_for(session, actor, services().clock()),
    )


@blueprint.post("/moves")
def move_many() -> str:
    """Move each chosen review in a transaction of its own, and report on those that stay."""
    allow(current_actor(), "move_review")
    chosen = request.form.getlist("review")
    if len(chosen) > _MOST:
        raise BadRequest
    refusals: dict[str, list[str]] = {}
    moved = 0
    for each in chosen:
        person, lines = _moved(each)
        moved += not lines
        for line in lines:
            refusals.setdefault(line, []).append(person)
    report = Report(len(chosen), moved, refusals)
    with services().database.read() as session:
        todo = todo_of(session, current_actor())
        part = "HX-Request" in request.headers
        return render_template(
            "people/waiting_part.html" if part else "people/waiting.html",
            todo=todo,
            report=report,
            typed=request.form if refusals else {},
            kept={each.partition(":")[0] for each in chosen} if refusals else set(),
        )


def _moved(chosen: str) -> tuple[str, list[str]]:
    """Move one review, ``<id>:<version seen>``; return whose it is, and why it stays, if it does.

    Of one that the actor may not see there is nothing to tell but that it is not there.
    """
    key, _, seen = chosen.partition(":")
    transition = request.form.get("transition", "")
    if not seen.isdecimal():
        raise BadRequest
    person = ""
    try:
        with writing() as write:
            review = visible_review(write.session, write.actor, key)
            person = review.person.name
            move_review(
                write.session,
                write.actor,
                write.now,
                review,
                policy_of(review.cycle),
                transition=transition,
                reason=request.form.get(f"reason-{transition}", "").strip() or None,
                seen=int(seen),
            )
    except KaohengError as error:
        return person, i18n.render_all(error, language())
    return person, []
