"""A policy's life to be played: who writes, who decides, and what the draft says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from engine.policies import load
from engine.reader import Path
from engine.sheets.edit import edited
from tests.organisation import NOW
from tests.played import POLICY, Played
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.org.tables import Person
from workflows.publishing.approving import approve_submission, publish_submission
from workflows.publishing.consents import answer_consent, own_consents, waits
from workflows.publishing.reading import open_submission
from workflows.publishing.submitting import submit_draft, withdraw_submission
from workflows.rulebook.cases import differing, taken_over
from workflows.rulebook.drafts import save_draft, start_draft
from workflows.rulebook.reading import edit_of, find_draft, open_draft
from workflows.rulebook.tables import PolicyVersion

Changes = dict[Path, str | None]
COMMISSION: Path = ("steps", "commission", "formula")
WEIGHTS: Changes = {
    ("kpis", "won_revenue", "weight"): "35%",
    ("kpis", "won_deals", "weight"): "20%",
}
LESS: Changes = {COMMISSION: "if(reduced_rate, full_commission * 70%, full_commission)"}
MORE: Changes = {COMMISSION: "if(reduced_rate, full_commission * 90%, full_commission)"}


@dataclass
class Life:
    """``hr`` writes, ``second`` publishes, ``finance`` or ``director`` approves."""

    game: Played
    hr: Actor
    second: Actor
    finance: Actor
    director: Actor

    def write(self, changes: Changes, who: Actor | None = None) -> None:
        """Save changes on the draft, beginning it where there is none, with its cases along."""
        who = who or self.hr
        with self.game.database.write() as session:
            draft = find_draft(session, POLICY) or start_draft(session, who, NOW, code=POLICY)
            edit = edit_of(session, draft, draft.seq)
            text, cases = edited(edit.text, changes), edit.cases
            if cases:
                found = differing(load(text, POLICY), cases, POLICY)
                cases = taken_over(cases, found, POLICY)
            save_draft(session, who, NOW, draft, seen=draft.seq, text=text, cases=cases)

    def submit(
        self, since: date | None, today: date, who: Actor | None = None, **more: bool
    ) -> PolicyVersion:
        with self.game.database.write() as session:
            draft = open_draft(session, POLICY)
            return submit_draft(
                session,
                who or self.hr,
                NOW,
                draft,
                seen=draft.seq,
                today=today,
                reason="why",
                effective_on=since,
                **more,
            ).frozen

    def approve(self, who: Actor | None = None, needed: tuple[str, ...] = ("finance",)) -> None:
        with self.game.database.write() as session:
            found = open_submission(session, POLICY)
            approve_submission(
                session, who or self.finance, NOW, found, seen=found.version, needed=needed
            )

    def publish(
        self, today: date, who: Actor | None = None, needed: tuple[str, ...] = ("finance",)
    ) -> None:
        with self.game.database.write() as session:
            found = open_submission(session, POLICY)
            publish_submission(
                session,
                who or self.second,
                NOW,
                found,
                seen=found.version,
                today=today,
                needed=needed,
            )

    def withdraw(self) -> None:
        with self.game.database.write() as session:
            found = open_submission(session, POLICY)
            withdraw_submission(session, self.second, NOW, found, seen=found.version)

    def bring(self, changes: Changes, since: date, today: date) -> None:
        """Take changes all the way into force."""
        self.write(changes)
        self.submit(since, today)
        self.approve()
        self.publish(today)

    def answer(self, person: str, answer: str, reason: str = "") -> None:
        """Answer whatever waits for somebody."""
        with self.game.database.write() as session:
            who = self.person(person)
            for consent in own_consents(session, who):
                if waits(consent):
                    answer_consent(session, who, NOW, consent, answer=answer, reason=reason)

    def person(self, code: str) -> Actor:
        with self.game.database.read() as session:
            person_id = session.scalars(sa.select(Person.id).where(Person.code == code)).one()
        return Actor(code, (RoleHeld(Role.SALESPERSON),), person_id=person_id)


@pytest.fixture
def life(game: Played) -> Life:
    accounts = {
        name: add_account(game, name, role)
        for name, role in (("hr-second", Role.HR), ("director", Role.SALES_DIRECTOR))
    }
    return Life(
        game,
        game.actors[Role.HR],
        accounts["hr-second"],
        game.actors[Role.FINANCE],
        accounts["director"],
    )


def add_account(game: Played, name: str, role: Role, person_id: int | None = None) -> Actor:
    """Return somebody with an account of their own."""
    with game.database.write() as session:
        account = Account(
            public_id=name,
            username=name,
            password="-",
            active=True,
            fs_uniquifier=name,
            person_id=person_id,
            created_at=NOW,
            roles=[AccountRole(role=role.value)],
        )
        session.add(account)
        session.flush()
        return Actor(name, (RoleHeld(role),), account.id, person_id)


@contextmanager
def refused(kind: Kind, code: str) -> Iterator[None]:
    with pytest.raises(KaohengError) as caught:
        yield
    assert (caught.value.kind, caught.value.faults[0].code) == (kind, code)
