"""The played year, day by day: what falls due in between happens by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from workflows.demo.played import first_half, fourth_quarter, months, third_quarter
from workflows.demo.played.agenda import Day
from workflows.demo.played.play import Play
from workflows.demo.stage import Stage
from workflows.demo.year import begin_year


def play_whole_year(stage: Stage, seed: int, tell: Callable[[date], None] = lambda _: None) -> None:
    """Play the year with everything that a review year has; ``tell`` hears of each day."""
    play = Play(stage, seed)
    begin_year(stage, seed)
    for day, acts, _ in days():
        tell(day)
        play.begin(day)
        for act in acts:
            act(play)


def days() -> list[Day]:
    """Return what is done, by day and hour; else in the order in which it is named here."""
    found = [*first_half.days(), *third_quarter.days(), *fourth_quarter.days(), *months.days()]
    return sorted(found, key=lambda each: (each.date, each.hour))
