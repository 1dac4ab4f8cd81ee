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

Unit = Literal["money", "count", "ratio", "points", "days", "number"]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A name that HR sees, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose reviews: people of this role."""

    role: str


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
    ``ratio`` of two other measures, shown with ``digits`` places.
    """

    code: str
    name: Bilingual
    unit: Unit
    kind: Literal["sum", "days", "count", "distinct", "first", "ratio"]
    records: str | None = None
    where: tuple[Filter, ...] = ()
    when: str | None = None
    field: str | None = None
    span: tuple[str, str] | None = None
    by: str | None = None
    over: Literal["person", "team"] = "person"
    ratio: tuple[str, str] | None = None
    digits: int = 6
    if_zero: Literal["not_applicable", "zero"] = "not_applicable"


@dataclass(frozen=True, slots=True)
class Cascade:
    """How a company figure is shared out: by headcount, or ``none``: everyone has all of it."""

    by: Literal["headcount", "none"] = "headcount"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a target 目标值 comes from: the company's figure per period, and how it is cascaded."""

    code: str
    name: Bilingual
    unit: Unit
    measure: str | None = None
    company: tuple[tuple[str, Decimal], ...] = ()
    cascade: Cascade = Cascade()
    round_to: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Input:
    """A figure given beside the records; ``default`` stands in when a row leaves it empty."""

    code: str
    name: Bilingual
    unit: Unit
    default: Decimal | None = None
    min: Decimal | None = None
    max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    code: str
    name: Bilingual
    unit: Unit
    value: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the edge it begins or ends at (None: open), and its value or rate."""

    edge: Decimal | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class Table:
    """A value looked up by ``of``: the first row, in the order of writing, whose edge holds.

    ``steps`` give the row's value; ``whole`` 全额累进: all of it at the row's rate; ``cliff``:
    what is over ``above`` at the row's rate; ``marginal`` 超额累进: each slice at its own rate,
    filled on from ``after``; ``interpolate``: a line through the points, flat outside.
    ``bound`` is the word of the edges: ``from`` (reached), ``above``, ``to`` (up to and with),
    ``below``; None is the usual one, ``from`` for steps and ``to`` for the others.
    """

    of: Expression
    kind: Literal["steps", "interpolate", "marginal", "whole", "cliff"]
    rows: tuple[Row, ...]
    bound: Literal["from", "above", "to", "below"] | None = None
    above: Expression | None = None
    after: Expression | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line; ``edge`` is where, ``value`` what is given there."""

    edge: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class LineTable:
    """A line through points that may be named figures, flat outside.

    ``falling``: the points go down (lower is better). Before the first point ``before`` is
    given where it is not None. Between points that fall together the later one counts.
    """

    of: Expression
    points: tuple[Point, ...]
    falling: bool = False
    before: Expression | None = None


@dataclass(frozen=True, slots=True)
class UnitTable:
    """``start``, and ``each`` more (fewer, where it is negative) for every ``per`` of ``of``.

    Below zero there are no units; with ``whole`` only complete ones count.
    """

    of: Expression
    each: Decimal
    start: Decimal = Decimal(0)
    per: Decimal = Decimal(1)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """Bands of a number, rising, an edge belonging to the band above (``from``) or below (``to``);

    or the ``labels`` of a text.
    """

    of: Expression
    edges: tuple[Decimal, ...] = ()
    bound: Literal["from", "to"] = "from"
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.labels) or len(self.edges) + 1


@dataclass(frozen=True, slots=True)
class GridTable:
    """A table of two or three dimensions; ``values`` in the order of the axes, the last fastest."""

    grid: tuple[Axis, ...]
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A row of a decision table; without ``when`` it is for all the rest."""

    when: Expression | None = None
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rows with conditions. ``hit``: the ``first`` that holds, the only one (``unique``), or all.

    ``collect`` says what is made of all: their sum, the largest, the smallest, how many.
    """

    hit: Literal["first", "unique", "collect"]
    rows: tuple[DecisionRow, ...]
    collect: Literal["sum", "max", "min", "count"] | None = None


AnyTable = Table | LineTable | UnitTable | GridTable | DecisionTable


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI of the scorecard.

    ``form`` of attainment where lower is better: ``ratio`` is target/actual, ``mirrored`` is
    2 − actual/target. ``score`` None: points are attainment × 100. Three anchors 三档:
    ``threshold`` 门槛值, ``target`` 目标值, ``stretch`` 挑战值. Below the attainment ``gate``
    there are no points at all.
    """

    code: str
    name: Bilingual
    actual: str
    weight: Decimal
    group: Bilingual | None = None
    target: str | Decimal | None = None
    better: Literal["higher", "lower"] = "higher"
    form: Literal["ratio", "mirrored"] = "ratio"
    score: AnyTable | Expression | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    if_zero_target: Literal["not_applicable", "full", "zero"] = "not_applicable"
    if_zero_actual: Literal["not_applicable", "full", "zero"] = "full"
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
class Grade:
    """A band of the shown total, from ``start`` to the next higher; ``coefficient`` 绩效系数."""

    code: str
    start: Decimal
    coefficient: Decimal
    name: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A formula or a table, rounded to ``digits``; ``grant`` makes its amount a grant."""

    code: str
    name: Bilingual
    unit: Unit
    formula: Expression | None = None
    table: AnyTable | None = None
    digits: int | None = None
    grant: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule gives: a ``grant`` (with or without an ``amount``), or a named conclusion."""

    grant: str | None = None
    amount: Expression | None = None
    text: Bilingual | None = None
    conclude: str | None = None


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
    measures: tuple[Measure, ...] = ()
    targets: tuple[Target, ...] = ()
    inputs: tuple[Input, ...] = ()
    constants: tuple[Constant, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    grades: tuple[Grade, ...] = ()
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    pools: tuple[Pool, ...] = ()
    workflow: Workflow | None = None
