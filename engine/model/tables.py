"""Tables of a policy as they were written: frozen data, as in ``engine.model``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.language.expression import Expression


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
