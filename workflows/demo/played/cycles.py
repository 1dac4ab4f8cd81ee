"""Cycles of the second half: opened, filled with who comes later, and moved team by team."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workflows.cycles.joining import add_to_cycle
from workflows.cycles.operations import open_cycle
from workflows.demo.copies import sign_copies
from workflows.demo.played.organisation import leading
from workflows.demo.played.play import Play
from workflows.demo.quarter import approve
from workflows.reviews.tables import Review


def open_(play: Play, code: str) -> None:
    """Open the cycle ``<policy>@<period>``."""
    policy, _, period = code.partition("@")
    with play.writing() as session:
        open_cycle(session, play.who("hr"), play.now(), policy_code=policy, period_label=period)


def add_newcomer(play: Play, code: str, person: str, revenue: int, others: int) -> None:
    """Give somebody who came later a review, with targets of their own."""
    with play.writing() as session:
        cycle, policy, _ = play.cycle(session, code)
        targets = {
            rule.code: Decimal(revenue if rule.unit == "money" else others)
            for rule in policy.targets
        }
        add_to_cycle(
            session, play.who("hr"), play.now(), cycle, person=person, targets=targets,
            reason="八月入职，目标按在岗时间折算",
        )  # fmt: skip


def move(
    play: Play,
    code: str,
    transition: str,
    *,
    start: str,
    but: Sequence[str] = (),
    reason: str | None = None,
) -> None:
    """Have managers move on their people, all of them together, from the stage ``start``."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        there = [r for r in reviews if r.stage == start and r.person.code not in but]
        teams: dict[str, list[Review]] = {}
        for review in there:
            teams.setdefault(play.manager_code(session, review.person_id), []).append(review)
        for team, people in sorted(teams.items()):
            play.move(session, leading(play, team), people, transition, reason)


def sign(play: Play, *, unevenly: bool = False) -> None:
    """Have everybody answer the copies of their agreements."""
    sign_copies(play.stage, play.day, unevenly=unevenly)
    play.begin(play.day, busy=True)


def approve_results(play: Play, code: str) -> None:
    """Approve the cycle's results, and enter what they grant."""
    approve(play.stage, code, play.day, play.minutes(taken=10))
