"""What is read of the log: a proof that others' tools understand, and values while keys exist."""

from __future__ import annotations

from base64 import b64decode

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from tests.organisation import NOW
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log import signing, values
from workflows.log.append import append
from workflows.log.checkpoint import open_checkpoint
from workflows.log.merkle import leaf_hash, verify_inclusion
from workflows.log.reading import inclusion, personal_values
from workflows.log.snapshot import snapshot
from workflows.log.tables import LogEntry

AUDITOR = Actor("auditor", (RoleHeld(Role.AUDITOR),))
HR = Actor("hr", (RoleHeld(Role.HR),))


def fill(database: Database, entries: int) -> None:
    with database.write() as session:
        for number in range(entries):
            append(
                session,
                action="test",
                actor="a",
                subject=("person", f"p{number}"),
                at=NOW,
                personal={"grade": f"grade {number}"},
            )


@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_proof_leads_from_the_leaf_to_the_signed_root(
    database: Database, keyring: Keyring, size: int
) -> None:
    fill(database, size)
    with snapshot(database) as session:
        leaves = session.scalars(sa.select(LogEntry.leaf).order_by(LogEntry.seq)).all()
        for seq, leaf in enumerate(leaves):
            header, index, *rest = inclusion(session, AUDITOR, seq).text.split("\n")
            gap = rest.index("")
            path = [b64decode(line) for line in rest[:gap]]
            signed = open_checkpoint("\n".join(rest[gap + 1 :]), signing.verifiers(keyring))
            assert (header, index) == ("c2sp.org/tlog-proof@v1", f"index {seq}")
            assert verify_inclusion(leaf_hash(leaf), seq, signed.size, path, signed.root)
            assert not verify_inclusion(leaf_hash(leaf + b" "), seq, size, path, signed.root)


def test_personal_values_are_read_until_they_are_erased(
    database: Database, keyring: Keyring
) -> None:
    fill(database, 2)
    values.erase(keyring, "p1", at=NOW)
    with snapshot(database) as session:
        first, second = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq))
        opened = personal_values(session, AUDITOR, first)["grade"]
        assert (opened.state, opened.value) == (values.State.READABLE, "grade 0")
        opened = personal_values(session, AUDITOR, second)["grade"]
        assert (opened.state, opened.value) == (values.State.ERASED, None)


def test_only_an_auditor_reads_them(database: Database) -> None:
    fill(database, 1)
    with snapshot(database) as session:
        entry = session.scalars(sa.select(LogEntry)).one()
        with pytest.raises(KaohengError):
            personal_values(session, HR, entry)
        with pytest.raises(KaohengError):
            inclusion(session, HR, 0)
