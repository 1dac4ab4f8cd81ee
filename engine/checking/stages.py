"""What must hold of what a policy says of its stages: deadlines, reminders, escalation, silence."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checking.words import unknown_word
from engine.errors import N_
from engine.model import StageDetail, Transition, Workflow
from engine.reader import Path
from engine.schema.said import Said
from engine.stages import ANSWERED

# Who is told of what is late: whoever leads those for whom it waits, or HR.
ESCALATIONS = ("superior", "hr")

Problem = tuple[Path, Said]


def check_details(workflow: Workflow) -> Iterator[Problem]:
    """Yield every problem of the stages' details with its path in the file."""
    for detail in workflow.details:
        path = ("workflow", "details", detail.code)
        if detail.code not in workflow.stages:
            yield path, unknown_word(detail.code, workflow.stages, at_key=True)
        else:
            yield from _times(path, detail)
            yield from _escalation(path, detail)
            yield from _silence(path, detail, workflow)
            yield from _asked(path, detail)


def _times(path: Path, detail: StageDetail) -> Iterator[Problem]:
    if detail.deadline is None:
        for part in ("remind", "escalate", "silence"):
            if getattr(detail, part):
                yield (*path, part), _no_deadline(part)
        return
    deadline = detail.deadline
    if deadline.start != "entered":
        return  # how long a stage then lasts is known only when a review comes into it
    length = deadline.working_days or deadline.days or 0
    for place, days in enumerate(detail.remind):
        if days >= length:
            yield (
                (*path, "remind", place),
                Said(
                    "rules.reminder",
                    N_("A reminder {days} working days before falls outside of {length} days."),
                    N_("Remind fewer days before, or give more time."),
                    days=days,
                    length=length,
                ),
            )


def _escalation(path: Path, detail: StageDetail) -> Iterator[Problem]:
    for place, name in enumerate(detail.escalate.to if detail.escalate else ()):
        if name not in ESCALATIONS:
            yield (*path, "escalate", "to", place), unknown_word(name, ESCALATIONS)


def _silence(path: Path, detail: StageDetail, workflow: Workflow) -> Iterator[Problem]:
    if detail.silence is None:
        return
    at = (*path, "silence")
    leaving = [step for step in workflow.transitions if step.start == detail.code]
    step = next((each for each in leaving if each.code == detail.silence), None)
    if step is None:
        yield at, unknown_word(detail.silence, tuple(each.code for each in leaving))
    elif (why := _cannot_be_silent(step)) is not None:
        yield at, why


def _asked(path: Path, detail: StageDetail) -> Iterator[Problem]:
    """What is said of answers stands at a stage in which the service asks for them."""
    purpose = detail.purpose or detail.code
    for part, purposes in (("answer", ANSWERED), ("at_least", ("feedback",))):
        if getattr(detail, part) is not None and purpose not in purposes:
            yield (
                (*path, part),
                Said(
                    "rules.nobody_asked",
                    N_("`{key}` is said of a stage in which nobody is asked for an answer."),
                    N_("Move it to a stage that is `for:` one of these: {purposes}."),
                    at_key=True,
                    key=part,
                    purposes=", ".join(purposes),
                ),
            )


def _cannot_be_silent(step: Transition) -> Said | None:
    if step.cycle is not None:
        return Said(
            "rules.silence_cycle",
            N_("`{name}` is made by the whole cycle, not by one review's silence."),
            N_("Name a transition that somebody makes."),
            name=step.code,
        )
    if step.reason:
        return Said(
            "rules.silence_reason",
            N_("`{name}` needs a reason, and silence gives none."),
            N_("Name a transition without `reason: true`."),
            name=step.code,
        )
    return None


def _no_deadline(part: str) -> Said:
    return Said(
        "rules.no_deadline",
        N_("`{key}` counts from a deadline, and this stage has none."),
        N_("Add one, such as `deadline: {{working_days: 3}}`."),
        at_key=True,
        key=part,
    )
