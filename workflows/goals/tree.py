"""A goal's tree: what each node shares out, and to whom; figures only, no database.

At every node that shares out: children plus reserve 预留 equal its amount times the factor 加码,
rounded as declared. Whatever is changed goes through ``recut``, which keeps that so or refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from workflows.goals.shape import EVEN, Months, rounded

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Split:
    """How a node's amount is shared out among its children.

    ``factor`` multiplies it first, ``unit`` is what every share is whole in (1 is 元, 10000 is
    万元), ``reserve`` is kept back: the amount, or ``rate`` of what there is to share. ``whole``:
    every child has all of it, as of a satisfaction or a share, which do not add up.
    """

    by: str
    factor: Decimal = Decimal(1)
    unit: Decimal = Decimal(1)
    reserve: Decimal = ZERO
    rate: Decimal | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A unit, a person, a product line or a customer group in a goal's tree.

    ``given``: the amount was set by hand and stays while those beside it make up the difference;
    where all of them were, they follow in proportion. ``locked``: nothing may change it, and
    ``firm`` is what was just set. ``personal``: a person, or what a person's amount is made up of.
    ``shape`` is its own curve, where it has one.
    """

    key: int
    kind: str
    name: str
    amount: Decimal = ZERO
    ratio: Decimal = Decimal(1)
    given: bool = False
    locked: bool = False
    firm: bool = False
    personal: bool = False
    shape: Months | None = None
    months: Months = ()
    split: Split | None = None
    children: tuple[Node, ...] = ()

    @property
    def is_kept(self) -> bool:
        return self.given or self.locked or self.firm

    @property
    def total(self) -> Decimal:
        """What there is to share out: a person's own lines are exactly that person's amount."""
        if self.split is None or self.personal:
            return self.amount
        return rounded(self.amount * self.split.factor, self.split.unit)

    @property
    def shared_out(self) -> Decimal:
        return sum((child.amount for child in self.children), ZERO)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Cut:
    """What all nodes of one goal share: the year's curve, and what months are whole in."""

    shape: Months = field(default=EVEN)
    unit: Decimal = Decimal(1)
    adds: bool = True
