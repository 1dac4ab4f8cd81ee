"""Stages that nobody comes into or out of, and deadlines that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.checking.sections import Problem
from engine.errors import N_
from engine.model import Policy, Transition, Workflow
from engine.schema.said import Said


def flow(policy: Policy) -> Iterator[Problem]:
    """Yield what is doubtful in the way that a review goes."""
    if policy.workflow is None or len(policy.workflow.stages) < 2:
        return
    yield from _stages(policy.workflow)
    yield from _deadlines(policy.workflow)
    yield from _confirmed_late(policy.workflow)


def _stages(workflow: Workflow) -> Iterator[Problem]:
    first, last = workflow.stages[0], workflow.stages[-1]
    entered = _reached(workflow.transitions, first)
    onward = [step for step in workflow.transitions if not step.reason]
    for place, stage in enumerate(workflow.stages):
        path = ("workflow", "stages", place)
        if stage not in entered:
            yield path, _never_entered(stage)
        elif stage != last and last not in _reached(onward, stage):
            yield path, _never_left(stage)


def _deadlines(workflow: Workflow) -> Iterator[Problem]:
    left = {step.start for step in workflow.transitions if not step.reason}
    for detail in workflow.details:
        if detail.deadline is not None and detail.code not in left:
            yield (
                ("workflow", "details", detail.code, "deadline"),
                Said(
                    "lint.deadline_leads_nowhere",
                    N_("`{stage}` has a deadline, and nothing leads on from it."),
                    N_("Take the deadline away, or add a transition that leads on."),
                    at_key=True,
                    stage=detail.code,
                ),
            )


def _confirmed_late(workflow: Workflow) -> Iterator[Problem]:
    """Records are confirmed before the lock: a step behind it would wait for ever."""
    before = _reached(
        (step for step in workflow.transitions if step.cycle != "lock"), workflow.stages[0]
    )
    for step in workflow.transitions:
        if "records_confirmed" in step.requires and step.start not in before:
            yield (
                ("workflow", "transitions", step.code),
                Said(
                    "lint.confirmed_after_lock",
                    N_("`{name}` waits for confirmed records; after the lock nobody confirms any."),
                    N_("Require it of the lock itself, or of a step before it."),
                    name=step.code,
                ),
            )


def _reached(steps: Iterable[Transition], start: str) -> set[str]:
    ways = [(step.start, step.to) for step in steps]
    found, new = {start}, {start}
    while new:
        new = {to for at, to in ways if at in new} - found
        found |= new
    return found


def _never_entered(stage: str) -> Said:
    return Said(
        "lint.stage_never_entered",
        N_("No way leads to the stage {stage}."),
        N_("Add a transition to it, or remove the stage."),
        stage=stage,
    )


def _never_left(stage: str) -> Said:
    return Said(
        "lint.stage_never_left",
        N_("From the stage {stage} no way leads on to the end, but for being sent back."),
        N_("Add a transition that leads on, or let the last stage come elsewhere."),
        stage=stage,
    )
