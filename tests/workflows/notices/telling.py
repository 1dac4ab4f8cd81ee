"""Who was told of something: people by their code, accounts that are nobody's by their name."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflows.accounts.tables import Account
from workflows.notices.tables import Notice
from workflows.org.tables import Person


def told(session: Session, key: str) -> list[str]:
    """Return who was told what has ``key`` in its own, in the order of telling."""
    who = sa.func.coalesce(Person.code, Account.username)
    return list(
        session.scalars(
            sa.select(who)
            .select_from(Notice)
            .outerjoin(Person, Person.id == Notice.person_id)
            .outerjoin(Account, Account.id == Notice.account_id)
            .where(Notice.key.contains(key))
            .order_by(Notice.id)
        )
    )
