"""How people are scored: KPIs, dimensions, vetoes, grades."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.language.expression import Expression
from engine.model.tables import AnyTable
from engine.model.words import Bilingual


@dataclass(frozen=True, slots=True)
class Difficulty:
    """Market difficulty 市场难度: ``of`` adds points, or multiplies them.

    ``normalise`` divides factors by their mean over everybody, so that their mean is 1.
    """

    of: str
    kind: Literal["points", "factor"]
    normalise: bool = False


@dataclass(frozen=True, slots=True)
class Dimension:
    """A group of KPIs with a weight of its own; the weights in it sum to 100% again."""

    code: str
    name: Bilingual
    weight: Decimal
    cap: Decimal | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI of the scorecard.

    ``form`` of attainment where lower is better: ``ratio`` is target/actual, ``mirrored`` is
    2 − actual/target. ``score`` None: points are attainment × 100. Three anchors 三档:
    ``threshold`` 门槛值, ``target`` 目标值, ``stretch`` 挑战值. Below the attainment ``gate``
    there are no points at all. Instead of an ``actual`` it has ``raters`` (who, weight), each
    of whom gives up to ``scale`` points. ``weight_band``: each person's own weight lies
    between the two.
    """

    code: str
    name: Bilingual
    weight: Decimal
    actual: str = ""
    group: Bilingual | None = None
    target: str | Decimal | None = None
    better: Literal["higher", "lower"] = "higher"
    form: Literal["ratio", "mirrored"] = "ratio"
    score: AnyTable | Expression | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    if_zero_target: Literal["not_applicable", "full", "zero", "refuse", "pending"] = (
        "not_applicable"
    )
    if_zero_actual: Literal["not_applicable", "full", "zero", "refuse", "pending"] = "full"
    if_negative: Literal["keep", "not_applicable", "full", "zero", "refuse", "pending"] = "keep"
    dimension: str | None = None
    raters: tuple[tuple[str, Decimal], ...] = ()
    scale: Decimal = Decimal(100)
    if_unrated: Literal["share", "zero", "refuse", "pending"] = "share"
    weight_band: tuple[Decimal, Decimal] | None = None
    difficulty: Difficulty | None = None
    threshold: str | Decimal | None = None
    stretch: str | Decimal | None = None
    gate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rounding:
    """Places after the point, HALF_UP, declared once for the policy."""

    attainment: int = 4
    points: int = 2
    total: int = 2
    money: int = 2


@dataclass(frozen=True, slots=True)
class Total:
    cap: Decimal | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Veto:
    """What overrides the score 一票否决: then the total is at most ``total``, the grade ``grade``.

    The total and grade without it are kept beside.
    """

    code: str
    name: Bilingual
    when: Expression
    total: Decimal | None = None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """Who was there for fewer than ``least_days`` is not appraised: a state, not a zero.

    ``segments``: parts of a period with a move, a change of target or a leave in between are
    scored apart and put together by days.
    """

    least_days: int = 0
    segments: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """A band of the shown total, from ``start`` to the next higher; ``coefficient`` 绩效系数."""

    code: str
    start: Decimal
    coefficient: Decimal
    name: Bilingual | None = None
