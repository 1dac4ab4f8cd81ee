"""What the difference between two versions would do to the people of a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Told:
    """Sums over the cycle's people, and the ``MOST`` whom it moves most; or why it cannot be told.

    Money is of the policy's currency, in its main unit.
    """

    people: int = 0
    rises: int = 0
    falls: int = 0
    grade_up: int = 0
    grade_down: int = 0
    gains: int = 0
    loses: int = 0
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
    marks = ("rises", "falls", "grade_up", "grade_down", "gains", "loses")
    counts: dict[str, Any] = {mark: int(effect.frame[mark].sum()) for mark in marks}
    everybody = list(effect.people)
    moved = [each for each in everybody if each.rises or each.falls or each.before != each.after]
    return Told(
        people=len(everybody),
        **counts,
        money_before=sum((each.before.money or Decimal(0) for each in everybody), Decimal(0)),
        money_after=sum((each.after.money or Decimal(0) for each in everybody), Decimal(0)),
        currency=effect.currency,
        moved=tuple(sorted(moved, key=_how_far, reverse=True)[:MOST]),
    )


def _how_far(of: OneEffect) -> tuple[Decimal, Decimal, str]:
    money = abs((of.after.money or Decimal(0)) - (of.before.money or Decimal(0)))
    total = abs((of.after.total or Decimal(0)) - (of.before.total or Decimal(0)))
    return money, total, of.person
