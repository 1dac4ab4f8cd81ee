"""A cycle of a policy that uses many constructs together, over people who come, move and go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest
from engine.policies import load
from tests.organisation import NOW
from tests.played import Deal, Played, add_deals
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.calibration.operations import calibrate_review
from workflows.cycles.approval import approve_cycle
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.cycles.rerunning import Rerunning, rerun_cycle
from workflows.cycles.tables import Cycle
from workflows.figures.operations import give_figures
from workflows.incentives.tables import LedgerEntry
from workflows.jobs.service import Jobs
from workflows.org.tables import Membership, Person, Unit
from workflows.reviews.moves import move_review
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.reading import find_review
from workflows.rulebook.tables import PolicyRow, PolicyVersion, Publication
from workflows.sources.tables import SourceImport

CODE = "whole@2026-Q2"
DEALS = [  # person, day, amount
    ("S11", date(2026, 5, 10), 120_000),
    ("S12", date(2026, 4, 20), 30_000),
    ("S12", date(2026, 6, 1), 80_000),
    ("S13", date(2026, 6, 15), 40_000),
    ("S21", date(2026, 5, 5), 50_000),
    ("S31", date(2026, 4, 1), 100_000),
    ("S32", date(2026, 6, 30), 90_000),
]
PEOPLE = ("S11", "S12", "S13", "S21", "S22", "S31", "S32", "S33")
FIGURES: dict[str, dict[str, str]] = {
    person: {
        "city": "shanghai" if person.startswith("S3") else "beijing",
        "wage": "8000",
        "sharing.manager": "80",
        "sharing.peers": "70",
    }
    for person in PEOPLE
}
FIGURES["S21"]["loss"] = "5000"
FIGURES["S33"]["protection"] = "medical_leave"


@dataclass
class Whole:
    """The company of ``played``, and a cycle of the policy beside this file."""

    game: Played

    @property
    def database(self) -> Database:
        return self.game.database

    @property
    def hr(self) -> Actor:
        return self.game.actors[Role.HR]

    @property
    def finance(self) -> Actor:
        return self.game.actors[Role.FINANCE]

    def open(self, period: str = "2026-Q2") -> None:
        with self.database.write() as session:
            open_cycle(session, self.hr, NOW, policy_code="whole", period_label=period)

    def give(self, figures: Mapping[str, Mapping[str, str]], code: str = CODE) -> dict[str, int]:
        rows = [{"person": person, **values} for person, values in figures.items()]
        names = dict.fromkeys(name for row in rows for name in row)
        with self.database.write() as session:
            cycle = find_cycle(session, code)
            whole = [{name: row.get(name, "") for name in names} for row in rows]
            return give_figures(session, self.hr, NOW, cycle, whole, file="figures.csv")

    def move(self, transition: str, code: str = CODE) -> None:
        with self.database.write() as session:
            cycle = find_cycle(session, code)
            for review in reviews_of(session, cycle):
                move_review(session, self.hr, NOW, review, policy_of(cycle), transition=transition)

    def lock(self) -> None:
        with self.database.write() as session:
            lock_cycle(session, self.hr, NOW, find_cycle(session, CODE))

    def calibrate(self, person: str, grade: str) -> None:
        with self.database.write() as session:
            cycle = find_cycle(session, CODE)
            review, policy = find_review(session, cycle, person), policy_of(cycle)
            calibrate_review(session, self.hr, NOW, review, policy, grade=grade, reason="带教新人")

    def approve(self) -> None:
        with self.database.write() as session:
            job = approve_cycle(session, self.finance, NOW, find_cycle(session, CODE))
        assert job is not None
        Jobs(self.game.settings, self.database).finish(job)

    def up_to_approved(self) -> None:
        self.open()
        self.give(FIGURES)
        self.move("agree")
        self.lock()
        self.calibrate("S11", "A")
        self.move("submit")
        self.approve()

    def rerun(self, reason: str = "退货") -> Rerunning:
        with self.database.write() as session:
            return rerun_cycle(session, self.finance, NOW, find_cycle(session, CODE), reason)

    def ledger(self, *people: str) -> list[tuple[object, ...]]:
        """Return (person, kind, amount in cents, payable from) in the order of entry."""
        with self.database.read() as session:
            rows = session.execute(
                sa.select(
                    Person.code,
                    LedgerEntry.kind,
                    LedgerEntry.amount_minor,
                    LedgerEntry.payable_from,
                )
                .join(Person, Person.id == LedgerEntry.person_id)
                .order_by(LedgerEntry.id)
            )
            return [tuple(row) for row in rows if not people or row[0] in people]


def whole(game: Played) -> Whole:
    """Publish the policy, let people join, move and leave in the quarter, and add their deals."""
    with game.database.write() as session:
        publish(session, Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
        _come_move_and_go(session)
        brought = session.scalars(sa.select(SourceImport)).one()
        deals = [
            Deal(f"2026-{number}", person, amount=amount, closed=day)
            for number, (person, day, amount) in enumerate(DEALS)
        ]
        add_deals(session, brought, deals)
    return Whole(game)


def publish(session: Session, text: str) -> None:
    """Put a policy into the rulebook, in force."""
    policy = load(text, "policy.yaml")
    name = {"zh": policy.name.zh, "en": policy.name.en}
    row = session.scalar(sa.select(PolicyRow).where(PolicyRow.code == policy.policy))
    version = PolicyVersion(
        policy=row or PolicyRow(code=policy.policy, name=name),
        seq=1,
        digest=digest(policy),
        text=text,
        text_sha256=digest(policy),
        canonical=canonical_text(policy),
        state="published",
        created_at=NOW,
        published_at=NOW,
    )
    session.add(version)
    session.flush()
    session.add(
        Publication(
            policy_id=version.policy_id,
            version_id=version.id,
            published_at=NOW,
            reason="",
            is_retroactive=False,
        )
    )
    session.flush()


def reviewed(session: Session, code: str = CODE) -> dict[str, tuple[Decimal | None, str | None]]:
    """Return each person's measured total and grade."""
    cycle: Cycle = find_cycle(session, code)
    return {
        review.person.code: (review.total, review.grade) for review in reviews_of(session, cycle)
    }


def _come_move_and_go(session: Session) -> None:
    """S12 moves on 16 May, S13 joins on 1 June, S33 leaves on 5 April."""
    teams = {unit.code: unit for unit in session.scalars(sa.select(Unit))}
    people = {person.code: person for person in session.scalars(sa.select(Person))}
    held = {each.person.code: each for each in session.scalars(sa.select(Membership))}
    held["S12"].valid_to, held["S33"].valid_to = date(2026, 5, 16), date(2026, 4, 5)
    joiner = Person(code="S13", name="新人", public_id="id-S13")
    session.add_all(
        [
            Membership(
                person=people["S12"],
                unit=teams["east-2"],
                role="member",
                valid_from=date(2026, 5, 16),
            ),
            Membership(
                person=joiner, unit=teams["east-1"], role="member", valid_from=date(2026, 6, 1)
            ),
        ]
    )
    session.flush()
