"""A notice is told once for each key."""

from __future__ import annotations

import sqlalchemy as sa

from tests.organisation import NOW, add_organisation
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
        told = session.scalars(sa.select(Notice).order_by(Notice.id)).all()
        assert [notice.person_id for notice in told] == [somebody, other]
        assert told[0].params == {"what": "it"}
