"""Where figures come from: records, targets, inputs, constants."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.model.words import Bilingual, InputUnit, Unit


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
    days count; ``basis`` what a sale is here (signed, invoiced, collected). ``late``: what
    arrives after the lock of the period that it is dated in is ``left`` to running that cycle
    again, or counts in the ``next`` one.
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
    late: Literal["left", "next"] = "left"

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
    ``if_missing``: facts without it are refused; ``pending``, which no file says, is how those are
    scored to whom a goal plan gives none: their result waits, and nobody else's.
    """

    code: str
    name: Bilingual
    unit: Unit
    measure: str | None = None
    company: tuple[tuple[str, Decimal], ...] = ()
    cascade: Cascade = Cascade()
    round_to: Decimal = Decimal(1)
    prorate: bool = False
    if_missing: Literal["refuse", "pending"] = "refuse"


@dataclass(frozen=True, slots=True)
class Input:
    """A figure given beside the records, or one of the words ``options`` (unit ``label``).

    ``default`` stands in when a row leaves it empty; without one ``if_missing`` says what then.
    ``paid`` names the step or rule whose earlier payments it is, since the year began;
    ``source`` says what else fills it in: the panel's mean score of the self report, or how many
    assists or sharing sessions of the period others have confirmed.
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
    source: Literal["panel", "assists", "sharings"] | None = None


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
