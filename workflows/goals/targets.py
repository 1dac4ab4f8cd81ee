"""A cycle's targets from the plan in force, instead of the policy's own company figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.model import Policy
from engine.periods import Period
from workflows.cycles.population import Member
from workflows.cycles.tables import Cycle
from workflows.goals.plans import approved_version
from workflows.goals.shape import in_period, rounded
from workflows.goals.store import Tree, load_trees
from workflows.goals.tables import TargetOrigin
from workflows.goals.tree import Node
from workflows.org.tables import Unit
from workflows.targets.tables import Target

Pieces = list[tuple[int, Decimal]]  # nodes and what each gives for the period


@dataclass
class Planned:
    """What the plan gives for a period under a target's name, by person and by unit.

    The dimensions of somebody (product lines, customer groups) are summed.
    """

    name: str
    people: dict[int, Pieces] = field(default_factory=dict)
    units: dict[int, Pieces] = field(default_factory=dict)
    averages: dict[int, Decimal] = field(default_factory=dict)  # for who has no node

    def amount_of(self, person: int) -> Decimal | None:
        if person in self.people:
            return _sum(self.people[person])
        return self.averages.get(person)


def planned_targets(
    session: Session, policy: Policy, period: Period, members: Sequence[Member]
) -> dict[str, Planned]:
    """Return what an approved plan gives for a period, by the name of the policy's target.

    Targets without a goal of their code are not in it; nor is anything where no plan of the
    period's year is approved.
    """
    version = approved_version(session, period.start.year)
    if version is None:
        return {}
    names = {rule.code for rule in policy.targets}
    return {
        tree.goal.code: _planned(tree, policy, period, members)
        for tree in load_trees(session, version)
        if tree.goal.code in names
    }


def store_planned(session: Session, cycle: Cycle, planned: Iterable[Planned],
                  members: Sequence[Member]) -> None:  # fmt: skip
    """Write a cycle's targets with where each came from, the company first. Part of opening one."""
    for each in planned:
        rows: dict[int, int] = {}
        for unit in _units_of(members):
            if pieces := each.units.get(unit.id):
                parent = _nearest(unit.parent, rows)
                rows[unit.id] = _store(session, cycle, each.name, pieces, parent, unit=unit.id)
        for member in members:
            amount = each.amount_of(member.person.id)
            if amount is not None:
                pieces = each.people.get(member.person.id, [])
                parent = _nearest(member.team, rows)
                _store(session, cycle, each.name, pieces, parent, person=member.person.id,
                       amount=amount)  # fmt: skip


def own_nodes(tree: Tree, person_id: int) -> list[Node]:
    """Return the uppermost nodes of a person: what they have of the goal, with its lines below."""
    return _uppermost(tree, "person_id").get(person_id, [])


def _planned(tree: Tree, policy: Policy, period: Period, members: Sequence[Member]) -> Planned:
    found = Planned(tree.goal.code)
    for unit, nodes in _uppermost(tree, "unit_id").items():
        found.units[unit] = _pieces(tree, nodes, period)
    if policy.scope.role == "salesperson":
        for person, nodes in _uppermost(tree, "person_id").items():
            found.people[person] = _pieces(tree, nodes, period)
    else:  # who leads a unit answers for what the unit has
        found.people = {
            each.person.id: found.units[each.team.id]
            for each in members
            if each.team.id in found.units
        }
    if tree.goal.if_missing == "average":
        found.averages = _averages(tree, found, members)
    return found


def _uppermost(tree: Tree, owner: str) -> dict[int, list[Node]]:
    """Return by owner the nodes whose parent is not the same one's; a person's are no unit's."""
    found: defaultdict[int, list[Node]] = defaultdict(list)
    for node in tree.root.walk():
        row = tree.rows[node.key]
        own = getattr(row, owner)
        if own is None or (owner == "unit_id" and row.person_id is not None):
            continue
        above = tree.rows[row.parent_id] if row.parent_id is not None else None
        if above is None or getattr(above, owner) != own:
            found[own].append(node)
    return found


def _pieces(tree: Tree, nodes: list[Node], period: Period) -> Pieces:
    adds = tree.goal.adds
    found = [(node.key, in_period(node.months, period, adds=adds)) for node in nodes]
    return found if adds else found[:1]


def _averages(tree: Tree, found: Planned, members: Sequence[Member]) -> dict[int, Decimal]:
    """Return for who has no node the mean of those in their unit who have one."""
    there: defaultdict[int, list[Decimal]] = defaultdict(list)
    for member in members:
        if member.person.id in found.people:
            there[member.team.id].append(_sum(found.people[member.person.id]))
    return {
        member.person.id: rounded(sum(own, Decimal(0)) / len(own), tree.goal.round_to)
        for member in members
        if member.person.id not in found.people and (own := there.get(member.team.id))
    }


def _units_of(members: Sequence[Member]) -> list[Unit]:
    """Return the units that members are in and those above, from the top, each once."""
    found: dict[int, Unit] = {}
    for member in members:
        path: list[Unit] = []
        unit: Unit | None = member.team
        while unit is not None:
            path.append(unit)
            unit = unit.parent
        found |= {each.id: each for each in reversed(path)}
    return list(found.values())


def _nearest(unit: Unit | None, rows: dict[int, int]) -> int | None:
    while unit is not None and unit.id not in rows:
        unit = unit.parent
    return rows[unit.id] if unit is not None else None


def _store(
    session: Session,
    cycle: Cycle,
    name: str,
    pieces: Pieces,
    parent: int | None,
    *,
    unit: int | None = None,
    person: int | None = None,
    amount: Decimal | None = None,
) -> int:
    target = Target(
        cycle_id=cycle.id,
        name=name,
        parent_id=parent,
        unit_id=unit,
        person_id=person,
        amount=_sum(pieces) if amount is None else amount,
    )
    session.add(target)
    session.flush()
    if pieces:
        session.execute(
            insert(TargetOrigin),
            [{"target_id": target.id, "node_id": node, "amount": part} for node, part in pieces],
        )
    return target.id


def _sum(pieces: Pieces) -> Decimal:
    return sum((amount for _, amount in pieces), Decimal(0))
