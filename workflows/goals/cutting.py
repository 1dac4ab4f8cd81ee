"""Sharing a goal out to units, people, lines and groups: an operation on the plan's draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
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
from workflows.goals.limits import require_amount, require_factor, require_ratio
from workflows.goals.plans import log_plan
from workflows.goals.store import WHOLE, Tree, Values, save_tree, touch
from workflows.goals.tables import GoalNode
from workflows.goals.tree import Node, Split

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
    below = {key: _owners(company, tree.rows[key], way) for key in keys}
    _require_somebody(tree, below)
    fresh, done = count(-1, -1), 0
    for key, owners in below.items():
        if owners:
            claims = claims_of(company, owners, way.by, way.ability, start)
            children = _children(tree, edits.find(tree.root, key), owners, claims, way, fresh)
            _split(tree, key, children, way)
            done += 1
    _require_size(tree)
    save_tree(session, tree)
    log_plan(
        session, "split_goal", actor, now, tree.goal.plan, seq=tree.version.seq,
        goal=tree.goal.code, nodes=done, into=way.into, by=way.by,
        factor=plain_number(way.factor), reserve=plain_number(way.reserve),
    )  # fmt: skip
    return done


def _require_somebody(tree: Tree, below: Mapping[int, Sequence[Owner]]) -> None:
    if not any(below.values()):
        raise refuse(
            "goals.nobody_below",
            N_("There is nobody below to share {goal} out to."),
            N_("Share the level above out first, or look at the organisation."),
            kind=Kind.CONFLICT,
            goal=tree.goal.code,
        )


def _split(tree: Tree, key: int, children: Sequence[Node], way: Way) -> None:
    split = Split(
        way.by, way.factor, way.unit or tree.goal.round_to, way.reserve, way.rate,
        whole=way.by == WHOLE,
    )  # fmt: skip
    tree.change(edits.set_split, key, split, children, tree.cut)
    tree.said.setdefault(key, {})["split_reason"] = way.reason.strip() or None


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
        require_ratio(part.ratio)
        if len(part.label) > 100 or "/" in part.label:
            raise _unclear(N_("The name of a line or a group is too long or has a slash in it."))
    require_factor(way.factor)
    require_amount(way.reserve)
    if way.rate is not None and not 0 <= way.rate < 1:
        raise _unclear(N_("A reserve is a share between 0 and 100%, or an amount."))
    if way.unit is not None and not Decimal("0.01") <= way.unit <= Decimal(10) ** 8:
        raise _unclear(N_("The rounding is none."))


def _require_size(tree: Tree) -> None:
    if sum(1 for _ in tree.root.walk()) > MOST_NODES:
        raise _unclear(N_("The goal would have more figures than can be kept."))


def _unclear(message: str) -> KaohengError:
    return refuse("goals.way", message, N_("Look at what was chosen, and choose again."))
