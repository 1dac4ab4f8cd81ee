"""A goal's tree as it is kept: loaded whole, changed by pure functions, changes written back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_, Kind, refuse
from engine.plain import plain_number
from workflows.base.conditional import change_if
from workflows.goals.shape import EVEN
from workflows.goals.tables import Goal, GoalNode, GoalVersion
from workflows.goals.tree import Cut, Node, Split

Values = dict[str, Any]
WHOLE = "whole"


@dataclass
class Tree:
    """A goal's tree in a version: ``root`` to compute with, and the rows behind it by key.

    What is new has a key below zero, and its row's columns in ``born``.
    """

    version: GoalVersion
    goal: Goal
    root: Node
    rows: dict[int, GoalNode]
    born: dict[int, Values] = field(default_factory=dict)
    said: dict[int, Values] = field(default_factory=dict)

    @property
    def cut(self) -> Cut:
        return Cut(self.root.shape or EVEN, self.goal.round_to, self.goal.adds)

    def change(self, edit: Callable[..., Node], *args: Any) -> None:
        """Let ``root`` be what a pure edit makes of it."""
        self.root = edit(self.root, *args)


def load_tree(session: Session, version: GoalVersion, goal: Goal) -> Tree:
    """Return a goal's tree in a version; refuse a goal that has none in it."""
    found = load_trees(session, version, goal)
    if not found:
        raise refuse(
            "goals.no_tree",
            N_("{goal} is not a company goal of this version: it has no figures to share out."),
            N_("See the plan's goals with `kaoheng goals list {year}`."),
            kind=Kind.MISSING,
            goal=goal.code,
            year=goal.plan.year,
        )
    return found[0]


def load_trees(session: Session, version: GoalVersion, goal: Goal | None = None) -> list[Tree]:
    """Return the trees of a version, or the one of a goal: a single statement for all nodes."""
    rows = session.scalars(
        select(GoalNode)
        .where(GoalNode.version_id == version.id)
        .where(GoalNode.goal_id == goal.id if goal else True)  # type: ignore[arg-type]
        .order_by(GoalNode.id)
        .options(joinedload(GoalNode.goal), joinedload(GoalNode.unit), joinedload(GoalNode.person))
    ).all()
    by_goal: defaultdict[int, list[GoalNode]] = defaultdict(list)
    for row in rows:
        by_goal[row.goal_id].append(row)
    return [_tree(version, own) for own in by_goal.values()]


def _tree(version: GoalVersion, rows: list[GoalNode]) -> Tree:
    below: defaultdict[int | None, list[GoalNode]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)

    def node(row: GoalNode) -> Node:
        return _node(row, tuple(node(child) for child in below[row.id]))

    root = node(below[None][0])
    return Tree(version, rows[0].goal, root, {row.id: row for row in rows})


def _node(row: GoalNode, children: tuple[Node, ...]) -> Node:
    return Node(
        key=row.id,
        kind=row.kind,
        name=name_of(row),
        amount=row.amount,
        ratio=row.ratio,
        given=row.given,
        locked=row.locked,
        personal=row.person_id is not None,
        shape=_decimals(row.shape) if row.shape else None,
        months=_decimals(row.months),
        split=_split(row),
        children=children,
    )


def _split(row: GoalNode) -> Split | None:
    if row.by is None:
        return None
    return Split(
        row.by, row.factor, row.round_to, row.reserve, row.reserve_rate, whole=row.by == WHOLE
    )


def name_of(row: GoalNode) -> str:
    """Return what people call a node: its unit or person, and its line or group."""
    owner = row.person.name if row.person else row.unit.name if row.unit else ""
    return f"{owner} · {row.label}" if row.label else owner


