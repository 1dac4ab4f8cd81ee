"""Changes of a goal's tree: each gives back a tree that reconciles, or refuses and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.plain import plain_number
from workflows.goals.dividing import divided
from workflows.goals.gaps import fault_of, gaps
from workflows.goals.recutting import no_way, recut
from workflows.goals.shape import Months, from_quarters, weights
from workflows.goals.tree import ZERO, Cut, Node, Split
from workflows.targets.cascade import apportion

# Where the difference of a changed figure goes: to those beside it, or to their parent's reserve.
Taken = Literal["siblings", "reserve"]


def find(root: Node, key: int) -> Node:
    """Return the node with this key; KeyError where there is none."""
    for node in root.walk():
        if node.key == key:
            return node
    raise KeyError(key)


def set_amount(
    root: Node, key: int, amount: Decimal, cut: Cut, taken: Taken = "siblings", months: Months = ()
) -> Node:
    """Give a node this amount; the difference goes where ``taken`` says, its children follow.

    ``months`` are the node's own from now on, where given. Raises ``KaohengError``.
    """
    _require_open(find(root, key))

    def given(node: Node) -> Node:
        own = replace(node, amount=amount, given=True, firm=True)
        return recut(replace(own, months=months, shape=months) if months else own, amount, cut)

    if root.key == key:
        return replace(given(root), given=False, firm=False)
    return _beside(root, key, given, cut, taken)


def set_ratio(root: Node, key: int, ratio: Decimal, cut: Cut) -> Node:
    """Give a node another claim among those beside it; a figure by hand makes way for it."""
    _require_open(find(root, key))
    return _beside(root, key, lambda node: replace(node, ratio=ratio, given=False), cut, "siblings")


def set_split(root: Node, key: int, split: Split, children: tuple[Node, ...], cut: Cut) -> Node:
    """Share a node out anew, among ``children``, as ``split`` says. Raises ``KaohengError``."""

    def anew(node: Node) -> Node:
        if locked := [each for each in node.children if each.locked]:
            kept = {each.key for each in children}
            if gone := [each for each in locked if each.key not in kept]:
                raise no_way(node, ZERO, gone)
        own = Split(split.by, unit=split.unit, whole=split.whole) if node.personal else split
        _require_whole(own.reserve, own.unit, node.name)
        for each in children:
            if each.is_kept:
                _require_whole(each.amount, own.unit, each.name)
        return recut(replace(node, split=own, children=children), node.amount, cut)

    return change(root, key, anew)


def set_lock(root: Node, keys: set[int], locked: bool) -> Node:
    """Lock or unlock nodes; nothing else changes."""
    own = replace(root, locked=locked) if root.key in keys else root
    return replace(own, children=tuple(set_lock(each, keys, locked) for each in own.children))


def set_quarters(
    root: Node, key: int, quarters: tuple[Decimal, ...], cut: Cut, taken: Taken
) -> Node:
    """Give a person's node an amount for each quarter; its months and its lines take their share.

    A month has its share of the quarter by the curve; a line has its share of each quarter by
    what it weighs. Raises ``KaohengError``.
    """
    node = find(root, key)
    _require_open(node)
    if not node.children:
        months = from_quarters(quarters, node.shape or cut.shape, cut.unit)
        return set_amount(root, key, sum(quarters, ZERO), cut, taken, months)
    claims = weights([each.amount for each in node.children])
    if not any(claims):
        claims = weights([each.ratio for each in node.children])
    claims = claims if any(claims) else [1] * len(claims)
    by_quarter = [apportion(amount, claims, cut.unit) for amount in quarters]
    leaves = {
        each.key: from_quarters(
            [shares[place] for shares in by_quarter], each.shape or cut.shape, cut.unit
        )
        for place, each in enumerate(node.children)
    }
    made = replace(_with_leaves(node, leaves, cut, taken), given=True, firm=True)
    return _beside(root, key, lambda _: made, cut, taken)


def set_leaves(root: Node, leaves: Mapping[int, Months], cut: Cut, taken: Taken) -> Node:
    """Give leaves their months, all at once: what a workbook or a block of cells brings.

    A person is what their lines add up to. Above that nothing moves: what a unit has to share out
    must come out even, or its reserve takes the difference where ``taken`` says so. Raises
    ``KaohengError`` with every node that would not reconcile.
    """
    changed = _with_leaves(root, leaves, cut, taken)
    if found := gaps(changed):
        raise KaohengError([fault_of(gap) for gap in found], Kind.CONFLICT)
    return changed


def set_shape(root: Node, shape: Months | None, key: int | None, cut: Cut) -> Node:
    """Spread the year by another curve: everything that has none of its own, or one node."""

    def anew(node: Node) -> Node:
        if key is not None:
            return replace(node, shape=shape, months=())
        bare = node if node.shape is not None else replace(node, months=())
        return replace(bare, children=tuple(anew(each) for each in bare.children))

    changed = anew(root) if key is None else change(root, key, anew)
    return _spread_again(changed, cut)


def change(root: Node, key: int, edit: Callable[[Node], Node]) -> Node:
    """Return the tree with one node replaced by what ``edit`` makes of it."""
    if root.key == key:
        return edit(root)
    return replace(root, children=tuple(change(each, key, edit) for each in root.children))


def _beside(root: Node, key: int, edit: Callable[[Node], Node], cut: Cut, taken: Taken) -> Node:
    """Change a child and share its parent out anew, or let the parent's reserve take it."""
    parent = next(node for node in root.walk() if any(c.key == key for c in node.children))
    split = parent.split
    assert split is not None
    child = edit(find(parent, key))
    if child.given:
        _require_whole(child.amount, split.unit, child.name)
    children = tuple(child if each.key == key else each for each in parent.children)
    changed = replace(parent, children=children)
    if split.whole and child.amount != parent.total:
        raise refuse(
            "goals.whole",
            N_("Everybody below {name} has all of it: {amount}."),
            N_("Change it at {name} itself."),
            kind=Kind.CONFLICT,
            name=parent.name,
            amount=plain_number(parent.total),
        )
    if taken == "reserve" and child.given and parent.personal:
        # A person has no reserve: the line's difference is the person's own, and goes further up.
        whole = change(root, parent.key, lambda _: changed)
        return _softened(set_amount(whole, parent.key, changed.shared_out, cut, taken), key)
    if taken == "reserve" and child.given:
        reserve = parent.total - changed.shared_out
        if reserve < 0:
            raise no_way(parent, reserve, [each for each in children if each.is_kept])
        own = replace(changed, split=replace(split, reserve=reserve, rate=None))
        return _softened(change(root, parent.key, lambda _: own), key)
    anew = change(root, parent.key, lambda _: recut(changed, parent.amount, cut))
    return _softened(_rolled_up(anew, key), key)


