"""A small cycle with a rank and team pools, played to where its results are approved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import canonical
from tests.organisation import NOW, actor
from tests.played import Deal, Played, add_deals
from tests.workflows.cycles.whole import publish
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.appeals.corrections import Correction
from workflows.appeals.operations import (
    accept_appeal,
    assign_appeal,
    propose_correction,
    submit_appeal,
)
from workflows.appeals.posting import approve_correction, effect_of_proposal
from workflows.appeals.tables import Appeal
from workflows.closing.holding import hold_review, release_review
from workflows.closing.late import LateApproval, approve_late
from workflows.closing.reopening import decide_reopening, find_reopening, propose_reopening
from workflows.cycles.approval import approve_cycle
from workflows.cycles.latest import approved_at, latest_computation
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.cycles.sealing import Closing, Difference, close_cycle, replay_cycle
from workflows.cycles.tables import Cycle
from workflows.figures.operations import give_figures
from workflows.incentives.operations import amount_of
from workflows.incentives.tables import LedgerEntry
from workflows.jobs.service import Jobs
from workflows.org.tables import Person
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.sources.tables import SourceImport

CODE = "settle@2026-Q2"
DEALS = {
    "S11": 60_000,
    "S12": 30_000,
    "S21": 50_000,
    "S22": 25_000,
    "S31": 90_000,
    "S32": 20_000,
    "S33": 10_000,
}
PEOPLE = tuple(DEALS)
Given = TypeVar("Given")


@dataclass
class Settling:
    """The company of ``played``; ``handler`` is somebody of HR who judged nobody."""

    game: Played
    people: dict[str, Actor] = field(default_factory=dict)
    handler: Actor = field(init=False)
    second: Actor = field(init=False)

    def do(self, act: Callable[[Session, Cycle], Given]) -> Given:
        with self.game.database.write() as session:
            return act(session, find_cycle(session, CODE))

    def review(self, session: Session, person: str) -> Review:
        return find_review(session, find_cycle(session, CODE), person)

    @property
    def hr(self) -> Actor:
        return self.game.actors[Role.HR]

    @property
    def finance(self) -> Actor:
        return self.game.actors[Role.FINANCE]

    def up_to_approval(self) -> None:
        with self.game.database.write() as session:
            open_cycle(session, self.hr, NOW, policy_code="settle", period_label="2026-Q2")
        rows = [{"person": each, "sharing.manager": "70"} for each in PEOPLE]
        self.do(lambda s, c: give_figures(s, self.hr, NOW, c, rows, file="f.csv"))
        self.do(lambda s, c: lock_cycle(s, self.hr, NOW, c))
        self.move("submit")

    def approve(self) -> None:
        job = self.do(lambda s, c: approve_cycle(s, self.finance, NOW, c))
        assert job is not None
        Jobs(self.game.settings, self.game.database).finish(job)

    def up_to_feedback(self) -> None:
        self.up_to_approval()
        self.approve()

    def move(
        self, transition: str, *people: str, at: datetime = NOW, reason: str | None = None
    ) -> None:
        with self.game.database.write() as session:
            for person in people or PEOPLE:
                review = self.review(session, person)
                policy = policy_of(review.cycle)
                move_review(
                    session, self.hr, at, review, policy, transition=transition, reason=reason
                )

    def hold(self, person: str) -> None:
        self.do(lambda s, _: hold_review(s, self.hr, NOW, self.review(s, person), reason="争议"))

    def release(self, person: str) -> None:
        self.do(lambda s, _: release_review(s, self.hr, NOW, self.review(s, person), reason="已清"))

    def approve_late(self) -> LateApproval:
        return self.do(lambda s, c: approve_late(s, self.finance, NOW, c))

    def close(self, at: datetime = NOW) -> Closing:
        return self.do(lambda s, c: close_cycle(s, self.hr, at, c))

    def replay(self) -> list[Difference]:
        with self.game.database.read() as session:
            return replay_cycle(session, self.hr, find_cycle(session, CODE))

    def reopen(self, person: str) -> None:
        def propose(session: Session, _: Cycle) -> None:
            review = self.review(session, person)
            propose_reopening(session, self.hr, NOW, review, reason="漏了一单")

        def decide(session: Session, _: Cycle) -> None:
            found = find_reopening(session, self.finance, self.review(session, person))
            decide_reopening(session, self.finance, NOW, found, approve=True, reason="属实")

        self.do(propose)
        self.do(decide)

    def appeal(
        self, person: str, *names: str, at: datetime = NOW, reason: str = "漏算了一单"
    ) -> int:
        def submit(session: Session, _: Cycle) -> int:
            review, who = self.review(session, person), self.people[person]
            return submit_appeal(
                session, who, at, review, names=names or ("total",), reason=reason
            ).id

        return self.do(submit)

    def handled(self, person: str, *corrections: Correction, answer: str = "已核实") -> int:
        """Appeal, have it handled, and propose ``corrections``."""
        number = self.appeal(person)
        self.step(
            number,
            lambda s, a: assign_appeal(
                s, self.hr, NOW, a, handler=self.handler.public_id, seen=a.version
            ),
        )
        self.step(number, lambda s, a: accept_appeal(s, self.handler, NOW, a, seen=a.version))
        self.step(
            number,
            lambda s, a: propose_correction(
                s, self.handler, NOW, a, corrections=corrections, answer=answer, seen=a.version
            ),
        )
        return number

    def grant(self, number: int) -> int:
        def approve(session: Session, appeal: Appeal) -> int:
            shown = effect_of_proposal(session, appeal).digest
            return approve_correction(
                session, self.finance, NOW, appeal, seen=appeal.version, effect=shown
            )

        return self.step(number, approve)

    def step(self, number: int, act: Callable[[Session, Appeal], Given]) -> Given:
        with self.game.database.write() as session:
            return act(session, session.get_one(Appeal, number))

    def approved_at(self, person: str) -> datetime:
        """Return when a person's results were approved."""
        with self.game.database.read() as session:
            review = self.review(session, person)
            found = approved_at(session, review, policy_of(review.cycle))
            assert found is not None
            return found

    def state(self) -> str:
        with self.game.database.read() as session:
            return find_cycle(session, CODE).state

    def net(self) -> dict[str, Decimal]:
        """Return the sum of each person's entries."""
        with self.game.database.read() as session:
            found: dict[str, Decimal] = defaultdict(Decimal)
            for entry in session.scalars(sa.select(LedgerEntry)):
                found[entry.person.code] += amount_of(entry) or 0
            return dict(found)

    def granted(self, people: Iterable[str] = PEOPLE) -> dict[str, Decimal]:
        """Return the sum of what the last computation grants each of ``people``."""
        with self.game.database.read() as session:
            kept = latest_computation(session, find_cycle(session, CODE))
            found: dict[str, Decimal] = defaultdict(Decimal)
            for grant in canonical.grants(kept.bytes.grants):
                if grant.person in people:
                    found[grant.person] += grant.amount or 0
            return dict(found)


