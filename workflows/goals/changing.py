"""Changing what came of sharing a goal out: each an operation on the plan's draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.plain import plain_number
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.goals import edits
from workflows.goals.edits import Taken
from workflows.goals.limits import require_amount, require_factor, require_ratio, require_shape
from workflows.goals.plans import log_plan, require_reason
from workflows.goals.shape import Months
from workflows.goals.store import Tree, save_tree, touch
from workflows.log.append import append
from workflows.log.leaf import Subject


def change_amount(
    session: Session,
    actor: Actor,
    now: datetime,
    tree: Tree,
    key: int,
    amount: Decimal,
    *,
    reason: str,
    taken: Taken = "siblings",
    seen: int | None = None,
) -> None:
    """Set a node's amount by hand, with the reason; what is beside it or the reserve makes it up.

    Raises ``KaohengError`` naming what is locked where nothing can.
    """
    allow_everywhere(actor, "plan_goals")
    said = require_reason(reason)
    require_amount(amount)
    touch(session, tree.version, seen)
    tree.change(edits.set_amount, key, amount, tree.cut, taken)
    _said(tree, key, said)
    save_tree(session, tree)
    _log_node(session, "set_goal", actor, now, tree, key, amount=plain_number(amount), reason=said)


def change_ratio(
    session: Session,
    actor: Actor,
    now: datetime,
    tree: Tree,
    key: int,
    ratio: Decimal,
    *,
    reason: str,
    seen: int | None = None,
) -> None:
    """Set a node's claim among those beside it, with the reason."""
    allow_everywhere(actor, "plan_goals")
    said = require_reason(reason)
    require_ratio(ratio)
    touch(session, tree.version, seen)
    if edits.find(tree.root, key) is tree.root:
        raise refuse(
            "goals.top_ratio",
            N_("The company shares its goal with nobody: it has no ratio."),
            N_("Set its amount instead."),
        )
    tree.change(edits.set_ratio, key, ratio, tree.cut)
    _said(tree, key, said)
    save_tree(session, tree)
    _log_node(session, "set_goal", actor, now, tree, key, ratio=plain_number(ratio), reason=said)


def lock_nodes(
    session: Session,
    actor: Actor,
    now: datetime,
    tree: Tree,
    keys: Sequence[int],
    *,
    locked: bool,
    seen: int | None = None,
) -> None:
    """Lock figures, so that no edit changes them, or unlock them."""
    allow_everywhere(actor, "plan_goals")
    touch(session, tree.version, seen)
    tree.change(edits.set_lock, set(keys), locked)
    save_tree(session, tree)
    log_plan(
        session, "lock_goals" if locked else "unlock_goals", actor, now, tree.goal.plan,
        seq=tree.version.seq, goal=tree.goal.code, nodes=len(keys),
    )  # fmt: skip


def change_reserve(
    session: Session,
    actor: Actor,
    now: datetime,
    tree: Tree,
    key: int,
    reserve: Decimal,
    *,
    factor: Decimal | None = None,
    seen: int | None = None,
) -> None:
    """Set what a node keeps back, and the factor it shares out with; its children follow."""
    allow_everywhere(actor, "plan_goals")
    require_amount(reserve)
    node = edits.find(tree.root, key)
    if node.split is None:
        raise refuse(
            "goals.not_split",
            N_("{name} is not shared out, so it keeps nothing back."),
            N_("Share it out first."),
            kind=Kind.CONFLICT,
            name=node.name,
        )
    touch(session, tree.version, seen)
    split = replace(
        node.split,
        reserve=reserve,
        rate=None,
        factor=node.split.factor if factor is None else factor,
    )
    require_factor(split.factor)
    tree.change(edits.set_split, key, split, node.children, tree.cut)
    save_tree(session, tree)
    log_plan(
        session, "set_reserve", actor, now, tree.goal.plan, seq=tree.version.seq,
        goal=tree.goal.code, node=key, reserve=plain_number(reserve),
        factor=plain_number(split.factor),
    )  # fmt: skip


def change_shape(
    session: Session,
    actor: Actor,
    now: datetime,
    tree: Tree,
    shape: Months,
    *,
    kind: str,
    key: int | None = None,
    seen: int | None = None,
) -> None:
    """Spread the year over its months by another curve: the whole goal, or one node of it."""
    allow_everywhere(actor, "plan_goals")
    require_shape(shape)
    touch(session, tree.version, seen)
    cut = tree.cut
    if key is None or key == tree.root.key:
        tree.root = replace(tree.root, shape=shape, months=())
        cut, key = replace(cut, shape=shape), None
    tree.change(edits.set_shape, shape, key, cut)
    save_tree(session, tree)
    log_plan(
        session, "shape_goal", actor, now, tree.goal.plan, seq=tree.version.seq,
        goal=tree.goal.code, kind=kind, node=key, shape=[plain_number(each) for each in shape],
    )  # fmt: skip


def _said(tree: Tree, key: int, reason: str) -> None:
    tree.said.setdefault(key, {})["reason"] = reason


def _log_node(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    tree: Tree,
    key: int,
    **said: str,
) -> None:
    """Log a change of one node; a person's figures are personal."""
    row = tree.rows[key]
    where: Mapping[str, object] = {
        "seq": tree.version.seq, "goal": tree.goal.code, "node": key, "kind": row.kind
    }  # fmt: skip
    person = row.person
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("goal_plan", str(tree.goal.plan.year)),
        at=now,
        details=where if person else {**where, **said},
        personal=said if person else None,
        person=person.public_id if person else None,
    )
