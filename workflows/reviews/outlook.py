"""What would change a review's result: tried on the facts that it was, or would be, scored on."""

from __future__ import annotations

from engine.outlook.levers import ACTUALS, TARGETS
from engine.outlook.whatif import Outlook, changes
from workflows.cycles.scored import Scored

__all__ = ["ACTUALS", "TARGETS", "Outlook", "outlook_of"]


def outlook_of(scope: Scored, person: str) -> Outlook:
    """Return the smallest changes for the person with this code, grants and all.

    Before the approval the grants are those of the measured grade. It takes some tenths of a
    second the first time, and is kept with the scope.
    """
    kept = scope.outlooks
    if person not in kept:
        kept[person] = changes(scope.scenarios, scope.result.rows, person)
    return kept[person]
