"""What a figure of a goal may be; an error names what was typed and what would do."""

from __future__ import annotations

from decimal import Decimal

from engine.errors import N_, KaohengError, Place, refuse
from engine.plain import plain_number
from workflows.goals.shape import MONTHS, PLACES, Months
from workflows.goals.stating import HIGHEST


def require_amount(amount: Decimal) -> None:
    if not 0 <= amount < HIGHEST or amount != round(amount, 2):
        raise refuse(
            "goals.amount",
            N_("{value} is no amount: it is at least 0, to the cent."),
            N_("Write a number such as 200000 or 1234.50."),
            place=Place(path="amount"),
            value=str(amount),
        )


def require_factor(factor: Decimal) -> None:
    if not Decimal("0.1") <= factor <= 10 or factor != round(factor, 4):
        raise refuse(
            "goals.factor",
            N_("{value} is no factor: it lies between 0.1 and 10, with four decimals."),
            N_("1.05 asks those below for five percent more than the goal itself."),
            place=Place(path="factor"),
            value=plain_number(factor),
        )


def require_ratio(ratio: Decimal) -> None:
    if not 0 <= ratio <= 10**6 or ratio != round(ratio, PLACES):
        raise _no_ratio(ratio)


def require_shape(shape: Months) -> None:
    if len(shape) != MONTHS or min(shape) < 0 or not any(shape):
        raise refuse(
            "goals.shape",
            N_("A curve has twelve numbers, none below zero and not all zero."),
            N_("Write what each month weighs, from January on."),
            place=Place(path="shape"),
        )
    # Last year's months are amounts, and may be millions: only their proportion counts.
    if wrong := [each for each in shape if each >= HIGHEST or each != round(each, PLACES)]:
        raise _no_ratio(wrong[0])


def _no_ratio(value: Decimal) -> KaohengError:
    return refuse(
        "goals.ratio",
        N_("{value} is no ratio: it is at least 0, with at most six decimals."),
        N_("Write 1 for an equal claim, 0.6 for a newcomer's."),
        place=Place(path="ratio"),
        value=plain_number(value),
    )
