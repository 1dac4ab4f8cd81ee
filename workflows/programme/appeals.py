"""What a quarter's appeals came to, as whoever keeps appeals tells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class AppealOutcome:
    """How many appeals ended (or stand) in ``state``, and how many of them were answered late."""

    state: str
    count: int
    late: int = 0


# Gives the outcomes of the appeals about reviews of these cycles (their ids).
Provider = Callable[[Session, Sequence[int]], list[AppealOutcome]]
# A line for each subject that keeps appeals.
PROVIDERS: tuple[Provider, ...] = ()


def appeals_of(session: Session, cycle_ids: Sequence[int]) -> list[AppealOutcome]:
    """Return the outcomes, those of one state together, in the order in which they are told."""
    found: dict[str, AppealOutcome] = {}
    for provider in PROVIDERS:
        for each in provider(session, cycle_ids):
            there = found.get(each.state, AppealOutcome(each.state, 0))
            found[each.state] = AppealOutcome(
                each.state, there.count + each.count, there.late + each.late
            )
    return list(found.values())
