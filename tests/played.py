"""A cycle of the shipped policy over the tests' small company, played as far as a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.forgetting import forget_figures
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
        deals = []
        for place, person in enumerate(PEOPLE[:-1], 1):
            for number in range(place * 2):
                deals.append(Deal(f"{person}-{number}", person, amount=9_000 + number))
            deals.append(Deal(f"{person}-lost", person, stage="lost"))
        add_deals(session, brought, deals)
        for role, person in NEEDED.items():
            game.actors[role] = _account(session, role, person)
    return game


@dataclass(frozen=True)
class Deal:
    """A deal credited to one person, opened long before it closed."""

    code: str
    person: str
    stage: str = "won"
    amount: int = 0
    closed: date = date(2017, 11, 15)

    def fields(self) -> dict[str, str]:
        return {
            "stage": self.stage,
            "amount": str(self.amount),
            "list_price": "9000",
            "customer": f"customer of {self.code}",
            "opened_on": "2017-10-06",
            "closed_on": self.closed.isoformat(),
        }


def add_deals(session: Session, brought: SourceImport, deals: Sequence[Deal]) -> None:
    """Add deals, all at once: hundreds of tests begin with this."""
    records = [Record(kind="deal", code=deal.code, source="test") for deal in deals]
    session.add_all(records)
    session.flush()
    versions = [
        RecordVersion(
            record_id=record.id,
            seq=1,
            import_id=brought.id,
            digest=deal.code,
            fields=deal.fields(),
        )
        for record, deal in zip(records, deals, strict=True)
    ]
    session.add_all(versions)
    session.flush()
    ids = session.execute(sa.select(Person.code, Person.id))
    people = {row.code: row.id for row in ids}
    for record, version, deal in zip(records, versions, deals, strict=True):
        record.current_version_id = version.id
        session.add(
            CreditLine(
                record_version_id=version.id,
                person_id=people[deal.person],
                role="owner",
                share=Decimal(1),
            )
        )
    session.flush()
    forget_figures(session)


def correct_deal(session: Session, code: str, amount: str) -> None:
    """Add a later version of a deal, with another amount: what a return leaves of it."""
    record = session.scalars(sa.select(Record).where(Record.code == code)).one()
    before = session.get_one(RecordVersion, record.current_version_id)
    version = RecordVersion(
        record_id=record.id,
        seq=before.seq + 1,
        import_id=before.import_id,
        digest=f"{code}: {amount}",
        fields={**before.fields, "amount": amount},
        credits=[
            CreditLine(person_id=each.person_id, role=each.role, share=Decimal(1))
            for each in before.credits
        ],
    )
    session.add(version)
    session.flush()
    record.current_version_id = version.id
    session.flush()
    forget_figures(session)


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
