"""A notice is told once for each key."""

from __future__ import annotations

import sqlalchemy as sa

from tests.organisation import NOW, add_organisation
from tests.workflows.notices.telling import told
from tests.workflows.settlement.settling import account
from workflows.access.policy import Role
from workflows.accounts.holders import holders_of
from workflows.accounts.tables import Account
from workflows.base.database import Database
from workflows.notices.operations import notify
from workflows.notices.tables import Notice
from workflows.org.tables import Person


def test_the_same_key_is_the_same_notice(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        somebody, other = session.scalars(sa.select(Person.id).order_by(Person.code).limit(2))
        for person in (somebody, somebody, other):
            notify(session, NOW, person, "a key", "Something happened to {what}.", what="it")
    with database.read() as session:
        kept = session.scalars(sa.select(Notice).order_by(Notice.id)).all()
        assert [notice.person_id for notice in kept] == [somebody, other]
        assert kept[0].params == {"what": "it"}


def test_an_account_is_told_as_its_person_and_for_itself_where_it_is_nobody_s(
    database: Database,
) -> None:
    with database.write() as session:
        add_organisation(session)
        account(session, Role.HR, "office", None)
        account(session, Role.HR, "somebody", "M1")
        account(session, Role.HR, "somebody-else", "M1")
        account(session, Role.FINANCE, "finance", None)
        account(session, Role.HR, "gone", None)
        session.execute(sa.update(Account).where(Account.username == "gone").values(active=False))
        for _ in range(2):
            for each in holders_of(session, [Role.HR]):
                notify(session, NOW, each, "a key", "Something happened.")
    with database.read() as session:
        assert told(session, "a key") == ["office", "M1"]
