"""Who acts: an account with its roles, as they are at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.access.policy import Role


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role; ``unit_id`` is the region of an HR of a region, else None."""

    role: Role
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The owner of a session or token. ``public_id`` is what the log calls them.

    ``on_behalf_of`` is the ``public_id`` of the account that they stand in for 代理审批人, if any:
    then ``roles`` and ``person_id`` are what was handed to them, and ``own_person_id`` is who they
    are themselves, so that nobody decides on their own review through another's rights.

    ``on`` is the organisation's day: whom they reach is who is in their units then. Without one
    it is whoever has not left a unit.
    """

    public_id: str
    roles: tuple[RoleHeld, ...]
    account_id: int | None = None
    person_id: int | None = None
    on_behalf_of: str | None = None
    own_person_id: int | None = None
    on: date | None = None

    @property
    def oneself(self) -> int | None:
        """The person who answers where something is somebody's own: not whoever acts for them."""
        return self.person_id if self.on_behalf_of is None else None

    def has(self, role: Role) -> bool:
        return any(held.role is role for held in self.roles)


# Whoever sits at the server's console before there is an administrator. It has no account.
CONSOLE = Actor("console", (RoleHeld(Role.ADMINISTRATOR),))
# What happens by itself when a time has come: a deadline passes, silence confirms.
SYSTEM = Actor("system", ())