def settling(game: Played) -> Settling:
    """Publish the policy beside this file, with a deal of each person, and accounts for all."""
    found = Settling(game)
    with game.database.write() as session:
        publish(session, Path(__file__).with_name("settle.yaml").read_text(encoding="utf-8"))
        brought = session.scalars(sa.select(SourceImport)).one()
        deals = [
            Deal(f"deal-{person}", person, amount=amount, closed=date(2026, 5, 4))
            for person, amount in DEALS.items()
        ]
        add_deals(session, brought, deals)
        known = {role.public_id: role for role in game.actors.values()}
        for code in PEOPLE:
            taken = next(
                (each for each in known.values() if each.person_id == _person(session, code)), None
            )
            found.people[code] = taken or account(session, Role.SALESPERSON, f"own-{code}", code)
        found.handler = account(session, Role.HR, "handler", None)
        found.second = account(session, Role.SALES_DIRECTOR, "director", None)
    return found


def account(session: Session, role: Role, name: str, person: str | None) -> Actor:
    """Add an account with one role."""
    who = actor(session, role, person)
    row = Account(
        public_id=name,
        username=name,
        password="-",
        active=True,
        fs_uniquifier=name,
        person_id=who.person_id,
        created_at=NOW,
        roles=[AccountRole(role=role.value)],
    )
    session.add(row)
    session.flush()
    return Actor(name, who.roles, row.id, who.person_id)


def _person(session: Session, code: str) -> int:
    return session.scalars(sa.select(Person.id).where(Person.code == code)).one()
