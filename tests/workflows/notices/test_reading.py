"""One's own notices: the unread first, read once, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor, add_organisation
from tests.workflows.settlement.settling import account
from workflows.access.actors import CONSOLE, Actor
from workflows.access.policy import Role
from workflows.accounts.holders import holders_of
from workflows.base.database import Database
from workflows.notices.operations import notify
from workflows.notices.reading import own_notices, read_all_notices, read_notice, unread_notices
from workflows.org.tables import Person

HOUR = timedelta(hours=1)


@pytest.fixture
def one(database: Database) -> Actor:
    with database.write() as session:
        add_organisation(session)
        ids = dict(session.execute(sa.select(Person.code, Person.id)).all())
        for hours, key in enumerate(("first", "second", "third")):
            notify(session, NOW + hours * HOUR, ids["S11"], key, "{n}", n=key)
        notify(session, NOW, ids["S12"], "first", "{n}", n="somebody else's")
        return actor(session, Role.SALESPERSON, "S11")


def listed(database: Database, who: Actor) -> list[str]:
    with database.read() as session:
        return [each.params["n"] for each in own_notices(session, who)]


def test_the_unread_come_first_and_the_latest_of_them(database: Database, one: Actor) -> None:
    assert listed(database, one) == ["third", "second", "first"]
    with database.write() as session:
        third = own_notices(session, one)[0]
        read_notice(session, one, NOW + 5 * HOUR, third.public_id)
        read_notice(session, one, NOW + 9 * HOUR, third.public_id)
        assert third.read_at == NOW + 5 * HOUR, "read once"
        assert unread_notices(session, one) == 2
    assert listed(database, one) == ["second", "first", "third"]
    with database.write() as session:
        assert read_all_notices(session, one, NOW) == 2
        assert read_all_notices(session, one, NOW) == 0
        assert unread_notices(session, one) == 0


def test_nobody_reads_another_s(database: Database, one: Actor) -> None:
    with database.write() as session:
        other = actor(session, Role.SALESPERSON, "S12")
        nobody = actor(session, Role.ADMINISTRATOR)
        mine = own_notices(session, one)[0]
        for who in (other, nobody):
            with pytest.raises(KaohengError) as caught:
                read_notice(session, who, NOW, mine.public_id)
            assert caught.value.kind is Kind.MISSING
        assert own_notices(session, nobody) == []
        assert read_all_notices(session, other, NOW) == 1
        assert unread_notices(session, one) == 3


def test_an_office_reads_its_own_and_nobody_else_s(database: Database, one: Actor) -> None:
    with database.write() as session:
        office = account(session, Role.HR, "hr", None)
        other = account(session, Role.FINANCE, "finance", None)
        for each in holders_of(session, [Role.HR, Role.FINANCE]):
            notify(session, NOW, each, "late", "{n}", n=each.username)
        assert [each.params["n"] for each in own_notices(session, office)] == ["hr"]
        assert unread_notices(session, CONSOLE) == 0, "who has no account was told nothing"
        assert read_all_notices(session, office, NOW) == 1
        assert unread_notices(session, other) == 1
        assert unread_notices(session, one) == 3
        # Whoever the account becomes, what it was told stays its own to read.
        somebody = replace(office, person_id=one.person_id)
        assert len(own_notices(session, somebody)) == 4
        acting = replace(somebody, person_id=None, own_person_id=one.person_id, on_behalf_of="x")
        assert len(own_notices(session, acting)) == 4
