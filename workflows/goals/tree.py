"""A goal's tree: what each node shares out, and to whom; figures only, no database.

At every node that shares out: children plus reserve 预留 equal its amount times the factor 加码,
rounded as declared. Whatever is changed goes through ``recut``, which keeps that so or refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.plain import plain_number
from workflows.goals.shape import EVEN, Months, rounded, spread, weights
from workflows.targets.cascade import apportion

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
class Gap:
    """A node whose children and reserve are ``by`` more (or less) than there is to share out."""

    node: Node
    by: Decimal


@dataclass(frozen=True, slots=True)
class Cut:
    """What all nodes of one goal share: the year's curve, and what months are whole in."""

    shape: Months = field(default=EVEN)
    unit: Decimal = Decimal(1)
    adds: bool = True


def gaps(root: Node) -> list[Gap]:
    """Return every node that does not reconcile, from the top."""
    found = []
    for node in root.walk():
        if node.split is None or not node.children:
            continue
        if node.split.whole:
            off = next((each.amount - node.total for each in node.children
                        if each.amount != node.total), ZERO)  # fmt: skip
        else:
            off = node.shared_out + node.split.reserve - node.total
        if off:
            found.append(Gap(node, off))
    return found


def fault_of(gap: Gap) -> Fault:
    """Say what does not reconcile: which node, by how much, what to do."""
    over = gap.by > 0
    return Fault(
        "goals.gap",
        N_("{name} does not reconcile: {by} more is given out below it than the {total} there is.")
        if over
        else N_("{name} does not reconcile: {by} of {total} is shared out to nobody."),
        N_("Lower a figure or the reserve below it, or raise its own amount or factor.")
        if over
        else N_("Raise a figure below it, or put the difference into its reserve."),
        {
            "name": gap.node.name,
            "by": plain_number(abs(gap.by)),
            "total": plain_number(gap.node.total),
        },
        Place(path=gap.node.name),
    )  # fmt: skip


def recut(node: Node, amount: Decimal, cut: Cut) -> Node:
    """Give a node its amount and share it out anew below; what is kept stays as it is.

    Raises ``KaohengError`` (CONFLICT) where what is locked or given by hand leaves no way, naming
    it, and by how much.
    """
    node = replace(node, amount=amount)
    if node.split is not None and node.children:
        node = _shared(node, node.split, cut)
    node = replace(node, months=_months(node, cut))
    return divided(node, cut) if node.personal and node.children else node


def divided(node: Node, cut: Cut) -> Node:
    """Give what a person is made up of its months, so that each month adds up to the person's.

    Where one of them has months or a curve of its own, the person's months are their sum instead.
    """
    own = any(each.shape for child in node.children for each in child.walk())
    parts = None if own or not cut.adds else _columns(node, cut.unit)
    if parts is None:
        months = tuple(sum(m, ZERO) for m in zip(*(c.months for c in node.children), strict=True))
        return replace(node, months=months if cut.adds else node.months)
    children = (replace(c, months=months) for c, months in zip(node.children, parts, strict=True))
    return replace(
        node, children=tuple(divided(each, cut) if each.children else each for each in children)
    )


def _columns(node: Node, unit: Decimal) -> list[Months] | None:
    """Return months for each child: rows add up to the child, columns to the node's months.

    Each running sum of children is shared out over the months; a child's are the differences of
    two. None where rounding would take a unit from a month that has none.
    """
    if not any(node.months):
        return None
    before: Months = (ZERO,) * len(node.months)
    sofar, found = ZERO, []
    for child in node.children:
        sofar += child.amount
        until = spread(sofar, node.months, unit)
        found.append(tuple(a - b for a, b in zip(until, before, strict=True)))
        before = until
    whole = before == node.months and all(month >= 0 for months in found for month in months)
    return found if whole else None


def _shared(node: Node, split: Split, cut: Cut) -> Node:
    total = node.total
    if split.whole:
        kept = [each for each in node.children if each.locked and each.amount != total]
        if kept:
            raise no_way(node, total - kept[0].amount, kept)
        return replace(node, children=tuple(recut(each, total, cut) for each in node.children))
    if split.rate is not None:
        split = replace(split, reserve=rounded(total * split.rate, split.unit))
    rest = total - split.reserve
    free = _free(node, rest)
    kept = [each for each in node.children if each.key not in free]
    rest -= sum((each.amount for each in kept), ZERO)
    claims = weights(list(free.values()))
    if rest < 0 or (rest and not any(claims)):
        raise no_way(node, rest, kept)
    shares = apportion(rest, claims, split.unit) if any(claims) else [ZERO] * len(free)
    share = dict(zip(free, shares, strict=True))
    children = [recut(each, share[each.key], cut) if each.key in share else each
                for each in node.children]  # fmt: skip
    return replace(node, split=split, children=tuple(children))


def _free(node: Node, total: Decimal) -> dict[int, Decimal]:
    """Return the claims of those children that make up the difference, by key."""
    by_ratio = {each.key: each.ratio for each in node.children if not each.is_kept}
    if any(by_ratio.values()) or sum((c.amount for c in node.children if c.is_kept), ZERO) == total:
        return by_ratio
    by_hand = [each for each in node.children if each.given and not (each.locked or each.firm)]
    return by_ratio | {each.key: each.amount or each.ratio for each in by_hand}


def _months(node: Node, cut: Cut) -> Months:
    if not cut.adds:
        return (node.amount,) * len(EVEN)
    if node.months and sum(node.months) == node.amount:
        return node.months
    own = node.shape if node.shape is not None and any(node.shape) else cut.shape
    return spread(node.amount, own, cut.unit)


def no_way(node: Node, rest: Decimal, kept: list[Node]) -> KaohengError:
    """Build the refusal of a cut: what stands in its way, and by how much."""
    locked = [each.name for each in kept if each.locked]
    by_hand = [each.name for each in kept if not each.locked]
    params = {
        "name": node.name,
        "by": plain_number(abs(rest)),
        "locked": ", ".join(locked) or "–",
        "given": ", ".join(by_hand) or "–",
    }
    message = (
        N_("Below {name}, {by} too much is given out. Locked: {locked}. By hand: {given}.")
        if rest < 0
        else N_("Below {name}, {by} would go to nobody. Locked: {locked}. By hand: {given}.")
    )
    return refuse(
        "goals.no_way",
        message,
        N_("Unlock one of them, give one its ratio back, or change the reserve."),
        kind=Kind.CONFLICT,
        place=Place(path=node.name),
        **params,
    )
