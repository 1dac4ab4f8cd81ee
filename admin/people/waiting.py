"""What waits for somebody, and moving many reviews on at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Flask, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from admin.refusals import lines as in_words
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import NOWHERE, Fault, KaohengError
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.publishing.consents import own_consents, waits
from workflows.publishing.reading import submissions_for
from workflows.publishing.tables import Submission
from workflows.reviews.bulk import Stays, move_reviews
from workflows.reviews.waiting import CycleStep, Group, cycle_steps_for, waiting_for
from workflows.tasklist import tasks_for
from workflows.tasks.task import Task

blueprint = Blueprint("waiting", __name__, url_prefix="/waiting")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Report:
    """What became of moving many: how many went on, and each reason why others stay.

    With each reason are those who stay for it, unless it names them itself. ``stayed`` are the
    public ids of the reviews that did: they remain ticked.
    """

    asked: int
    moved: int
    refusals: dict[str, list[str]]
    stayed: frozenset[str] = frozenset()


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
    """Move each chosen review that can go, and report on those that stay."""
    report = moved_many()
    with services().database.read() as session:
        todo = todo_of(session, current_actor())
        part = "HX-Request" in request.headers
        return render_template(
            "people/waiting_part.html" if part else "people/waiting.html",
            todo=todo,
            report=report,
            typed=request.form if report.refusals else {},
            kept=report.stayed,
        )


def moved_many() -> Report:
    """Move the reviews that the form names, ``<id>:<version seen>``, as far as they can go."""
    allow(current_actor(), "move_review")
    chosen = dict(_chosen(each) for each in request.form.getlist("review"))
    if len(chosen) > _MOST:
        raise BadRequest
    transition = request.form.get("transition", "")
    with writing() as write:
        done = move_reviews(
            write.session,
            write.actor,
            write.now,
            chosen,
            transition=transition,
            reason=request.form.get(f"reason-{transition}", "").strip() or None,
        )
    refusals: dict[str, list[str]] = {}
    for stays in done.stay:
        name = stays.review.person.name if stays.review else ""
        faults = _said_of(stays)
        for fault, line in zip(faults, in_words(KaohengError(faults)), strict=True):
            stay = refusals.setdefault(line, [])
            if name and name not in fault.params.values():
                stay.append(name)
    stayed = frozenset(each.review.public_id for each in done.stay if each.review)
    return Report(done.asked, len(done.moved), refusals, stayed)


def _said_of(stays: Stays) -> list[Fault]:
    """Return why a review stays; its person, who is named before each line, is no place in it."""
    code = stays.review.person.code if stays.review else None
    return [
        replace(fault, place=NOWHERE) if fault.place.path == code else fault
        for fault in stays.faults
    ]


def _chosen(text: str) -> tuple[str, int]:
    key, _, seen = text.partition(":")
    if not seen.isdecimal():
        raise BadRequest
    return key, int(seen)
