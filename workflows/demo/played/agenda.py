"""What an agenda is made of: on which day which acts follow each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from workflows.demo.played.play import Play
from workflows.demo.quarter import Planned
from workflows.demo.stage import Stage

Act = Callable[[Play], None]
Day = tuple[date, tuple[Act, ...]]


def act(doing: Callable[..., None], *args: Any, **kwargs: Any) -> Act:
    """Return an act of a play: what is done, with what it is told beside the play."""
    return lambda play: doing(play, *args, **kwargs)


def plain(steps: Iterable[Planned]) -> Iterator[Day]:
    """Give steps of the plain year as days of this one; what follows them comes after them."""
    for day, step in steps:
        yield day, (partial(_staged, step),)


def _staged(step: Callable[[Stage], None], play: Play) -> None:
    step(play.stage)
    play.begin(play.day, busy=True)
