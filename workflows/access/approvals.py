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
    public_id: str
    person_id: int | None


class Approval(Protocol):
    """An approval given for ``role``, by a stand-in on behalf of ``principal``."""

    @property
    def role(self) -> str: ...
    @property
    def account(self) -> Giver: ...
    @property
    def principal(self) -> Giver | None: ...


def missing(needed: Sequence[str], given: Iterable[Approval]) -> tuple[str, ...]:
    """Return those of ``needed`` that nobody gave: a role, or ``a|b`` for either."""
    there = {approval.role for approval in given}
    return tuple(each for each in needed if there.isdisjoint(each.split("|")))


def gave_one(actor: Actor, given: Iterable[Approval]) -> bool:
    """Say whether the actor, or another account of the same person, approved already.

    A stand-in's approval is both their own and that of whom they stood in for.
    """
    return any(
        is_by(actor, giver)
        for approval in given
        for giver in (approval.account, approval.principal)
        if giver is not None
    )


def is_by(actor: Actor, account: Giver) -> bool:
    """Say whether an account is the actor's own or another one of the same person.

    Who stands in for somebody is both.
    """
    persons = {actor.person_id, actor.own_person_id} - {None}
    named = {actor.public_id, actor.on_behalf_of}
    return (
        account.id == actor.account_id or account.public_id in named or account.person_id in persons
    )


def role_to_give(actor: Actor, needed: Sequence[str], given: Sequence[Approval]) -> str | None:
    """Return the missing role that the actor can approve for now; None where it is not theirs."""
    if gave_one(actor, given):
        return None
    own = {held.role.value for held in actor.roles}
    waited_for = (role for each in missing(needed, given) for role in each.split("|"))
    return next((role for role in waited_for if role in own), None)
