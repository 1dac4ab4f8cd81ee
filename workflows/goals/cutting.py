"""Sharing a goal out and changing what came of it: each an operation on the plan's draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.plain import plain_number
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.goals import edits
from workflows.goals.claims import (
    METHODS,
    Ability,
    Claim,
    Company,
    Owner,
    claims_of,
    company_on,
    owners_below,
)
from workflows.goals.edits import Taken
from workflows.goals.plans import log_plan, require_reason
from workflows.goals.shape import MONTHS, PLACES, Months
from workflows.goals.stating import HIGHEST
from workflows.goals.store import WHOLE, Tree, Values, save_tree, touch
from workflows.goals.tables import GoalNode
from workflows.goals.tree import Node, Split
from workflows.log.append import append
from workflows.log.leaf import Subject

INTO = ("org", "line", "group")
MOST_PARTS, MOST_NODES = 200, 50_000


@dataclass(frozen=True, slots=True)
class Part:
    """A product line or a customer group with its ratio and the reason for it."""

    label: str
    ratio: Decimal = Decimal(1)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """How nodes are to be shared out.

    ``into``: ``org`` (the units or people below), ``line`` or ``group`` with their ``parts``.
    ``by``: equal, ratio, headcount, ability, or whole (everybody has all of it). The reserve is
    an amount, or ``rate`` of what there is.
    """

    into: str
    by: str = "equal"
    factor: Decimal = Decimal(1)
    unit: Decimal | None = None
    reserve: Decimal = Decimal(0)
    rate: Decimal | None = None
    parts: Sequence[Part] = ()
    ability: Ability = field(default_factory=Ability)
    reason: str = ""


def split_nodes(
    session: Session,
    actor: Actor,
    now: datetime,
    tree: Tree,
    keys: Sequence[int],
    way: Way,
    *,
    today: date,
    seen: int | None = None,
) -> int:
    """Share nodes out; what was below one and still is keeps its own cut. Return how many.

    A node without anybody below it is passed over. Raises ``KaohengError`` where the way is
    unclear, nobody is below any of them, or what is locked stands in its way.
    """
    allow_everywhere(actor, "plan_goals")
    _require_way(way)
    touch(session, tree.version, seen)
    on, start = _day(tree, today), date(tree.goal.plan.year, 1, 1)
    company = company_on(session, on)
    fresh = count(-1, -1)
    done = 0
    for key in keys:
        row = tree.rows[key]
        owners = _owners(company, row, way)
        if not owners:
            continue
        claims = claims_of(company, owners, way.by, way.ability, start)
        children = _children(tree, edits.find(tree.root, key), owners, claims, way, fresh)
        split = Split(
            way.by, way.factor, way.unit or tree.goal.round_to, way.reserve, way.rate,
            whole=way.by == WHOLE,
        )  # fmt: skip
        tree.change(edits.set_split, key, split, children, tree.cut)
        tree.said.setdefault(key, {})["split_reason"] = way.reason.strip() or None
        done += 1
    if not done:
        raise refuse(
            "goals.nobody_below",
            N_("There is nobody below to share {goal} out to."),
            N_("Share the level above out first, or look at the organisation."),
            kind=Kind.CONFLICT,
            goal=tree.goal.code,
        )
    _require_size(tree)
    save_tree(session, tree)
    log_plan(
        session, "split_goal", actor, now, tree.goal.plan, seq=tree.version.seq,
        goal=tree.goal.code, nodes=done, into=way.into, by=way.by,
        factor=plain_number(way.factor), reserve=plain_number(way.reserve),
    )  # fmt: skip
    return done


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
    _require_ratio(ratio)
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
    _require_factor(split.factor)
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
    _require_shape(shape)
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


def _owners(company: Company, row: GoalNode, way: Way) -> list[Owner]:
    if way.into == "org":
        below = owners_below(company, row)
        return [replace(each, label=row.label) for each in below]
    prefix = f"{row.label} / " if row.label else ""
    return [
        Owner(way.into, unit=row.unit, person=row.person, label=f"{prefix}{part.label.strip()}")
        for part in way.parts
    ]


def _children(
    tree: Tree,
    node: Node,
    owners: Sequence[Owner],
    claims: Sequence[Claim],
    way: Way,
    fresh: count[int],
) -> tuple[Node, ...]:
    """Return the nodes for owners: those that are there already keep their key and their cut."""
    there = {_identity(tree.rows[each.key]): each for each in node.children}
    parts: Sequence[Part | None] = way.parts or [None] * len(owners)
    found = []
    for owner, claim, part in zip(owners, claims, parts, strict=True):
        old = there.get((owner.kind, *_ids(owner), owner.label))
        ratio = part.ratio if part else claim.ratio
        reason = (part.reason.strip() or None) if part else None
        if old is not None and way.by == "ratio" and part is None:
            found.append(replace(old, given=False))
            continue
        born: Values = {"reason": reason, "factors": [dict(each) for each in claim.factors]}
        if old is not None:
            tree.said[old.key] = born
            found.append(replace(old, ratio=ratio, given=False))
            continue
        child = Node(next(fresh), owner.kind, _name(owner), ratio=ratio,
                     personal=owner.person is not None)  # fmt: skip
        unit, person = _ids(owner)
        tree.born[child.key] = {**born, "unit_id": unit, "person_id": person, "label": owner.label,
                                "split_reason": None}  # fmt: skip
        found.append(child)
    return tuple(found)


def _identity(row: GoalNode) -> tuple[str, int | None, int | None, str | None]:
    return row.kind, row.unit_id, row.person_id, row.label


def _ids(owner: Owner) -> tuple[int | None, int | None]:
    return owner.unit.id if owner.unit else None, owner.person.id if owner.person else None


def _name(owner: Owner) -> str:
    name = owner.person.name if owner.person else owner.unit.name if owner.unit else ""
    return f"{name} · {owner.label}" if owner.label else name


def _day(tree: Tree, today: date) -> date:
    """Return the day whose organisation counts: today, or the nearest day of the plan's year."""
    year = tree.goal.plan.year
    return max(today, date(year, 1, 1)) if today.year <= year else date(year, 12, 31)


