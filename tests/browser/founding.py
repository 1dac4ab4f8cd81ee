"""The people of a small company, their accounts and deals, before its review year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from tests.played import Deal, add_deals
from tests.workflows.cycles.whole import publish
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.org.tables import Membership, Person, Unit
from workflows.sources.tables import SourceImport

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
POLICY_FILE = Path(__file__).parent / "year.yaml"
PASSWORD = "correct horse 电池"
# unit: (above, kind, name, manager, members)
UNITS = {
    "yunling": (None, "company", "云岭科技", None, ()),
    "east": ("yunling", "region", "华东大区", "R1", ()),
    "suzhou": ("east", "team", "苏州组", "M1", ("S11", "S12", "S13", "S14", "S15", "S16")),
    "nanjing": ("east", "team", "南京组", "M2", ("S21", "S22")),
}
NAMES = {
    "R1": "何建国",
    "M1": "周敏",
    "M2": "吴强",
    "S11": "陈思远",
    "S12": "李晓雨",
    "S13": "王子轩",
    "S14": "赵欣怡",
    "S15": "孙浩然",
    "S16": "钱多多",
    "S21": "郑一鸣",
    "S22": "冯雅琴",
}
PEOPLE = tuple(code for code in NAMES if code.startswith("S"))
TEAM = UNITS["suzhou"][4]
OFFICES = {
    "hr": Role.HR,
    "hr2": Role.HR,
    "finance": Role.FINANCE,
    "director": Role.SALES_DIRECTOR,
    "auditor": Role.AUDITOR,
}


def found(session: Session) -> None:
    """Add the units with their people, an account for each and the offices, and the deals."""
    units: dict[str, Unit] = {}
    for code, (above, kind, name, manager, members) in UNITS.items():
        unit = Unit(code=code, name=name, kind=kind, parent=units.get(above or ""))
        units[code] = unit
        session.add(unit)
        for role, whom in (("manager", [manager] if manager else []), ("member", members)):
            session.add_all(_membership(person, unit, role) for person in whom)
    session.flush()
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for username, role in OFFICES.items():
        session.add(_account(username, role, hashed))
    for code in NAMES:
        role = Role.SALESPERSON if code in PEOPLE else Role.MANAGER
        session.add(_account(code.lower(), role, hashed, person_of(session, code)))
    publish(session, POLICY_FILE.read_text(encoding="utf-8"))
    _deals(session)


def _deals(session: Session) -> None:
    brought = SourceImport(
        public_id="crm", source="crm", state="done", files=[], counts={}, started_at=NOW
    )
    session.add(brought)
    session.flush()
    deals = [
        Deal(f"{code}-{number}", code, amount=40_000 + 5_000 * place, closed=date(2026, month, 15))
        for place, code in enumerate(PEOPLE, 1)
        for number, month in enumerate((1, 2), 1)
    ]
    add_deals(session, brought, deals)


def _membership(code: str, unit: Unit, role: str) -> Membership:
    person = Person(code=code, name=NAMES[code], public_id=f"id-{code}")
    return Membership(person=person, unit=unit, role=role, valid_from=date(2020, 1, 1))


def _account(username: str, role: Role, hashed: str, person: Person | None = None) -> Account:
    return Account(
        public_id=f"account-{username}",
        username=username,
        password=hashed,
        active=True,
        fs_uniquifier=f"account-{username}",
        person_id=person.id if person else None,
        created_at=NOW,
        roles=[AccountRole(role=role.value)],
    )


def person_of(session: Session, code: str) -> Person:
    return session.scalars(sa.select(Person).where(Person.code == code)).one()
