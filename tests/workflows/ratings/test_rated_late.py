"""Whoever was held back is rated after the others' approval, and nobody else is touched by it."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from tests.evaluated import CODE, PEOPLE, Evaluated, evaluated, filled
from tests.organisation import NOW
from tests.played import Played
from tests.workflows.cycles.whole import reviewed
from workflows.access.policy import Role
from workflows.appeals.tables import Appeal
from workflows.calibration.operations import calibrate_review
from workflows.closing.holding import hold_review, release_review
from workflows.closing.late import approve_late
from workflows.cycles.approval import approve_cycle
from workflows.cycles.evaluation import FINAL, RATED, evaluation_of
from workflows.cycles.operations import find_cycle
from workflows.cycles.scored import scored, scored_for
from workflows.cycles.sealing import replay_cycle
from workflows.cycles.tables import Evaluation, Rerun
from workflows.incentives.tables import LedgerEntry
from workflows.jobs.service import Jobs
from workflows.ratings.finishing import send_back
from workflows.ratings.tasks import rating_tasks

OTHERS = tuple(person for person in PEOPLE if person != "S11")
LEADERS = {"S12": "M1", "S21": "M2", "S22": "M2", "S31": "M3", "S32": "M3", "S33": "M3"}


@pytest.fixture
def company(game: Played) -> Evaluated:
    """The cycle approved for all but S11, who is held back and not rated yet."""
    company = evaluated(game)
    company.up_to_ratings()
    for person, leader in LEADERS.items():
        company.give(leader, "boss", filled("85"), person)
        company.finish(person, by=leader)
    company.move("rate", *OTHERS)
    company.move("submit", *OTHERS)
    with company.database.write() as session:
        _, _, review = company.of(session)
        hold_review(session, company.hr, NOW, review, reason="申诉未了")
    with company.database.write() as session:
        job = approve_cycle(session, game.actors[Role.FINANCE], NOW, find_cycle(session, CODE))
    assert job
    Jobs(game.settings, game.database).finish(job)
    return company


def test_somebody_held_back_is_rated_graded_and_approved_late(company: Evaluated) -> None:
    kept, before = everything(company), results(company)
    with company.database.read() as session:
        leader = company.who(session, "M1")
        assert "Rate {count} people for {cycle}" in {
            each.message for each in rating_tasks(session, leader, NOW)
        }
    company.give("M1", "boss", filled("100", case="签下两家", advice="带一带新人"))
    company.finish("S11")
    after = results(company)
    # 80 of their sales and 100 of their ratings: 60% and 40%.
    assert after.pop("S11") == (Decimal("88.00"), "B")
    assert before.pop("S11") == (Decimal("80.00"), "B")
    assert after == before
    assert everything(company) == kept
    with company.database.read() as session:
        cycle, _, review = company.of(session)
        assert scored_for(session, [review]).rows["S11"]["total"] == Decimal("88")
        assert scored(session, cycle).rows["S11"]["total"] == Decimal("80")
        assert scored_for(session, [company.of(session, "S12")[2]]) is scored(session, cycle)
    company.move("rate", "S11")
    with company.database.write() as session:
        _, policy, review = company.of(session)
        calibrate_review(
            session, company.hr, NOW, review, policy, grade="A", reason="签下最大的一单"
        )
    company.move("submit", "S11")
    approve_released(company)
    assert results(company) == {**before, "S11": (Decimal("88.00"), "B")}
    with company.database.read() as session:
        cycle, _, review = company.of(session)
        assert review.stage == "closed"
        rerun = session.scalars(sa.select(Rerun)).one()
        assert b'"sharing.boss":"100"' in rerun.inputs
        assert scored(session, cycle).rows["S11"]["total"] == Decimal("88")
        assert scored_for(session, [review]) is scored(session, cycle)
        assert replay_cycle(session, company.hr, cycle) == []


def test_what_was_finished_late_can_be_sent_back_and_finished_anew(company: Evaluated) -> None:
    company.give("M1", "boss", filled("80"))
    company.finish("S11")
    with company.database.write() as session:
        _, policy, review = company.of(session)
        send_back(session, company.who(session, "M1"), NOW, review, policy, "漏看一单")
    company.give("M1", "boss", filled("70"))
    company.finish("S11")
    # 80 of their sales and 70 of their ratings.
    assert results(company)["S11"] == (Decimal("76.00"), "B")


def test_ratings_are_not_finished_once_ones_own_results_are_approved(company: Evaluated) -> None:
    with company.database.write() as session:
        _, policy, review = company.of(session, "S12")
        # As a policy would have it that leads back from the approval to the evaluation.
        review.stage = "assessing"
        send_back(session, company.who(session, "M1"), NOW, review, policy, "漏看一单")
    company.give("M1", "boss", filled("70"), "S12")
    with pytest.raises(KaohengError) as refused:
        company.finish("S12")
    assert [each.code for each in refused.value.faults] == ["ratings.results_approved"]


def approve_released(company: Evaluated) -> None:
    with company.database.write() as session:
        cycle, _, review = company.of(session)
        release_review(session, company.hr, NOW, review, reason="已了")
        late = approve_late(session, company.game.actors[Role.FINANCE], NOW, cycle)
        assert late.people == ("S11",)


def results(company: Evaluated) -> dict[str, tuple[Decimal | None, str | None]]:
    with company.database.read() as session:
        return reviewed(session, CODE)


def everything(company: Evaluated) -> list[object]:
    """Return all that the approval of the others rests on, and what it gave."""
    with company.database.read() as session:
        cycle = find_cycle(session, CODE)
        return [
            *(evaluation_of(session, cycle, stage).digests for stage in (RATED, FINAL)),
            *(
                session.scalar(sa.select(sa.func.count(of.id)))
                for of in (Evaluation, Rerun, Appeal)
            ),
            sorted(entry.person.code for entry in session.scalars(sa.select(LedgerEntry))),
        ]