def _said(tree: Tree, key: int, reason: str) -> None:
    tree.said.setdefault(key, {})["reason"] = reason


def _require_way(way: Way) -> None:
    if way.into not in INTO or way.by not in METHODS:
        raise _unclear(N_("It is not clear how the goal is to be shared out."))
    if (way.into == "org") == bool(way.parts):
        raise _unclear(
            N_("Lines and groups are named; units and people come from the organisation.")
        )
    labels = [part.label.strip() for part in way.parts]
    if len(set(labels)) < len(labels) or not all(labels) or len(labels) > MOST_PARTS:
        raise _unclear(N_("A line or a group has no name, or two have the same."))
    for part in way.parts:
        _require_ratio(part.ratio)
        if len(part.label) > 100 or "/" in part.label:
            raise _unclear(N_("The name of a line or a group is too long or has a slash in it."))
    _require_factor(way.factor)
    require_amount(way.reserve)
    if way.rate is not None and not 0 <= way.rate < 1:
        raise _unclear(N_("A reserve is a share between 0 and 100%, or an amount."))
    if way.unit is not None and not Decimal("0.01") <= way.unit <= Decimal(10) ** 8:
        raise _unclear(N_("The rounding is none."))


def _require_factor(factor: Decimal) -> None:
    if not Decimal("0.1") <= factor <= 10 or factor != round(factor, 4):
        raise refuse(
            "goals.factor",
            N_("{value} is no factor: it lies between 0.1 and 10, with four decimals."),
            N_("1.05 asks those below for five percent more than the goal itself."),
            place=Place(path="factor"),
            value=plain_number(factor),
        )


def _require_ratio(ratio: Decimal) -> None:
    if not 0 <= ratio <= 10**6 or ratio != round(ratio, PLACES):
        raise _no_ratio(ratio)


def _no_ratio(value: Decimal) -> KaohengError:
    return refuse(
        "goals.ratio",
        N_("{value} is no ratio: it is at least 0, with at most six decimals."),
        N_("Write 1 for an equal claim, 0.6 for a newcomer's."),
        place=Place(path="ratio"),
        value=plain_number(value),
    )


def require_amount(amount: Decimal) -> None:
    if not 0 <= amount < HIGHEST or amount != round(amount, 2):
        raise refuse(
            "goals.amount",
            N_("{value} is no amount: it is at least 0, to the cent."),
            N_("Write a number such as 200000 or 1234.50."),
            place=Place(path="amount"),
            value=str(amount),
        )


def _require_shape(shape: Months) -> None:
    if len(shape) != MONTHS or min(shape) < 0 or not any(shape):
        raise refuse(
            "goals.shape",
            N_("A curve has twelve numbers, none below zero and not all zero."),
            N_("Write what each month weighs, from January on."),
            place=Place(path="shape"),
        )
    # Last year's months are amounts, and may be millions: only their proportion counts.
    if wrong := [each for each in shape if each >= HIGHEST or each != round(each, PLACES)]:
        raise _no_ratio(wrong[0])


def _require_size(tree: Tree) -> None:
    if sum(1 for _ in tree.root.walk()) > MOST_NODES:
        raise _unclear(N_("The goal would have more figures than can be kept."))


def _unclear(message: str) -> KaohengError:
    return refuse("goals.way", message, N_("Look at what was chosen, and choose again."))


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
