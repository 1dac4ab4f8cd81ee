"""A cycle whose lock requires confirmed records, with an account for everybody concerned."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest
from engine.policies import load
from tests.organisation import actor, add_organisation
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.base.database import Database
from workflows.cycles.operations import find_cycle, open_cycle
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyRow, PolicyVersion, Publication
from workflows.sources.extraction import CreditLine
from workflows.sources.extraction import Record as Deal
from workflows.sources.tables import Record, SourceImport
from workflows.sources.writing import make_current, write_records

NOW = datetime(2026, 4, 2, 4, 0, tzinfo=UTC)
TODAY = date(2026, 4, 2)
POLICY = """\
language: 1
policy: east
name: {zh: 季度考核, en: Quarterly}
period: quarter
currency: CNY
scope: {role: salesperson}
measures:
  revenue:
    name: {zh: 销售额, en: revenue}
    unit: money
    records: deal
    where: {stage: won}
    when: closed_on
    sum: amount
    late: next
  led:
    name: {zh: 商机数, en: leads}
    unit: count
    records: deal
    when: opened_on
    count: records
inputs:
  survey: {name: {zh: 满意度, en: satisfaction}, unit: points, if_missing: not_applicable}
kpis:
  revenue:
    name: {zh: 销售额, en: revenue}
    actual: revenue
    target: 1000
    weight: 70%
    score: attainment
    cap: 120
    floor: 0
  survey: {name: {zh: 满意度, en: satisfaction}, actual: survey, weight: 30%, score: actual}
rounding: {attainment: 4, points: 2, total: 2, money: 2}
grades:
  - {grade: A, from: 90, coefficient: 1}
  - {grade: B, from: 0, coefficient: 0.8}
workflow:
  stages: [confirmation, checked, data_locked, closed]
  transitions:
    confirm:
      name: {zh: 核对, en: confirm}
      from: confirmation
      to: checked
      by: [owner, hr]
      requires: [records_confirmed]
    pass: {name: {zh: 放行, en: pass}, from: confirmation, to: checked, by: [hr]}
    lock:
      name: {zh: 锁数, en: lock}
      from: checked
      to: data_locked
      cycle: lock
      requires: [records_confirmed]
    approve: {name: {zh: 批准, en: approve}, from: data_locked, to: closed, cycle: approve}
"""
CODE, NEXT = "east@2026-Q1", "east@2026-Q2"
WHO = {
    "hr": (Role.HR, None),
    "finance": (Role.FINANCE, None),
    "M1": (Role.MANAGER, "M1"),
    "S11": (Role.SALESPERSON, "S11"),
    "S12": (Role.SALESPERSON, "S12"),
    "S21": (Role.SALESPERSON, "S21"),
}


@dataclass
class Confirmed:
    """The company, its cycle and who acts in it."""

    database: Database
    actors: dict[str, Actor] = field(default_factory=dict)

    def review(self, session: Session, person: str, code: str = CODE) -> Review:
        return find_review(session, find_cycle(session, code), person)

    def record(self, session: Session, code: str) -> Record:
        return session.scalars(sa.select(Record).where(Record.code == code)).one()

    def add_deal(self, code: str, person: str, amount: int, closed: date) -> None:
        with self.database.write() as session:
            brought = SourceImport(
                public_id=f"of {code}",
                source="test",
                state="done",
                files=[],
                counts={},
                started_at=NOW,
            )
            session.add(brought)
            session.flush()
            fields = {
                "stage": "won",
                "amount": str(amount),
                "customer": f"customer of {code}",
                "opened_on": "2025-10-06",
                "closed_on": closed.isoformat(),
            }
            credits = (CreditLine(person, Decimal(1), "owner"),)
            write_records(session, brought.id, [Deal("deal", code, fields, credits)])
            make_current(session, brought.id)

    def open(self, period: str) -> None:
        with self.database.write() as session:
            open_cycle(session, self.actors["hr"], NOW, policy_code="east", period_label=period)


def confirmed(database: Database, written: str = POLICY) -> Confirmed:
    """Add the company with two deals of S11 and one of S12, the policy, and an open cycle."""
    world = Confirmed(database)
    with database.write() as session:
        add_organisation(session)
        for name, (role, person) in WHO.items():
            world.actors[name] = _account(session, role, person)
        _publish(session, written)
    for code, person, amount in (("D1", "S11", 400), ("D2", "S11", 500), ("D3", "S12", 700)):
        world.add_deal(code, person, amount, date(2026, 2, 1))
    world.open("2026-Q1")
    return world


def _publish(session: Session, written: str) -> None:
    policy = load(written, "east.yaml")
    version = PolicyVersion(
        policy=PolicyRow(code="east", name={"zh": "季度考核", "en": "Quarterly"}),
        seq=1,
        digest=digest(policy),
        text=written,
        text_sha256="e2" * 32,
        canonical=canonical_text(policy),
        created_at=NOW,
        state="published",
        published_at=NOW,
        reason="新季度",
    )
    session.add(version)
    session.flush()
    session.add(
        Publication(
            policy_id=version.policy_id,
            version_id=version.id,
            published_at=NOW,
            reason="新季度",
            is_retroactive=False,
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
