"""Figures that no system has 数据提报: named people report them with a file, others check them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflows.cycles.operations import find_cycle
from workflows.cycles.tables import Cycle
from workflows.demo.played.papers import paper
from workflows.demo.played.play import Play
from workflows.reporting.naming import name_provider
from workflows.reporting.operations import check_report, report_figures
from workflows.reporting.tables import FigureReport


def name(play: Play, code: str, figure: str, reporter: str, checker: str) -> None:
    """Have HR name who reports a figure of the cycle's policy, and who checks it."""
    with play.writing() as session:
        name_provider(
            session,
            play.who("hr"),
            play.now(),
            find_cycle(session, code),
            figure,
            reporter=reporter,
            checker=checker,
        )


def report(
    play: Play, code: str, figure: str, reporter: str, between: tuple[int, int], but: Sequence[str]
) -> None:
    """Report a figure of everybody in the cycle, drawn ``between`` two, with the file behind it."""
    chance = play.chance(f"{code}/{figure}/{play.day}")
    with play.writing() as session:
        cycle, _, reviews = play.cycle(session, code)
        figures = {
            each.person.code: str(chance.randint(*between))
            for each in reviews
            if each.person.code not in but
        }
        lines = "\n".join(f"{person},{value}" for person, value in figures.items())
        file = paper(f"{figure}-{cycle.period}", lines)
        report_figures(
            session,
            play.who(reporter),
            play.now(),
            cycle,
            figure,
            figures,
            [file],
            note="按回访记录汇总，原始问卷存档",
        )


def check(play: Play, code: str, checker: str, *, accept: bool = True, reason: str = "") -> None:
    """Check what was reported for a cycle, or send it back."""
    with play.writing() as session:
        query = (
            select(FigureReport)
            .join(Cycle, Cycle.id == FigureReport.cycle_id)
            .where(Cycle.code == code, FigureReport.state == "reported")
        )
        for each in session.scalars(query):
            check_report(session, play.who(checker), play.now(), each, accept=accept, reason=reason)
