"""The company that the machine plays with: two teams of two, an account for everybody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.played import Deal, add_deals
from tests.workflows.cycles.whole import publish
from tests.workflows.machine.model.people import ACCOUNTS, LEADERS, LED
from tests.workflows.machine.model.state import DEALS, FIRST_AMOUNT
from workflows.access.actors import Actor
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account, AccountRole
from workflows.base.database import Database
from workflows.cycles.operations import open_cycle
from workflows.goals.cutting import Way, split_nodes
from workflows.goals.plans import (
    approve_version,
    find_goal,
    find_plan,
    new_plan,
    newest_version,
    submit_version,
)
from workflows.goals.stating import Fields, add_company_goal
from workflows.goals.store import load_tree
from workflows.org.tables import Membership, Person, Unit
from workflows.sources.tables import SourceImport

BEGIN = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
POLICY, PERIOD = "year", "2026-Q2"
CODE = f"{POLICY}@{PERIOD}"
GOAL, YEAR = "own_target", 2026
SINCE = date(2000, 1, 1)


def found(database: Database) -> dict[str, Actor]:
    """Add the company, its deals, an approved goal plan and an open cycle; return who acts."""
    with database.write() as session:
        _add_people(session)
        actors = {name: _account(session, name) for name in ACCOUNTS}
        publish(session, Path(__file__).with_name("policy.yaml").read_text(encoding="utf-8"))
        _add_deals(session)
    with database.write() as session:
        _plan(session, actors["hr"])
        version = newest_version(session, find_plan(session, actors["hr"], YEAR))
        submit_version(session, actors["hr"], BEGIN, version)
        approve_version(session, actors["finance"], BEGIN, version)
    with database.write() as session:
        open_cycle(session, actors["hr"], BEGIN, policy_code=POLICY, period_label=PERIOD)
    return actors


def _add_people(session: Session) -> None:
    company = Unit(code="company", name="公司", kind="company")
    session.add_all([company, _belongs("D1", company, "manager")])
    for (region, manager), members in zip(
        (("east", "M1"), ("west", "M2")), LED.values(), strict=True
    ):
        above = Unit(code=region, name=region, kind="region", parent=company)
        team = Unit(code=f"{region}-1", name=f"{region}-1", kind="team", parent=above)
        session.add(_belongs(manager, team, "manager"))
        session.add_all(_belongs(member, team, "member") for member in sorted(members))
    session.flush()


def _belongs(code: str, unit: Unit, role: str) -> Membership:
    person = Person(code=code, name=f"姓名{code}", public_id=f"id-{code}")
    return Membership(person=person, unit=unit, role=role, valid_from=SINCE)


def _account(session: Session, name: str) -> Actor:
    role, person = ACCOUNTS[name]
    east = session.scalar(sa.select(Unit.id).where(Unit.code == "east"))
    row = Account(
        public_id=name,
        username=name,
        password="-",
        active=True,
        fs_uniquifier=name,
        person_id=session.scalar(sa.select(Person.id).where(Person.code == person)),
        created_at=BEGIN,
        roles=[AccountRole(role=role, unit_id=east if role == "hr_region" else None)],
    )
    session.add(row)
    session.flush()
    return actor_of_account(row)


def _add_deals(session: Session) -> None:
    brought = SourceImport(
        public_id="i", source="test", state="done", files=[], counts={}, started_at=BEGIN
    )
    session.add(brought)
    session.flush()
    deals = [
        Deal(code, person, amount=amount, closed=date(2026, 5, 15))
        for code, (person, amount) in DEALS.items()
    ]
    add_deals(session, brought, deals)


def _plan(session: Session, hr: Actor) -> None:
    plan = new_plan(session, hr, BEGIN, year=YEAR, name="")
    quantity = Decimal(FIRST_AMOUNT * len(LEADERS))
    fields = Fields("年度销售额", "扩大销售", "销售额", quantity, "CNY", strategy="三年翻番")
    add_company_goal(session, hr, BEGIN, plan, code=GOAL, fields=fields)
    for kind in ("company", "region", "team"):
        tree = load_tree(session, newest_version(session, plan), find_goal(session, plan, GOAL))
        keys = [node.key for node in tree.root.walk() if node.kind == kind]
        split_nodes(session, hr, BEGIN, tree, keys, Way("org", "headcount"), today=BEGIN.date())
