"""The targets of a cycle: the policy's company figures, shared out to everybody in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import periods
from engine.errors import N_, refuse
from engine.model import Policy
from engine.model import Target as TargetRule
from workflows.cycles.population import Member, headcounts
from workflows.cycles.tables import Cycle
from workflows.goals.targets import Planned, planned_targets, store_planned
from workflows.org.tables import Unit
from workflows.org.tree import parents_on
from workflows.targets.cascade import Node, cascade
from workflows.targets.tables import Target


def cascade_targets(session: Session, cycle: Cycle, policy: Policy, members: list[Member]) -> None:
    """Take the targets that an approved goal plan has for the period, and share every other
    company figure out to regions, teams and people.

    Part of opening a cycle. Raises ``KaohengError`` where neither the plan nor the policy has a
    figure for the period or the organisation no single top.
    """
    planned = planned_targets(session, policy, periods.parse(cycle.period), members)
    store_planned(session, cycle, planned.values(), members)
    root = _tree(session, cycle, _claims(session, cycle, policy, members), members)
    for rule in _not_in(planned, policy):
        amount = _company_figure(rule, cycle.period)
        _store(session, cycle, rule.code, root, cascade(amount, root, rule.round_to))


def targets_to_be(
    session: Session, cycle: Cycle, policy: Policy, members: list[Member]
) -> dict[int, dict[str, Decimal]]:
    """Return each person's targets as ``cascade_targets`` would share them out; keep nothing."""
    planned = planned_targets(session, policy, periods.parse(cycle.period), members)
    root = _tree(session, cycle, _claims(session, cycle, policy, members), members)
    found: dict[int, dict[str, Decimal]] = {member.person.id: {} for member in members}
    for name, each in planned.items():
        for person, own in found.items():
            if (amount := each.amount_of(person)) is not None:
                own[name] = amount
    for rule in _not_in(planned, policy):
        amounts = cascade(_company_figure(rule, cycle.period), root, rule.round_to)
        for person, own in found.items():
            # Who leads a unit without anybody in it has no share.
            if (amount := amounts.get(f"person:{person}")) is not None:
                own[rule.code] = amount
    return found


def targets_of_people(session: Session, cycle: Cycle) -> dict[int, dict[str, Decimal]]:
    """Return each person's targets of the cycle by name."""
    found: dict[int, dict[str, Decimal]] = {}
    for target in session.scalars(
        select(Target).where(Target.cycle_id == cycle.id, Target.person_id.is_not(None))
    ):
        assert target.person_id is not None
        found.setdefault(target.person_id, {})[target.name] = target.amount
    return found


def _not_in(planned: Mapping[str, Planned], policy: Policy) -> list[TargetRule]:
    """Return the targets that no goal plan gives: they are the policy's own company figures."""
    return [rule for rule in policy.targets if rule.code not in planned]


def _company_figure(rule: TargetRule, period: str) -> Decimal:
    figures = dict(rule.company)
    if period not in figures:
        raise refuse(
            "targets.no_figure",
            N_("The policy has no company figure of {target} for {period}."),
            N_("Add it under targets.{target}.company; it has figures for {known}."),
            target=rule.code,
            period=period,
            known=", ".join(figures),
        )
    return figures[period]


def _claims(
    session: Session, cycle: Cycle, policy: Policy, members: list[Member]
) -> Mapping[int, int]:
    """Say how many salespeople each unit's share is for: those in the cycle, or a manager's."""
    if policy.scope.role != "salesperson":
        return headcounts(session, cycle.starts_on)
    counts: Counter[int] = Counter()
    parents = parents_on(session, cycle.starts_on)
    for member in members:
        unit_id: int | None = member.team.id
        while unit_id is not None:
            counts[unit_id] += 1
            unit_id = parents[unit_id]
    return counts


def _tree(session: Session, cycle: Cycle, counts: Mapping[int, int], members: list[Member]) -> Node:
    units = session.scalars(select(Unit).order_by(Unit.code)).all()
    parents = parents_on(session, cycle.starts_on)
    tops = [unit for unit in units if parents[unit.id] is None]
    if len(tops) != 1:
        raise refuse(
            "targets.no_top",
            N_("The organisation has {count} top units; a cascade starts from one."),
            N_("Import the organisation with one company above all regions."),
            count=len(tops),
        )

    below: defaultdict[int | None, list[Unit]] = defaultdict(list)
    for each in units:
        below[parents[each.id]].append(each)
    people: defaultdict[int, list[Node]] = defaultdict(list)
    for member in members:
        people[member.team.id].append(Node(f"person:{member.person.id}", 1))

    def node(unit: Unit) -> Node:
        parts = [node(child) for child in below[unit.id] if counts[child.id]]
        return Node(f"unit:{unit.id}", counts[unit.id], (*parts, *people[unit.id]))

    return node(tops[0])


def _store(
    session: Session, cycle: Cycle, name: str, root: Node, amounts: Mapping[str, Decimal]
) -> None:
    """Write a tree's targets, level by level: a parent has its key before its children."""
    level: list[tuple[Node, Target | None]] = [(root, None)]
    while level:
        targets = [_target(cycle, name, node, amounts, parent) for node, parent in level]
        session.add_all(targets)
        session.flush()
        level = [
            (child, target)
            for (node, _), target in zip(level, targets, strict=True)
            for child in node.children
        ]


def _target(
    cycle: Cycle, name: str, node: Node, amounts: Mapping[str, Decimal], parent: Target | None
) -> Target:
    kind, _, key = node.key.partition(":")
    return Target(
        cycle_id=cycle.id,
        name=name,
        parent_id=parent.id if parent else None,
        unit_id=int(key) if kind == "unit" else None,
        person_id=int(key) if kind == "person" else None,
        amount=amounts[node.key],
    )
