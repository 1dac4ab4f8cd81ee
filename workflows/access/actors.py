"""Who acts: an account with its roles, as they are at this moment."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.access.policy import Role


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role; ``unit_id`` is the region of an HR of a region, else None."""

    role: Role
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The owner of a session or token. ``public_id`` is what the log calls them."""

    public_id: str
    roles: tuple[RoleHeld, ...]
    account_id: int | None = None
    person_id: int | None = None

    def has(self, role: Role) -> bool:
        return any(held.role is role for held in self.roles)


# Whoever sits at the server's console before there is an administrator, and what the
# system does by itself (a job that goes on after a restart). Neither has an account.
CONSOLE = Actor("console", (RoleHeld(Role.ADMINISTRATOR),))
