"""The transitions of a policy's workflow, by what they are looked for."""

from __future__ import annotations

from engine.errors import N_, refuse
from engine.model import Policy, Transition


def cycle_step(policy: Policy, operation: str) -> Transition:
    """Return the transition that ``cycle <operation>`` carries out; the schema requires it."""
    return next(step for step in _steps(policy) if step.cycle == operation)


def steps_from(policy: Policy, stage: str) -> list[Transition]:
    """Return the transitions that leave ``stage``, in the policy's order."""
    return [step for step in _steps(policy) if step.start == stage]


def _steps(policy: Policy) -> tuple[Transition, ...]:
    assert policy.workflow is not None, "a cycle is opened only under a policy with a workflow"
    return policy.workflow.transitions


def find_step(policy: Policy, transition: str) -> Transition:
    """Return the policy's transition of this name; refuse with ``INVALID`` an unknown one."""
    for step in _steps(policy):
        if step.code == transition:
            return step
    raise refuse(
        "reviews.unknown_transition",
        N_("There is no transition {transition!r}."),
        N_("Transitions of {policy}: {known}."),
        transition=transition,
        policy=policy.policy,
        known=", ".join(step.code for step in _steps(policy) if step.cycle is None),
    )
