"""What must hold of a policy's workflow: known stages and movers, one lock, one approval."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checking.stages import check_details
from engine.checking.words import unknown_word
from engine.errors import N_
from engine.model import Transition, Workflow
from engine.reader import Path
from engine.schema.said import Said

# Who may move a review; ``owner`` is the person whose review it is, in whatever role.
MOVERS = ("owner", "salesperson", "manager", "hr", "hr_region", "sales_director", "finance")
# What may have to be there before a review is moved on; ``workflows.reviews.requirements``
# has a check for each.
REQUIREMENTS: tuple[str, ...] = (
    "goals_agreed",
    "records_confirmed",
    "calibrated",
    "feedback",
    "self_report",
    "ratings",
)
# What happens to a whole cycle at once, and moves all of its reviews with it.
CYCLE_STEPS = ("lock", "approve")

Problem = tuple[Path, Said]


def check_workflow(workflow: Workflow) -> Iterator[Problem]:
    """Yield every problem with its path in the file."""
    yield from _stages(workflow)
    yield from check_details(workflow)
    for transition in workflow.transitions:
        yield from _transition(workflow, transition)
    for step in CYCLE_STEPS:
        carriers = [each.code for each in workflow.transitions if each.cycle == step]
        if len(carriers) != 1:
            yield (
                ("workflow", "transitions"),
                Said(
                    "rules.cycle_step",
                    N_("{count} transitions have `cycle: {step}`; it takes exactly one."),
                    N_("Mark the transition that the whole cycle makes when it is told to {step}."),
                    at_key=True,
                    count=len(carriers),
                    step=step,
                ),
            )


def _stages(workflow: Workflow) -> Iterator[Problem]:
    stages = workflow.stages
    for place, stage in enumerate(stages):
        if stage in stages[:place]:
            yield (
                ("workflow", "stages", place),
                Said(
                    "rules.stage_twice",
                    N_("The stage {stage} is listed twice."),
                    N_("Keep one."),
                    stage=stage,
                ),
            )
    leaves = {each.start for each in workflow.transitions}
    if not leaves <= set(stages):
        return  # a misspelt stage is told where it stands, not as one that nothing leaves
    for place, stage in enumerate(stages[:-1]):
        if stage not in leaves:
            yield (
                ("workflow", "stages", place),
                Said(
                    "rules.stage_stuck",
                    N_("No transition leaves the stage {stage}."),
                    N_("Add one, or remove the stage."),
                    stage=stage,
                ),
            )


def _transition(workflow: Workflow, transition: Transition) -> Iterator[Problem]:
    path = ("workflow", "transitions", transition.code)
    for key, stage in (("from", transition.start), ("to", transition.to)):
        if stage not in workflow.stages:
            yield (*path, key), unknown_word(stage, workflow.stages)
    for place, mover in enumerate(transition.by):
        if mover not in MOVERS:
            yield (*path, "by", place), unknown_word(mover, MOVERS)
    for place, name in enumerate(transition.requires):
        if name not in REQUIREMENTS:
            yield (*path, "requires", place), unknown_word(name, REQUIREMENTS)
    if bool(transition.by) == (transition.cycle is not None):
        yield (
            path,
            Said(
                "rules.moved_by",
                N_("A transition is made either `by` somebody or with the whole `cycle`."),
                N_("Write by: [manager, hr], or cycle: lock, or cycle: approve."),
                at_key=True,
            ),
        )
