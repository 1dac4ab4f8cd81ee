"""The played year, day by day: what falls due in between happens by itself."""

from __future__ import annotations

from workflows.demo.played import first_half, third_quarter
from workflows.demo.played.agenda import Day
from workflows.demo.played.play import Play
from workflows.demo.stage import Stage
from workflows.demo.year import begin_year


def play_whole_year(stage: Stage, seed: int) -> None:
    """Play the year with everything that a review year has."""
    play = Play(stage, seed)
    begin_year(stage, seed)
    for day, acts in days():
        play.begin(day)
        for act in acts:
            act(play)


def days() -> list[Day]:
    """Return what is done, by day; of a day in the order in which its parts are named here."""
    found = [*first_half.days(), *third_quarter.days()]
    return sorted(found, key=lambda each: each[0])
