"""Conditions of a workflow's transitions → definitions, beside those of the results.

They decide no result: they are evaluated when somebody moves a review, over what is known then.
"""

from __future__ import annotations

from engine.definitions import Condition, Definition
from engine.forms.scorecard import definitions
from engine.model import Policy


def condition_name(transition: str) -> str:
    """Name the condition of a transition as nothing else in a policy can be named."""
    return f"move {transition}"


def conditions(policy: Policy) -> list[Definition]:
    """Write out the conditions under which reviews may be moved."""
    return [
        Definition(
            condition_name(step.code),
            step.name,
            Condition(step.when),
            "flag",
            ("workflow", "transitions", step.code, "when"),
        )
        for step in (policy.workflow.transitions if policy.workflow else ())
        if step.when is not None
    ]


def with_conditions(policy: Policy) -> list[Definition] | None:
    """Return all definitions with the conditions of moves; None where there are none of these."""
    own = conditions(policy)
    return definitions(policy, own) if own else None
