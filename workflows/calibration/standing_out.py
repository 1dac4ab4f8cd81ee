"""What stands out on a board: far moves, ranks turned round, how lenient each manager is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.model import Kpi, Policy
from workflows.calibration.board import Board, Card
from workflows.org.tables import Person

FAR = 2  # grades from the measured one


@dataclass(frozen=True, slots=True)
class Inversion:
    """Somebody moved above people with higher totals, or below people with lower ones."""

    card: Card
    others: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Leniency:
    """A manager's people: how many ``steps`` up in all (down below zero), their mean, and by how
    many points of a hundred the manager's own ratings lie above the board's mean, if they rate.
    """

    manager: Person | None
    people: int
    moved: int
    steps: int
    ratings: Fraction | None

    @property
    def mean(self) -> Fraction:
        return Fraction(self.steps, self.people)


@dataclass(frozen=True, slots=True)
class StandingOut:
    """``far`` were moved two grades or more; ``most`` are those with the biggest change."""

    far: tuple[Card, ...]
    most: tuple[Card, ...]
    inversions: tuple[Inversion, ...]
    leniency: tuple[Leniency, ...]


def standing_out(board: Board) -> StandingOut:
    """Look a board through; everything is exact, in grades and people."""
    graded = [card for card in board.cards if card.grade is not None]
    biggest = max((abs(card.steps) for card in graded), default=0)
    return StandingOut(
        tuple(card for card in graded if abs(card.steps) >= FAR),
        tuple(card for card in graded if biggest and abs(card.steps) == biggest),
        tuple(_inversions(board, graded)),
        tuple(_leniency(board.policy, graded)),
    )


def _inversions(board: Board, graded: Sequence[Card]) -> Iterator[Inversion]:
    """Compare whoever was moved with everybody; within a post where posts are apart."""
    guide = board.policy.calibration
    apart = guide is not None and guide.posts_apart
    order = {grade: place for place, grade in enumerate(board.grades)}
    for card in graded:
        others = tuple(
            other
            for other in graded
            if (not apart or other.person.post == card.person.post)
            and _turned_round(order, card, other)
        )
        if others:
            yield Inversion(card, others)


def _turned_round(order: dict[str, int], card: Card, other: Card) -> bool:
    """Say whether a moved card is above a higher total, or below a lower one."""
    if card.total is None or other.total is None or not card.steps:
        return False
    mine, theirs = order[card.grade or ""], order[other.grade or ""]
    if card.steps > 0:
        return mine < theirs and card.total < other.total
    return mine > theirs and card.total > other.total


def _leniency(policy: Policy, graded: Sequence[Card]) -> Iterator[Leniency]:
    rated = [kpi for kpi in policy.kpis if any(who == "manager" for who, _ in kpi.raters)]
    whole = _mean_rating(rated, graded)
    by_manager: dict[int | None, list[Card]] = defaultdict(list)
    for card in graded:
        by_manager[card.kept.manager_id].append(card)
    for cards in sorted(by_manager.values(), key=lambda cards: _code(cards[0].manager)):
        own = _mean_rating(rated, cards)
        yield Leniency(
            cards[0].manager,
            len(cards),
            sum(card.steps != 0 for card in cards),
            sum(card.steps for card in cards),
            own - whole if own is not None and whole is not None else None,
        )


def _mean_rating(rated: Sequence[Kpi], cards: Sequence[Card]) -> Fraction | None:
    """Return the mean of the managers' ratings as points of a hundred; None without any."""
    given = [
        Fraction(card.row[f"{kpi.code}.manager"]) * 100 / Fraction(kpi.scale)
        for kpi in rated
        for card in cards
        if card.row.get(f"{kpi.code}.manager") is not None
    ]
    return sum(given, Fraction(0)) / len(given) if given else None


def _code(person: Person | None) -> str:
    return person.code if person is not None else ""
