"""Who signs in to the demo: an account for every role, each manager, a salesperson of each team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import CONSOLE, Actor
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_token, add_account
from workflows.accounts.passwords import FirstPassword
from workflows.demo.sign_ins import SignIns
from workflows.org.tables import Membership, Unit

REGION = "华东大区"
_OFFICE = {
    "hr": Role.HR,
    "hr2": Role.HR,  # a second one, because nobody publishes a policy of their own
    "finance": Role.FINANCE,
    "director": Role.SALES_DIRECTOR,
    "auditor": Role.AUDITOR,
}


@dataclass(slots=True)
class Cast:
    """The accounts as they are made: what they sign in with, and who they act as.

    ``passwords`` are those that they get; ``sign_ins`` are dicts with ``user, role, person,
    password, token``.
    """

    passwords: Iterator[FirstPassword]
    sign_ins: SignIns = field(default_factory=list)
    actors: dict[str, Actor] = field(default_factory=dict)

    def join(
        self,
        session: Session,
        actor: Actor,
        now: datetime,
        username: str,
        role: Role,
        *,
        person: str | None = None,
        region: str | None = None,
    ) -> None:
        """Give an account to ``username``; the console makes the first, which makes the others."""
        made = add_account(
            session,
            actor,
            now,
            username=username,
            role=role,
            person_code=person,
            region_code=region,
            password=next(self.passwords),
        )
        self.sign_ins.append(asdict(made))
        self.actors[username] = actor_of_token(session, made.token)

    def of(self, person: str) -> Actor | None:
        """Return who acts as the person with this code, if they sign in at all."""
        return self.actors.get(person.lower())


def join_office(session: Session, now: datetime, cast: Cast) -> None:
    """Make the accounts that need no organisation yet."""
    cast.join(session, CONSOLE, now, "admin", Role.ADMINISTRATOR)
    for username, role in _OFFICE.items():
        cast.join(session, cast.actors["admin"], now, username, role)


def join_sales(session: Session, now: datetime, cast: Cast) -> None:
    """Make the accounts of those whom the imported organisation names.

    A password's hash is slow by design, so of the salespeople only each team's first signs in;
    their managers act for the others.
    """
    admin = cast.actors["admin"]
    cast.join(session, admin, now, "hr-east", Role.HR_REGION, region=REGION)
    for manager, *members in teams(session).values():
        cast.join(session, admin, now, manager.lower(), Role.MANAGER, person=manager)
        cast.join(session, admin, now, members[0].lower(), Role.SALESPERSON, person=members[0])


def teams(session: Session) -> dict[str, list[str]]:
    """Return the people of each team by code, its manager first."""
    found: dict[str, list[str]] = {}
    for membership in session.scalars(
        select(Membership).join(Membership.person).join(Membership.unit).order_by(Unit.code)
    ):
        found.setdefault(membership.unit.code, []).append(membership.person.code)
    return {
        team: sorted(people, key=lambda code: (code != team, code))
        for team, people in found.items()
    }