def save_tree(session: Session, tree: Tree) -> int:
    """Write what differs from the rows: few statements; return how many nodes changed.

    Part of an operation that has taken the version with ``touch``.
    """
    nodes = {node.key: node for node in tree.root.walk()}
    gone = [key for key in tree.rows if key not in nodes]
    for some in _deepest_first(tree, gone):
        session.execute(delete(GoalNode).where(GoalNode.id.in_(some)))
    changed = []
    for key, row in tree.rows.items():
        if key in nodes:
            values = _values(nodes[key]) | tree.said.get(key, {})
            if differing := {k: v for k, v in values.items() if getattr(row, k) != v}:
                changed.append({"id": key, **differing})
    if changed:
        # Rows that change in the same columns beside each other are one statement.
        session.execute(update(GoalNode), sorted(changed, key=sorted))
    _insert(session, tree)
    session.expire_all()
    return len(changed) + len(gone) + len(tree.born)


def _insert(session: Session, tree: Tree) -> None:
    """Write what is new, level by level, so that a parent has its key before its children."""
    keys: dict[int, int] = {}
    level: list[tuple[Node, int | None]] = [(tree.root, None)]
    while level:
        new = [(node, parent) for node, parent in level if node.key < 0]
        rows = [_row(tree, node, keys.get(parent, parent) if parent else None)
                for node, parent in new]  # fmt: skip
        keys |= zip((node.key for node, _ in new), insert_nodes(session, rows), strict=True)
        level = [(child, node.key) for node, _ in level for child in node.children]


def _row(tree: Tree, node: Node, parent: int | None) -> Values:
    return {
        "version_id": tree.version.id,
        "goal_id": tree.goal.id,
        "parent_id": parent,
        "kind": node.kind,
        **_values(node),
        **tree.born[node.key],
    }


def insert_nodes(session: Session, rows: list[Values]) -> list[int]:
    """Write new nodes together; return their keys in the same order."""
    if not rows:
        return []
    statement = insert(GoalNode).returning(GoalNode.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _values(node: Node) -> Values:
    split = node.split or Split("")
    return {
        "amount": node.amount,
        "ratio": node.ratio,
        "given": node.given,
        "locked": node.locked,
        "months": _texts(node.months),
        "shape": _texts(node.shape) if node.shape else None,
        "by": split.by or None,
        "factor": split.factor,
        "round_to": split.unit,
        "reserve": split.reserve,
        "reserve_rate": split.rate,
    }


def _deepest_first(tree: Tree, gone: list[int]) -> list[list[int]]:
    """Return the keys level by level from the bottom: a parent goes after its children."""
    levels: defaultdict[int, list[int]] = defaultdict(list)
    for key in gone:
        depth, row = 0, tree.rows[key]
        while row.parent_id is not None:
            depth, row = depth + 1, tree.rows[row.parent_id]
        levels[depth].append(key)
    return [levels[depth] for depth in sorted(levels, reverse=True)]


def touch(session: Session, version: GoalVersion, seen: int | None = None) -> None:
    """Take a draft for a change, as it was seen; CONFLICT where somebody was first or it is none.

    ``seen`` is the number of changes that the reader's page showed, where there was one.
    """
    expected = version.version if seen is None else seen
    taken = change_if(
        session,
        update(GoalVersion)
        .where(
            GoalVersion.id == version.id,
            GoalVersion.state == "draft",
            GoalVersion.version == expected,
        )
        .values(version=expected + 1),
    )
    session.refresh(version)
    if taken:
        return
    if version.state != "draft":
        raise refuse(
            "goals.not_draft",
            N_("Version {seq} of the plan is no draft any more: its figures stay as they are."),
            N_("Begin a new version, with a reason, and change that one."),
            kind=Kind.CONFLICT,
            seq=version.seq,
        )
    raise refuse(
        "goals.changed",
        N_("Somebody changed the plan meanwhile."),
        N_("Look at it again, then make your change."),
        kind=Kind.CONFLICT,
    )


def _decimals(texts: list[Any]) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in texts)


def _texts(values: tuple[Decimal, ...]) -> list[str]:
    return [plain_number(value) for value in values]


def emptied(node: Node) -> Node:
    """Return a node without what it is shared out to."""
    return replace(node, split=None, children=())
