"""What a compiled policy is made of: named definitions, each one way to get a value.

The scorecard, grades and incentives that HR writes are forms over these; ``engine.forms.scorecard``
writes them out. The order here is the order in which they are explained.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.language.expression import Expression
from engine.model import AnyTable, Bilingual, Dated, Peers
from engine.reader import Path


@dataclass(frozen=True, slots=True)
class Formula:
    of: Expression


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table, then a clamp where a cap or floor is declared; zero where ``gate`` does not hold."""

    table: AnyTable
    floor: Decimal | None = None
    cap: Decimal | None = None
    gate: Expression | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """``top / bottom``, kept exact; ``if_zero`` says what a zero bottom gives."""

    top: str
    bottom: str
    if_zero: str = "not_applicable"


@dataclass(frozen=True, slots=True)
class Growth:
    """``(now - base) / base``; ``if_base`` says what a base that is not above zero gives."""

    now: str
    base: str
    if_base: str = "not_applicable"


@dataclass(frozen=True, slots=True)
class Attainment:
    """Actual against target 达成率; the treatments of zero are the KPI's."""

    actual: str
    target: str
    better: Literal["higher", "lower"]
    form: Literal["ratio", "mirrored"]
    if_zero_target: str
    if_zero_actual: str
    if_negative: str = "keep"


@dataclass(frozen=True, slots=True)
class Mean:
    """Σ value·weight / Σ weight over the values that are applicable; null when none is.

    A weight may be the name of one. Null as well where ``unless`` holds, and where anything of
    what it ``waits`` for is pending.
    """

    terms: tuple[tuple[str, Decimal | str], ...]
    floor: Decimal | None = None
    cap: Decimal | None = None
    unless: Expression | None = None
    waits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bands:
    """The first label whose edge ``of`` reaches, from the highest down; below all, the last one."""

    of: str
    rows: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The calibrated label where there is one, else the computed one."""

    given: str
    computed: str


@dataclass(frozen=True, slots=True)
class Appraised:
    """``appraised`` where ``of`` is known, else why not: a state, not a zero.

    ``too_short`` where that condition holds, ``pending`` where an input of ``of`` is awaited,
    and ``not_appraisable`` for the rest.
    """

    of: str
    too_short: Expression | None = None


@dataclass(frozen=True, slots=True)
class Lowered:
    """A label, no better than the label of any flag that holds; ``order`` from the best down."""

    of: Bands
    rows: tuple[tuple[str, str], ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByLabel:
    """The number that belongs to a label."""

    of: str
    rows: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class TeamSum:
    """The sum of ``of`` over the row's team; ``of`` None counts the members."""

    of: str | None


@dataclass(frozen=True, slots=True)
class Across:
    """A look across people; ``keys`` are the columns that those who are compared share."""

    of: Peers
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByDate:
    """The value that holds on the facts' ``date``, by the label ``by`` where there is one."""

    rows: tuple[Dated, ...]
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A truth per row, evaluated as a column."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Decided:
    """A rule, decided by durable_rules from the truth of its leaf comparisons."""

    when: Expression


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Holds where any of these rules does."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a pool is shared by: 1, a score or a contribution; null or negative counts as none."""

    of: str | None
    eligible: Expression | None


@dataclass(frozen=True, slots=True)
class Share:
    """A team's ``fund`` by ``weight``, where ``trigger`` holds; sums to the fund in minor units.

    ``places`` are those of the minor unit: a fund in whole yuan is shared to the cent too.
    """

    trigger: str
    fund: str
    weight: str
    places: int


What = (
    Formula
    | Lookup
    | Ratio
    | Growth
    | Attainment
    | Mean
    | Bands
    | Calibrated
    | Appraised
    | Lowered
    | Across
    | ByDate
    | ByLabel
    | TeamSum
    | Condition
    | Decided
    | Conclusion
    | Weight
    | Share
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A named value: how it comes about, its unit, and how it is rounded.

    ``digits`` are the places that are shown; ``exact`` definitions pass on the unrounded value.
    ``measured`` ones are settled when the data are locked; the others wait for the final grade.
    What is put together ``by_days`` is kept with all of its digits, as means of it will have them.
    """

    name: str
    title: Bilingual
    what: What
    unit: str
    path: Path
    digits: int = 0
    exact: bool = False
    measured: bool = False
    by_days: bool = False
