"""Who holds a role, to be told of something or asked."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole


def holders_of(session: Session, roles: Collection[Role]) -> list[Account]:
    """Return the active accounts with any of these roles, also those that are nobody's in the
    organisation: an office's, such as HR's.
    """
    return list(
        session.scalars(
            select(Account)
            .where(Account.active, Account.roles.any(AccountRole.role.in_(roles)))
            .order_by(Account.id)
        )
    )
