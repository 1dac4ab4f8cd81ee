"""A cycle of the shipped policy over the tests' small company, played as far as a test needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import NOW, TEAMS, actor, add_organisation
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.base.database import Database
from workflows.base.settings import Settings
from workflows.cycles.approval import approve_cycle
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.jobs.service import Jobs
from workflows.org.tables import Person
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review
from workflows.sources.tables import CreditLine, Record, RecordVersion, SourceImport

POLICY, PERIOD = "sales-quarterly", "2017-Q4"
CODE = f"{POLICY}@{PERIOD}"
PEOPLE = tuple(member for _, _, members in TEAMS.values() for member in members)
NEEDED = {Role.HR: None, Role.FINANCE: None, Role.MANAGER: "M1", Role.SALESPERSON: "S11"}


@dataclass
class Played:
    """The company with its deals, and accounts that act."""

    database: Database
    settings: Settings
    actors: dict[Role, Actor] = field(default_factory=dict)

    def open(self) -> None:
        with self.database.write() as session:
            open_cycle(session, self.actors[Role.HR], NOW, policy_code=POLICY, period_label=PERIOD)

    def move(self, transition: str, *people: str, by: Role = Role.HR) -> None:
        with self.database.write() as session:
            cycle = find_cycle(session, CODE)
            for person in people or PEOPLE:
                move_review(
                    session,
                    self.actors[by],
                    NOW,
                    find_review(session, cycle, person),
                    policy_of(cycle),
                    transition=transition,
                )

    def lock(self) -> None:
        with self.database.write() as session:
            lock_cycle(session, self.actors[Role.HR], NOW, find_cycle(session, CODE))

    def approve(self) -> dict[str, int]:
        with self.database.write() as session:
            job = approve_cycle(session, self.actors[Role.FINANCE], NOW, find_cycle(session, CODE))
        assert job is not None
        done: dict[str, int] = Jobs(self.settings, self.database).finish(job)
        return done

    def up_to_locked(self) -> None:
        self.open()
        self.move("submit_goals")
        self.move("approve_goals")
        self.lock()

    def up_to_calibration(self) -> None:
        self.up_to_locked()
        self.move("start_evaluation")
        self.move("submit_evaluation")

    def up_to_approval(self) -> None:
        self.up_to_calibration()
        self.move("submit_result")


def played(database: Database, settings: Settings) -> Played:
    """Add the company, a few deals of each person but the last, and the accounts."""
    game = Played(database, settings)
    with database.write() as session:
        add_organisation(session)
        brought = SourceImport(
            public_id="i", source="test", state="done", files=[], counts={}, started_at=NOW
        )
        session.add(brought)
        session.flush()
        for place, person in enumerate(PEOPLE[:-1], 1):
            for number in range(place * 2):
                add_deal(session, brought, f"{person}-{number}", person, amount=9_000 + number)
            add_deal(session, brought, f"{person}-lost", person, stage="lost", amount=0)
        for role, person in NEEDED.items():
            game.actors[role] = _account(session, role, person)
    return game


def add_deal(
    session: Session,
    brought: SourceImport,
    code: str,
    person: str,
    *,
    stage: str = "won",
    amount: int = 0,
    closed: date = date(2017, 11, 15),
) -> None:
    """Add a deal credited to one person, opened forty days before it closed."""
    record = Record(kind="deal", code=code, source="test")
    session.add(record)
    session.flush()
    version = RecordVersion(
        record_id=record.id,
        seq=1,
        import_id=brought.id,
        digest=code,
        fields={
            "stage": stage,
            "amount": str(amount),
            "list_price": "9000",
            "customer": f"customer of {code}",
            "opened_on": "2017-10-06",
            "closed_on": closed.isoformat(),
        },
    )
    session.add(version)
    session.flush()
    record.current_version_id = version.id
    person_id = session.scalars(sa.select(Person.id).where(Person.code == person)).one()
    session.add(
        CreditLine(
            record_version_id=version.id, person_id=person_id, role="owner", share=Decimal(1)
        )
    )


def _account(session: Session, role: Role, person: str | None) -> Actor:
    who = actor(session, role, person)
    account = Account(
        public_id=who.public_id,
        username=who.public_id,
        password="-",
        active=True,
        fs_uniquifier=who.public_id,
        person_id=who.person_id,
        created_at=NOW,
        roles=[AccountRole(role=role.value)],
    )
    session.add(account)
    session.flush()
    return Actor(who.public_id, who.roles, account.id, who.person_id)
