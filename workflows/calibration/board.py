"""The board of a session: a column a grade, a card a person, the guidance beside the present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.model import Policy
from engine.stages import stages_for
from workflows.access.actors import Actor
from workflows.calibration.guidance import Group, Line, Place, groups_of, lines_of
from workflows.calibration.reaching import own_people
from workflows.calibration.tables import CalibrationCard, CalibrationSession
from workflows.cycles.operations import policy_of
from workflows.cycles.scored import scored
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import Review

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody on the board. ``steps`` is how many grades they were moved, up above zero.

    ``apart`` says why they are left out of the distribution; ``is_there`` whether the review is
    in calibration, so that it can be moved.
    """

    kept: CalibrationCard
    steps: int
    is_there: bool
    row: Mapping[str, Any]

    @property
    def review(self) -> Review:
        return self.kept.review

    @property
    def person(self) -> Person:
        return self.kept.review.person

    @property
    def total(self) -> Decimal | None:
        return self.review.total

    @property
    def measured(self) -> str | None:
        return self.review.grade

    @property
    def grade(self) -> str | None:
        return self.review.calibrated_grade or self.review.grade

    @property
    def apart(self) -> str | None:
        return self.kept.apart

    @property
    def manager(self) -> Person | None:
        return self.kept.manager


@dataclass(frozen=True, slots=True)
class Compared:
    """A group of the distribution: its guide beside what is there now, a line a grade."""

    group: Group
    units: tuple[Unit | None, ...]
    lines: tuple[Line, ...]

    @property
    def is_exceeded(self) -> bool:
        return any(line.exceeded for line in self.lines)


@dataclass(frozen=True, slots=True)
class Board:
    """What a session's board shows somebody: never their own card."""

    sitting: CalibrationSession
    policy: Policy
    cards: tuple[Card, ...]
    left_out: tuple[Card, ...]
    compared: tuple[Compared, ...]

    @property
    def grades(self) -> tuple[str, ...]:
        return tuple(grade.code for grade in self.policy.grades)

    @property
    def exceeded(self) -> tuple[Compared, ...]:
        return tuple(each for each in self.compared if each.is_exceeded)

    @property
    def ungraded(self) -> tuple[Card, ...]:
        return tuple(card for card in self.cards if card.grade is None)

    def column(self, grade: str) -> tuple[Card, ...]:
        """Return who has a grade, the highest total first."""
        return tuple(card for card in self.cards if card.grade == grade)

    def measured(self, grade: str) -> int:
        """Count who has a grade by what was measured."""
        return sum(card.measured == grade for card in self.cards)


def board_of(session: Session, actor: Actor, sitting: CalibrationSession) -> Board:
    """Return the board as the actor sees it."""
    return _board(session, sitting, own_people(actor))


def whole_board(session: Session, sitting: CalibrationSession) -> Board:
    """Return the board with everybody on it: for operations, never for a page."""
    return _board(session, sitting, set())


def _board(session: Session, sitting: CalibrationSession, hidden: set[int]) -> Board:
    policy = policy_of(sitting.cycle)
    rows = scored(session, sitting.cycle).rows
    kept = _kept(session, sitting)
    cards = [_card(policy, rows, each) for each in kept]
    seen = [card for card in cards if card.review.person_id not in hidden]
    return Board(
        sitting,
        policy,
        tuple(card for card in seen if card.kept.left_out is None),
        tuple(card for card in seen if card.kept.left_out is not None),
        tuple(_compared(policy, cards, seen)),
    )


def _kept(session: Session, sitting: CalibrationSession) -> Sequence[CalibrationCard]:
    return session.scalars(
        select(CalibrationCard)
        .join(CalibrationCard.review)
        .join(Review.person)
        .where(CalibrationCard.session_id == sitting.id)
        .options(
            joinedload(CalibrationCard.review).joinedload(Review.person),
            joinedload(CalibrationCard.review).joinedload(Review.team),
            joinedload(CalibrationCard.unit),
            joinedload(CalibrationCard.manager),
        )
        .order_by(Review.total.desc(), Person.code)
    ).all()


def _card(policy: Policy, rows: Rows, kept: CalibrationCard) -> Card:
    order = [grade.code for grade in policy.grades]
    review = kept.review
    now = review.calibrated_grade or review.grade
    moved = review.grade in order and now in order
    steps = order.index(review.grade or "") - order.index(now or "") if moved else 0
    is_there = review.stage in stages_for(policy, "calibration")
    return Card(kept, steps, is_there, rows.get(review.person.code, {}))


def _compared(policy: Policy, cards: Sequence[Card], seen: Sequence[Card]) -> list[Compared]:
    guide = policy.calibration
    if guide is None:
        return []
    on_board = [card for card in cards if card.kept.left_out is None]
    kpi = guide.by_result.kpi if guide.by_result else None
    grades = [grade.code for grade in policy.grades]
    groups = groups_of(guide, grades, (_place(card, kpi) for card in on_board))
    units = {str(card.kept.unit_id): card.kept.unit for card in on_board}
    now = {card.person.code: card.grade for card in seen}
    before = {card.person.code: card.measured for card in seen}
    return [
        Compared(
            group,
            tuple(units.get(unit) for unit in group.units),
            tuple(lines_of(guide, group, before, now)),
        )
        for group in groups
    ]


def _place(card: Card, kpi: str | None) -> Place:
    unit = card.kept.unit
    return Place(
        card.person.code,
        str(card.kept.unit_id),
        str(unit.parent_id) if unit is not None else "",
        card.person.post,
        card.apart is None,
        card.total,
        card.row.get(f"{kpi}.actual") if kpi else None,
        card.row.get(f"{kpi}.target") if kpi else None,
    )
