"""A policy as it was written: frozen data, no behaviour.

Sections are tuples in the file's order; every entry carries its own ``code``. Field names
are the file's keys, except where Python reserves the word (``from`` is ``start``).
The canonical form is made from these classes: a field added later needs a default, so
that the digest of an older policy stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.expression import Expression
from engine.table_model import AnyTable

Unit = Literal["money", "count", "ratio", "points", "days", "number"]
InputUnit = Literal["money", "count", "ratio", "points", "days", "number", "label"]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A name that HR sees, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose reviews: people of this role, and of these posts, ranks 职级 and regions if named."""

    role: str
    posts: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Records whose ``field`` is one of ``values``."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """How records become an actual 指标口径.

    ``kind``: ``sum`` of ``field``; ``days`` between the two dates ``span`` (no +1), summed;
    ``count`` of records; ``distinct`` values of ``field``; ``first``: values of ``field``
    whose first such record with this ``by`` ever falls in the period (ties: the smallest
    record code);
    ``ratio`` of two other measures, shown with ``digits`` places; ``growth`` of the first of
    ``ratio`` over the second, ``if_base`` where that is not above zero. ``period`` says which
    days count; ``basis`` what a sale is here (signed, invoiced, collected).
    """

    code: str
    name: Bilingual
    unit: Unit
    kind: Literal["sum", "days", "count", "distinct", "first", "ratio", "growth"]
    records: str | None = None
    where: tuple[Filter, ...] = ()
    when: str | None = None
    field: str | None = None
    span: tuple[str, str] | None = None
    by: str | None = None
    over: Literal["person", "team"] = "person"
    ratio: tuple[str, str] | None = None
    digits: int = 6
    if_zero: Literal["not_applicable", "zero", "refuse", "pending"] = "not_applicable"
    if_base: Literal["not_applicable", "zero", "refuse", "pending"] = "not_applicable"
    period: Literal["this", "previous", "last_year", "year_to_date", "year_before"] = "this"
    basis: Literal["signed", "invoiced", "collected"] | None = None

    @property
    def is_made_of_others(self) -> bool:
        """Whether it is computed from two other measures instead of from records."""
        return self.ratio is not None


@dataclass(frozen=True, slots=True)
class Cascade:
    """How a company figure is shared out: by headcount, or ``none``: everyone has all of it."""

    by: Literal["headcount", "none"] = "headcount"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a target 目标值 comes from: the company's figure per period, and how it is cascaded.

    ``prorate``: who was in post for a part of the period has that part of it, by days.
    """

    code: str
    name: Bilingual
    unit: Unit
    measure: str | None = None
    company: tuple[tuple[str, Decimal], ...] = ()
    cascade: Cascade = Cascade()
    round_to: Decimal = Decimal(1)
    prorate: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A figure given beside the records, or one of the words ``options`` (unit ``label``).

    ``default`` stands in when a row leaves it empty; without one ``if_missing`` says what then.
    ``paid`` names the step or rule whose earlier payments it is, since the year began.
    """

    code: str
    name: Bilingual
    unit: InputUnit
    default: Decimal | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    options: tuple[str, ...] = ()
    if_missing: Literal["refuse", "not_applicable", "zero", "pending"] = "refuse"
    fixed: Literal["goals"] | None = None
    paid: str | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """What holds from the day ``start`` on, and by which decision (``reference``).

    ``by`` has a value for each option of the constant's label instead of the one ``value``.
    """

    start: str
    value: Decimal | None = None
    by: tuple[tuple[str, Decimal], ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A figure of the policy itself: one ``value``, or ``values`` by date (and by a label)."""

    code: str
    name: Bilingual
    unit: Unit
    value: Decimal | None = None
    values: tuple[Dated, ...] = ()
    by: str | None = None


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


Figure = Measure | Target | Input | Constant | Step


@dataclass(frozen=True, slots=True)
class Transition:
    """A move from stage to stage: made by those in ``by``, or with the whole ``cycle``."""

    code: str
    name: Bilingual
    start: str
    to: str
    by: tuple[str, ...] = ()
    cycle: Literal["lock", "approve"] | None = None
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    stages: tuple[str, ...]
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy 考核方案."""

    language: int
    policy: str
    name: Bilingual
    period: Literal["month", "quarter", "half", "year"]
    currency: str
    scope: Scope
    rounding: Rounding = Rounding()
    total: Total = Total()
    presence: Presence = Presence()
    guardrails: Guardrails | None = None
    measures: tuple[Measure, ...] = ()
    targets: tuple[Target, ...] = ()
    inputs: tuple[Input, ...] = ()
    constants: tuple[Constant, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: tuple[Grade, ...] = ()
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    pools: tuple[Pool, ...] = ()
    workflow: Workflow | None = None
