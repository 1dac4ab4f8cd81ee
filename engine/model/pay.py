"""What is computed and given: steps, rules, pools, and the limits of the law."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.language.expression import Expression
from engine.model.tables import AnyTable
from engine.model.words import Bilingual, Unit


@dataclass(frozen=True, slots=True)
class Peers:
    """A figure looked at across people: ``take`` of ``of`` among those of one team or label.

    ``where`` says who counts; who does not has no rank and no share. ``best`` is what ranks
    first; equal values share the better place (``competition``: 1 1 3) or close up (``dense``:
    1 1 2).
    """

    take: Literal["sum", "mean", "min", "max", "count", "rank", "share"]
    of: Expression | None = None
    among: str = "all"
    where: Expression | None = None
    best: Literal["highest", "lowest"] = "highest"
    ties: Literal["competition", "dense"] = "competition"


@dataclass(frozen=True, slots=True)
class Payout:
    """A part of a grant, paid ``after_months`` after the period; a holdback 质保金 comes later."""

    share: Decimal
    after_months: int = 0
    name: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A formula, a table, or a look across ``over`` people, rounded to ``digits``.

    ``grant`` makes its amount a grant, paid out in parts where there is a ``payout``.
    """

    code: str
    name: Bilingual
    unit: Unit
    formula: Expression | None = None
    table: AnyTable | None = None
    digits: int | None = None
    grant: str | None = None
    over: Peers | None = None
    payout: tuple[Payout, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule gives: a ``grant`` (with or without an ``amount``), or a named conclusion."""

    grant: str | None = None
    amount: Expression | None = None
    text: Bilingual | None = None
    conclude: str | None = None
    payout: tuple[Payout, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    name: Bilingual
    when: Expression
    then: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """A team's pool 奖金池: paid when ``trigger`` holds for the team, shared among ``eligible``.

    ``compare``: the trigger sees exact or shown (rounded) attainments. ``by`` names what
    ``contribution`` is measured in.
    """

    code: str
    name: Bilingual
    trigger: Expression
    fund: Expression
    share: Literal["equal", "score", "contribution"] = "equal"
    by: str | None = None
    over: Literal["team"] = "team"
    compare: Literal["exact", "shown"] = "exact"
    eligible: Expression | None = None


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What the law (PRC) asks of pay: limits on what may be taken, and who is left out.

    Compensation for a loss is at most ``deduction_rate`` of ``wage`` (the month's), and never
    brings it below ``minimum_wage``. Whoever has a value in ``protected`` (三期, 工伤, 医疗期)
    is left out of ranking and of penalties.
    """

    wage: str | None = None
    minimum_wage: str | None = None
    deduction_rate: Decimal = Decimal("0.2")
    protected: str | None = None
