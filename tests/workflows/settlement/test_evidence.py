"""Files attached to an appeal: by whom, until when, read by whom, and never lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.workflows.notices.telling import told
from tests.workflows.settlement.settling import Settling, account
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.appeals.attaching import MOST_OF_AN_APPEAL, attach_evidence
from workflows.appeals.evidence import files_of, find_evidence
from workflows.appeals.operations import (
    accept_appeal,
    assign_appeal,
    reject_appeal,
    submit_appeal,
)
from workflows.appeals.steps import steps_of
from workflows.appeals.tables import Appeal, AppealFile
from workflows.consultation.files import Attachment
from workflows.log.tables import LogEntry

FILE = Attachment("合同.pdf", "application/pdf", b"%PDF-1")


def refused(kind: Kind):  # type: ignore[no-untyped-def]
    return pytest.raises(KaohengError, check=lambda error: error.kind is kind)


def attach(
    world: Settling, number: int, who: Actor, *files: Attachment, note: str = "客户盖章"
) -> None:
    world.step(number, lambda s, a: attach_evidence(s, who, NOW, a, files or (FILE,), note=note))


def assigned(world: Settling) -> int:
    world.up_to_feedback()
    number = world.appeal("S12")
    world.step(
        number,
        lambda s, a: assign_appeal(
            s, world.hr, NOW, a, handler=world.handler.public_id, seen=a.version
        ),
    )
    return number


def test_both_sides_attach_and_the_other_is_told(world: Settling) -> None:
    number = assigned(world)
    before = world.step(number, lambda _, a: a.version)
    attach(world, number, world.people["S12"])
    attach(world, number, world.handler, note="")
    with world.game.database.read() as session:
        appeal = session.get_one(Appeal, number)
        assert appeal.version == before + 2, "whoever saw it without the files looks again"
        assert [each.account.public_id for each in files_of(session, appeal)] == [
            world.people["S12"].public_id,
            world.handler.public_id,
        ]
        said = [step.text for step in steps_of(session, appeal) if step.step == "attached"]
        assert said == ["客户盖章\n合同.pdf", "合同.pdf"]
        assert told(session, "attached") == ["handler", "S12"]
        logged = session.scalars(
            sa.select(LogEntry).where(LogEntry.action == "attach_evidence").order_by(LogEntry.seq)
        ).all()
        assert all(FILE.sha256.encode() in each.leaf for each in logged)
        assert all("合同".encode() not in each.leaf for each in logged)


def test_files_come_with_the_appeal_itself(world: Settling) -> None:
    world.up_to_feedback()
    world.do(
        lambda s, _: submit_appeal(
            s,
            world.people["S12"],
            NOW,
            world.review(s, "S12"),
            names=("total",),
            reason="漏单",
            files=(FILE, FILE),
        )
    )
    with world.game.database.read() as session:
        assert len(files_of(session, session.scalars(sa.select(Appeal)).one())) == 2


def test_who_may_not_attach_and_who_may_not_read(world: Settling) -> None:
    number = assigned(world)
    attach(world, number, world.people["S12"])
    with world.game.database.write() as session:
        manager = account(session, Role.MANAGER, "m1", "M1")
    for who in (world.people["S11"], world.hr, world.finance, manager):
        with refused(Kind.DENIED):
            attach(world, number, who)
    with world.game.database.read() as session:
        key = session.get_one(Appeal, number).public_id
        kept = session.scalars(sa.select(AppealFile)).one()
        for who in (world.people["S12"], world.handler, world.finance):
            assert find_evidence(session, who, key, kept.id).content == FILE.content
        for who in (world.people["S11"], manager):
            with refused(Kind.MISSING):
                find_evidence(session, who, key, kept.id)
        with refused(Kind.MISSING):
            find_evidence(session, world.hr, key, kept.id + 1)


def test_nothing_is_attached_to_an_appeal_that_has_its_answer(world: Settling) -> None:
    number = assigned(world)
    world.step(number, lambda s, a: accept_appeal(s, world.handler, NOW, a, seen=a.version))
    attach(world, number, world.handler)
    world.step(
        number,
        lambda s, a: reject_appeal(s, world.handler, NOW, a, answer="已核实", seen=a.version),
    )
    for who in (world.people["S12"], world.handler):
        with refused(Kind.CONFLICT):
            attach(world, number, who)


def test_no_file_and_too_many_are_refused_and_none_is_ever_changed(world: Settling) -> None:
    number = assigned(world)
    own = world.people["S12"]
    with refused(Kind.INVALID):
        world.step(number, lambda s, a: attach_evidence(s, own, NOW, a, ()))
    attach(world, number, own, *[FILE] * MOST_OF_AN_APPEAL)
    with refused(Kind.INVALID):
        attach(world, number, own)
    for change in (sa.update(AppealFile).values(name="x"), sa.delete(AppealFile)):
        with pytest.raises(sa.exc.DBAPIError), world.game.database.write() as session:
            session.execute(change)
