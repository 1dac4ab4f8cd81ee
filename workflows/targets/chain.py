"""Where a person's target comes from: company → region → team → person, nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.model import Target as TargetRule
from workflows.access.actors import Actor
from workflows.access.decide import people
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.goals.tables import GoalNode, TargetOrigin
from workflows.org.tables import Person, Unit
from workflows.targets.tables import Target


@dataclass(frozen=True, slots=True)
class Part:
    """What a level has of the year's goal plan, or one product line or customer group of it.

    ``year`` is the amount of the whole year, ``ratio`` its claim among its siblings with the
    ``reason`` and what it is made of (``factors``); ``factor`` and ``reserve`` say what it shares
    out itself, where it does (``shares``).
    """

    label: str | None
    amount: Decimal
    year: Decimal
    ratio: Decimal
    reason: str | None
    factors: list[dict[str, str]]
    given: bool
    shares: bool
    factor: Decimal
    reserve: Decimal


@dataclass(frozen=True, slots=True)
class Link:
    """One level: ``level`` is the unit's kind or ``person``; ``owner`` its name.

    ``parts`` is what it comes from where a goal plan gave it.
    """

    level: str
    owner: str
    amount: Decimal
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of a person with the levels that it came down by, the company first."""

    rule: TargetRule
    chain: tuple[Link, ...]

    @property
    def amount(self) -> Decimal:
        return self.chain[-1].amount


def goals_of(session: Session, actor: Actor, cycle: Cycle, person_id: int) -> list[Goal]:
    """Return the person's goals in the policy's order; none where the actor may not see them."""
    own = (
        select(Target.id.label("id"), Target.parent_id.label("parent_id"))
        .join(Person, Person.id == Target.person_id)
        .where(
            Target.cycle_id == cycle.id,
            Target.person_id == person_id,
            people(actor, "list_targets"),
        )
        .cte(recursive=True)
    )
    chain = own.union(select(Target.id, Target.parent_id).join(own, Target.id == own.c.parent_id))
    rows = session.execute(
        select(Target, Unit, Person)
        .join(chain, chain.c.id == Target.id)
        .outerjoin(Unit, Unit.id == Target.unit_id)
        .outerjoin(Person, Person.id == Target.person_id)
        .order_by(Target.id)  # parents were made before their children
    )
    found = rows.all()
    parts = _parts(session, [target.id for target, _, _ in found])
    links: dict[str, list[Link]] = {}
    for target, unit, person in found:
        level, owner = (unit.kind, unit.name) if unit else ("person", person.name)
        link = Link(level, owner, target.amount, tuple(parts.get(target.id, ())))
        links.setdefault(target.name, []).append(link)
    return [
        Goal(rule, tuple(links[rule.code]))
        for rule in policy_of(cycle).targets
        if rule.code in links
    ]


def _parts(session: Session, targets: list[int]) -> dict[int, list[Part]]:
    """Return by target what it comes from in a goal plan."""
    rows = session.execute(
        select(TargetOrigin, GoalNode)
        .join(GoalNode, GoalNode.id == TargetOrigin.node_id)
        .where(TargetOrigin.target_id.in_(targets))
        .order_by(TargetOrigin.id)
    )
    found: dict[int, list[Part]] = {}
    for origin, node in rows:
        found.setdefault(origin.target_id, []).append(
            Part(
                node.label, origin.amount, node.amount, node.ratio, node.reason, node.factors,
                node.given, node.by is not None, node.factor, node.reserve,
            )
        )  # fmt: skip
    return found
