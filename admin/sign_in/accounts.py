"""Our accounts as the sign-in library wants them: read only, never the write session."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import session as browser
from flask_security import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from admin.services import services
from workflows.access.actors import Actor
from workflows.accounts.operations import actor_of_account
from workflows.accounts.passwords import verify_password
from workflows.accounts.tables import Account
from workflows.base.clock import today
from workflows.base.database import Database
from workflows.standins.acting import acting_for, standing_in_for
from workflows.standins.tables import StandIn

# Where a browser's session keeps for whom its owner acts, by the stand-in's public id.
ACTING = "acting_for"


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):
    """Who is signed in, as the database has them at this request.

    ``actor`` is whom they act as: ``own``, or ``own`` for ``acting``, whom they stand in for now;
    ``may_act_for`` are all for whom they may.
    """

    actor: Actor
    own: Actor
    username: str
    name: str
    password: str = field(repr=False)
    active: bool = False
    fs_uniquifier: str = ""
    acting: StandIn | None = None
    may_act_for: list[StandIn] = field(default_factory=list)
    roles: list[RoleMixin] = field(default_factory=list)  # the library's own; ours: the actor's

    def verify_and_update_password(self, password: str) -> bool:
        return verify_password(password, self.password)


@cache
def _account_by(name: str) -> Select[Account]:
    """Return the question for an account by one of its columns: every request asks it."""
    column = getattr(Account, name)
    return select(Account).where(column == bindparam(name)).options(joinedload(Account.person))


class AccountStore(UserDatastore):
    """Finds accounts; making and changing them is for ``workflows.accounts.operations``."""

    def __init__(self, database: Database) -> None:
        super().__init__(SignedIn, RoleMixin)
        self._database = database

    def find_user(self, case_insensitive: bool = False, **by: Any) -> SignedIn | None:  # noqa: ARG002
        """Return the account with this ``username`` or ``fs_uniquifier``."""
        app = services()
        on = today(app.clock(), app.settings.timezone)
        with self._database.read() as session:
            account = session.scalar(_account_by(*by), by)
            if account is None:
                return None
            own = actor_of_account(account, on)
            others = standing_in_for(session, account.id, on)
            asked = browser.get(ACTING)
            acting = next((each for each in others if each.public_id == asked), None)
            actor = acting_for(session, own, acting.public_id, on) if acting else None
            return SignedIn(
                actor=actor or own,
                own=own,
                acting=acting,
                may_act_for=others,
                username=account.username,
                name=account.person.name if account.person else account.username,
                password=account.password,
                active=account.active,
                fs_uniquifier=account.fs_uniquifier,
            )

    def commit(self) -> None:
        """Nothing to commit: signing in reads."""
