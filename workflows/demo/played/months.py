"""The monthly appraisal in the East: data, the manager, and the person, by silence as a rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflows.demo.played import confirming, cycles, settling
from workflows.demo.played.agenda import PLAIN, Day, act
from workflows.demo.played.days import DECEMBER, NOVEMBER, OCTOBER
from workflows.demo.played.exports import bring_in
from workflows.demo.played.play import Play
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review

OPEN_APPEALS = (
    settling.Appealed(DECEMBER, "S0106", ("win_rate.points",), "十二月有一单输单是客户取消预算"),
    settling.Appealed(DECEMBER, "S0204", ("revenue.points", "total"), "有一单记在了上月"),
)


def days() -> Iterator[Day]:
    """Give what is done on which day. What nobody answers is confirmed by itself."""
    yield Day(date(2025, 10, 9), (act(cycles.open_, OCTOBER),))
    yield Day(date(2025, 11, 3), (act(cycles.open_, NOVEMBER),))
    yield Day(date(2025, 11, 4), (act(cycles.sign, unevenly=True),), PLAIN)
    yield Day(
        date(2025, 11, 5),
        (act(bring_in, date(2025, 10, 31)), act(confirming.lock, OCTOBER)),
    )
    yield Day(date(2025, 11, 6), (act(cycles.move, OCTOBER, "confirm", start="manager"),))
    yield Day(
        date(2025, 11, 7),
        (
            act(accept, OCTOBER, "S0101", "S0203"),
            act(disagree, OCTOBER, "S0202", "十月二十八日的一单没有算进来"),
        ),
    )
    yield Day(date(2025, 11, 10), (act(cycles.move, OCTOBER, "confirm", start="manager"),))
    yield Day(date(2025, 11, 17), (act(cycles.approve_results, OCTOBER),))
    yield Day(date(2025, 12, 1), (act(cycles.open_, DECEMBER),))
    yield Day(date(2025, 12, 2), (act(cycles.sign, unevenly=True),), PLAIN)
    yield Day(
        date(2025, 12, 3),
        (act(bring_in, date(2025, 11, 30)), act(confirming.lock, NOVEMBER)),
    )
    yield Day(date(2025, 12, 4), (act(cycles.move, NOVEMBER, "confirm", start="manager"),))
    yield Day(date(2025, 12, 12), (act(cycles.approve_results, NOVEMBER),))
    yield Day(date(2026, 1, 7), (act(confirming.lock, DECEMBER),))
    yield Day(date(2026, 1, 8), (act(cycles.move, DECEMBER, "confirm", start="manager"),))
    yield Day(date(2026, 1, 14), (act(cycles.approve_results, DECEMBER),))
    yield Day(
        date(2026, 1, 15),
        (
            *(act(settling.appeal, each) for each in OPEN_APPEALS),
            act(settling.assign, OPEN_APPEALS[0], "hr2"),
        ),
    )


def accept(play: Play, code: str, *people: str) -> None:
    """Have people confirm their result before silence does."""
    with play.writing() as session:
        cycle, policy, _ = play.cycle(session, code)
        for person in people:
            review = find_review(session, cycle, person)
            move_review(session, play.who(person), play.now(), review, policy, transition="accept")


def disagree(play: Play, code: str, person: str, reason: str) -> None:
    """Have somebody object: it goes back to the manager."""
    with play.writing() as session:
        cycle, policy, _ = play.cycle(session, code)
        review = find_review(session, cycle, person)
        move_review(
            session, play.who(person), play.now(), review, policy, transition="object",
            reason=reason,
        )  # fmt: skip
