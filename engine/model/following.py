"""What is watched and suggested on the way: alerts, suggestions for plans, career paths."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.language.expression import Expression
from engine.model.words import Bilingual


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition 预警 over live figures, of which those in ``to`` are told.

    ``often``: ``once`` a cycle, or again whenever it is ``worse``: when the ``gauge``, of which
    less is worse, has fallen by at least ``step`` since they were last told.
    """

    code: str
    name: Bilingual
    when: Expression
    to: tuple[str, ...] = ("owner", "manager")
    often: Literal["once", "worse"] = "once"
    gauge: Expression | None = None
    step: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PlanRule:
    """What is suggested for an improvement plan 改进计划 where a condition holds.

    ``kpi`` is the one that the plan is to move; ``weeks`` is how long it runs.
    """

    code: str
    name: Bilingual
    when: Expression
    goal: Bilingual
    kpi: str | None = None
    training: Bilingual | None = None
    mentor: bool = False
    weeks: int = 12


@dataclass(frozen=True, slots=True)
class CareerPath:
    """A step of a career 发展通道: who may be considered, by the results of past cycles.

    ``start`` and ``to`` are ranks or posts, as the organisation's data call them.
    """

    code: str
    name: Bilingual
    start: str
    to: str
    when: Expression
    cycles: int = 4
