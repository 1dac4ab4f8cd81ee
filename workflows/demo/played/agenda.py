"""What an agenda is made of: on which day which acts follow each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from workflows.demo.played.play import Play
from workflows.demo.quarter import Planned
from workflows.demo.stage import Stage

Act = Callable[[Play], None]
# When on a day: what the plain year does keeps to hours of its own.
MORNING, PLAIN, AFTERWARDS = range(3)


class Day(NamedTuple):
    """Acts that follow each other on a day."""

    date: date
    acts: tuple[Act, ...]
    hour: int = AFTERWARDS


def act(doing: Callable[..., None], *args: Any, **kwargs: Any) -> Act:
    """Return an act of a play: what is done, with what it is told beside the play."""
    return lambda play: doing(play, *args, **kwargs)


def plain(steps: Iterable[Planned]) -> Iterator[Day]:
    """Give steps of the plain year as days of this one."""
    for day, step in steps:
        yield Day(day, (partial(_staged, step),), PLAIN)


def _staged(step: Callable[[Stage], None], play: Play) -> None:
    step(play.stage)
    play.begin(play.day, busy=True)
