"""Our accounts as the sign-in library wants them: read only, never the write session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import select

from workflows.access.actors import Actor
from workflows.accounts.operations import actor_of_account
from workflows.accounts.passwords import verify_password
from workflows.accounts.tables import Account
from workflows.base.database import Database


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):
    """Who is signed in, as the database has them at this request."""

    actor: Actor
    username: str
    name: str
    password: str = field(repr=False)
    active: bool = False
    fs_uniquifier: str = ""
    roles: list[RoleMixin] = field(default_factory=list)  # the library's own; ours: the actor's

    def verify_and_update_password(self, password: str) -> bool:
        return verify_password(password, self.password)


class AccountStore(UserDatastore):
    """Finds accounts; making and changing them is for ``workflows.accounts.operations``."""

    def __init__(self, database: Database) -> None:
        super().__init__(SignedIn, RoleMixin)
        self._database = database

    def find_user(self, case_insensitive: bool = False, **by: Any) -> SignedIn | None:  # noqa: ARG002
        """Return the account with this ``username`` or ``fs_uniquifier``."""
        with self._database.read() as session:
            account = session.scalar(select(Account).filter_by(**by))
            if account is None:
                return None
            return SignedIn(
                actor=actor_of_account(account),
                username=account.username,
                name=account.person.name if account.person else account.username,
                password=account.password,
                active=account.active,
                fs_uniquifier=account.fs_uniquifier,
            )

    def commit(self) -> None:
        """Nothing to commit: signing in reads."""
