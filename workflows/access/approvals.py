"""Approvals by roles: which a setting asks for, which there are, and whose turn it is.

Each is another person's: a second account of somebody who approved does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from workflows.access.actors import Actor


class Giver(Protocol):
    """An account with the person whose it is."""

    id: int
    person_id: int | None


class Approval(Protocol):
    """An approval given for ``role``."""

    @property
    def role(self) -> str: ...
    @property
    def account(self) -> Giver: ...


def missing(needed: Sequence[str], given: Iterable[Approval]) -> tuple[str, ...]:
    """Return those of ``needed`` that nobody gave: a role, or ``a|b`` for either."""
    there = {approval.role for approval in given}
    return tuple(each for each in needed if there.isdisjoint(each.split("|")))


def gave_one(actor: Actor, given: Iterable[Approval]) -> bool:
    """Say whether the actor, or another account of the same person, approved already."""
    return any(is_by(actor, approval.account) for approval in given)


def is_by(actor: Actor, account: Giver) -> bool:
    """Say whether an account is the actor's own or another one of the same person."""
    same_person = actor.person_id is not None and account.person_id == actor.person_id
    return account.id == actor.account_id or same_person


def role_to_give(actor: Actor, needed: Sequence[str], given: Sequence[Approval]) -> str | None:
    """Return the missing role that the actor can approve for now; None where it is not theirs."""
    if gave_one(actor, given):
        return None
    own = {held.role.value for held in actor.roles}
    waited_for = (role for each in missing(needed, given) for role in each.split("|"))
    return next((role for role in waited_for if role in own), None)
