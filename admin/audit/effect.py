"""What the difference between two versions would do to the people of a cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.errors import KaohengError
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.cycles.tables import Cycle
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.simulation.effect import Effect, OneEffect, effect_of

MOST = 20
MARKS = ("rises", "falls", "grade_up", "grade_down", "gains", "loses")


@dataclass(frozen=True, slots=True)
class Told:
    """How many people have each of ``MARKS``, the sums of money in the currency's main unit, and
    the ``MOST`` whom it moves most; or why it cannot be told.
    """

    people: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    money_before: Decimal = Decimal(0)
    money_after: Decimal = Decimal(0)
    currency: str = ""
    moved: tuple[OneEffect, ...] = ()
    refusal: KaohengError | None = None


def cycles_of_policy(session: Session, actor: Actor, code: str) -> Sequence[Cycle]:
    """Return the cycles of a policy, the newest first; none for who may not see everybody's pay."""
    if not may_everywhere(actor, "list_ledger"):
        return ()
    chosen = (
        select(Cycle)
        .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
        .join(PolicyRow, PolicyRow.id == PolicyVersion.policy_id)
        .where(PolicyRow.code == code)
        .order_by(Cycle.starts_on.desc())
    )
    return session.scalars(chosen).all()


def effect_told(
    session: Session, cycle: str, before: PolicyVersion, after: PolicyVersion
) -> Told | None:
    """Return the effect in a cycle of the policy, None for a cycle that is not its."""
    found = session.scalar(
        select(Cycle)
        .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
        .where(Cycle.code == cycle, PolicyVersion.policy_id == after.policy_id)
    )
    if found is None:
        return None
    try:
        sides = [from_canonical(each.canonical) for each in (before, after)]
        return _told(effect_of(session, found, *sides))
    except KaohengError as error:
        return Told(refusal=error)


def _told(effect: Effect) -> Told:
    counts = {mark: int(effect.frame[mark].sum()) for mark in MARKS}
    everybody = list(effect.people)
    moved = [each for each in everybody if each.rises or each.falls or each.before != each.after]
    return Told(
        len(everybody),
        counts,
        money_before=sum((each.before.money or Decimal(0) for each in everybody), Decimal(0)),
        money_after=sum((each.after.money or Decimal(0) for each in everybody), Decimal(0)),
        currency=effect.currency,
        moved=tuple(sorted(moved, key=_how_far, reverse=True)[:MOST]),
    )


def _how_far(of: OneEffect) -> tuple[Decimal, Decimal, str]:
    money = abs((of.after.money or Decimal(0)) - (of.before.money or Decimal(0)))
    total = abs((of.after.total or Decimal(0)) - (of.before.total or Decimal(0)))
    return money, total, of.person