def _softened(root: Node, key: int) -> Node:
    """Let what was just set follow from now on as any other figure given by hand."""
    return change(root, key, lambda node: replace(node, firm=False))


def _rolled_up(root: Node, key: int) -> Node:
    """Let a person's months be those of what it is made up of, after a change further down."""
    children = tuple(_rolled_up(each, key) for each in root.children)
    if children == root.children and root.key != key:
        return root
    if not (root.personal and children):
        return replace(root, children=children)
    return replace(root, children=children, months=_sums(children))


def _sums(children: tuple[Node, ...]) -> Months:
    return tuple(sum(month, ZERO) for month in zip(*(c.months for c in children), strict=True))


def _with_leaves(node: Node, leaves: Mapping[int, Months], cut: Cut, taken: Taken) -> Node:
    if node.key in leaves:
        return _leaf(node, leaves[node.key])
    children = tuple(_with_leaves(each, leaves, cut, taken) for each in node.children)
    split = node.split
    if children == node.children or split is None:
        return node
    node = replace(node, children=children)
    if node.personal:
        _require_open_if(node, node.shared_out != node.amount)
        own = replace(node, amount=node.shared_out, months=_sums(children))
        return replace(own, given=node.given or own.amount != node.amount)
    for each in children:
        _require_whole(each.amount, split.unit, each.name)
    reserve = node.total - node.shared_out
    if taken == "reserve" and not split.whole and reserve >= 0:
        node = replace(node, split=replace(split, reserve=reserve, rate=None))
    return node


def _leaf(node: Node, months: Months) -> Node:
    amount = sum(months, ZERO)
    if months == node.months:
        return node
    _require_open_if(node, amount != node.amount)
    return replace(node, amount=amount, months=months, shape=months, given=True)


def _spread_again(node: Node, cut: Cut) -> Node:
    children = tuple(_spread_again(each, cut) for each in node.children)
    alone = recut(replace(node, split=None, children=()), node.amount, cut)
    spread = replace(node, children=children, months=alone.months)
    return divided(spread, cut) if node.personal and children else spread


def _require_open(node: Node) -> None:
    if node.locked:
        raise refuse(
            "goals.locked",
            N_("{name} is locked at {amount}."),
            N_("Unlock it first, or change another figure."),
            kind=Kind.CONFLICT,
            place=Place(path=node.name),
            name=node.name,
            amount=plain_number(node.amount),
        )


def _require_open_if(node: Node, changes: bool) -> None:
    if changes:
        _require_open(node)


def _require_whole(amount: Decimal, unit: Decimal, name: str) -> None:
    if amount % unit:
        raise refuse(
            "goals.not_whole",
            N_("{amount} for {name} is not in whole {unit}, as this level is declared to be."),
            N_("Round the figure, or declare a finer rounding for the level."),
            place=Place(path=name),
            amount=plain_number(amount),
            name=name,
            unit=plain_number(unit),
        )
