"""Auditing a settled cycle: drawn, signed off or found fault with, answered, settled, logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import Played
from tests.workflows.settlement.settling import CODE, PEOPLE, Settling, account, settling
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.audits.operations import (
    CHECKS,
    answer_finding,
    check_result,
    draw_sample,
    settle_finding,
)
from workflows.audits.reading import find_audit, find_line, line_rows
from workflows.audits.tables import AuditedResult, ResultAudit
from workflows.audits.tasks import audit_tasks
from workflows.backup.unguarded import unguarded
from workflows.cycles.operations import find_cycle
from workflows.cycles.tables import Evaluation
from workflows.log.tables import LogEntry
from workflows.reviews.tables import Review

Act = Callable[[Session, AuditedResult], None]


@dataclass
class Audited:
    """An approved cycle and its auditor."""

    settling: Settling
    auditor: Actor

    def draw(self, size: int = 4, seed: str = "", strata: str = "unit_and_grade") -> str:
        with self.settling.game.database.write() as session:
            cycle = find_cycle(session, CODE)
            made = draw_sample(
                session, self.auditor, NOW, cycle, size=size, strata=strata, seed=seed
            )
            return made.public_id

    def people(self, key: str) -> list[str]:
        with self.settling.game.database.read() as session:
            return [
                line.review.person.code for line in find_audit(session, self.auditor, key).lines
            ]

    def do(self, key: str, person: str, act: Act) -> str:
        with self.settling.game.database.write() as session:
            line = find_line(find_audit(session, self.auditor, key), person)
            act(session, line)
            return line.state

    def check(self, key: str, person: str, *, sound: bool = True, note: str = "") -> str:
        return self.do(
            key,
            person,
            lambda s, line: check_result(
                s, self.auditor, NOW, line, sound=sound, checks=CHECKS, note=note
            ),
        )

    def waiting(self, who: Actor) -> list[str]:
        with self.settling.game.database.read() as session:
            found = audit_tasks(session, who, NOW)
            assert all("2026-Q2" in task.params["cycle"]["zh"] for task in found)
            assert all(CODE not in task.params["cycle"]["zh"] for task in found)
            return [task.message[-20:] for task in found]


@pytest.fixture
def world(game: Played) -> Audited:
    made = settling(game)
    made.up_to_feedback()
    with made.game.database.write() as session:
        return Audited(made, account(session, Role.AUDITOR, "second-auditor", None))


def refused(kind: Kind, code: str = ""):  # type: ignore[no-untyped-def]
    def check(error: KaohengError) -> bool:
        return error.kind is kind and code in error.faults[0].code

    return pytest.raises(KaohengError, check=check)


def test_a_sample_can_be_drawn_again_and_is_in_the_log(world: Audited) -> None:
    first = world.draw()
    with world.settling.game.database.read() as session:
        audit = find_audit(session, world.auditor, first)
        seed, population = audit.seed, audit.population
        logged = session.scalars(sa.select(LogEntry).where(LogEntry.action == "draw_sample")).one()
        assert all(line.review.public_id.encode() in logged.leaf for line in audit.lines)
        assert seed.encode() in logged.leaf
    assert (len(world.people(first)), population) == (4, len(PEOPLE))
    second = world.draw()
    assert world.people(world.draw(seed=seed)) == world.people(first)
    with world.settling.game.database.read() as session:
        assert find_audit(session, world.auditor, second).seed != seed
        before = session.scalars(sa.select(Review.public_id)).all()
        assert set(before), "an audit draws from the reviews and adds none"


def test_each_line_is_signed_off_once_and_nothing_of_the_result_changes(world: Audited) -> None:
    key = world.draw()
    person, *others = world.people(key)
    with world.settling.game.database.read() as session:
        before = [
            (each.id, each.version, each.total) for each in session.scalars(sa.select(Review))
        ]
    with refused(Kind.INVALID, "not_looked_at"):
        world.do(
            key,
            person,
            lambda s, line: check_result(
                s, world.auditor, NOW, line, sound=True, checks=["replay"]
            ),
        )
    assert world.check(key, person) == "sound"
    with refused(Kind.CONFLICT):
        world.check(key, person)
    with world.settling.game.database.read() as session:
        after = [(each.id, each.version, each.total) for each in session.scalars(sa.select(Review))]
        assert after == before
        rows = line_rows(find_audit(session, world.auditor, key))
        found = {str(row["person"]): (row["state"], row["replayed"]) for row in rows}
        assert found[person] == ("sound", True)
        assert {found[each] for each in others} == {("open", None)}


def test_a_result_that_does_not_compute_again_is_not_signed_off(world: Audited) -> None:
    key = world.draw(size=len(PEOPLE))
    with world.settling.game.database.write() as session:
        final = session.scalars(sa.select(Evaluation).where(Evaluation.stage == "final")).one()
        outputs = final.outputs.replace(b'"total":"42"', b'"total":"43"')
        assert outputs != final.outputs
        with unguarded(session.connection()):
            session.execute(
                sa.update(Evaluation).where(Evaluation.id == final.id).values(outputs=outputs)
            )
    with refused(Kind.INVALID, "differs"):
        world.check(key, "S12")
    assert world.check(key, "S11") == "sound", "what is of others computes again"
    assert world.check(key, "S12", sound=False, note="重算不一致") == "finding"
    with world.settling.game.database.read() as session:
        line = find_line(find_audit(session, world.auditor, key), "S12")
        assert line.replayed is False


def test_a_finding_is_answered_and_settled_by_different_people(world: Audited) -> None:
    key = world.draw()
    person = world.people(key)[0]
    with refused(Kind.INVALID, "words"):
        world.check(key, person, sound=False)
    world.check(key, person, sound=False, note="合同金额与发票不符")
    hr = world.settling.hr
    assert world.waiting(hr) == ["s wait for an answer"]

    def answer(session: Session, line: AuditedResult) -> None:
        answer_finding(session, hr, NOW, line, answer="已更正记录")

    def settle(session: Session, line: AuditedResult, *, settled: bool) -> None:
        settle_finding(session, world.auditor, NOW, line, settled=settled, note="发票还没有")

    assert world.do(key, person, answer) == "answered"
    assert world.do(key, person, lambda s, line: settle(s, line, settled=False)) == "finding"
    assert world.do(key, person, answer) == "answered"
    assert world.do(key, person, lambda s, line: settle(s, line, settled=True)) == "settled"
    assert world.waiting(hr) == []
    with world.settling.game.database.read() as session:
        actions = session.scalars(
            sa.select(LogEntry.action).where(LogEntry.action.endswith("_finding"))
        ).all()
        assert actions == ["answer_finding", "settle_finding"] * 2


def test_who_may_not(world: Audited) -> None:
    key = world.draw()
    person = world.people(key)[0]
    hr, own = world.settling.hr, world.settling.people[person]
    for who in (hr, world.settling.finance, own):
        with refused(Kind.DENIED):
            world.do(
                key,
                person,
                lambda s, line, who=who: check_result(s, who, NOW, line, sound=True, checks=CHECKS),
            )
    with world.settling.game.database.write() as session:
        same = account(session, Role.AUDITOR, "own-auditor", person)
        line = find_line(find_audit(session, same, key), person)
        with refused(Kind.DENIED):
            check_result(session, same, NOW, line, sound=True, checks=CHECKS)
    with world.settling.game.database.read() as session:
        with refused(Kind.DENIED):
            find_audit(session, own, key)
        with refused(Kind.DENIED):
            draw_sample(session, hr, NOW, find_cycle(session, CODE), size=3)


def test_what_cannot_be_drawn(game: Played) -> None:
    made = settling(game)
    made.up_to_approval()
    with made.game.database.write() as session:
        auditor = account(session, Role.AUDITOR, "second-auditor", None)
    world = Audited(made, auditor)
    with refused(Kind.CONFLICT):
        world.draw()
    for size, strata in ((0, "unit"), (501, "unit"), (3, "colour")):
        with refused(Kind.INVALID):
            world.draw(size, strata=strata)
    with made.game.database.read() as session:
        assert session.scalars(sa.select(ResultAudit)).all() == []
