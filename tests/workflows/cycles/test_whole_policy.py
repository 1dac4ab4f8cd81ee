"""A policy of many constructs, from the records to the ledger, and run again after a return."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor
from tests.played import Played, correct_deal
from tests.workflows.cycles.whole import (
    CODE,
    FIGURES,
    PEOPLE,
    Whole,
    reviewed,
    whole,
)
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.cycles.evaluation import TRIAL, evaluation_of
from workflows.cycles.facts import facts_of
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.scored import scored
from workflows.cycles.sealing import close_cycle, replay_cycle
from workflows.cycles.tables import Evaluation, Rerun
from workflows.figures.reading import figure_rows
from workflows.incentives.proposals import decide_proposal, proposal_rows
from workflows.incentives.tables import Proposal
from workflows.log.tables import LogEntry
from workflows.reviews.evidence import evidence_of
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.reading import find_review

LATER = date(2027, 1, 1)  # six months after the quarter


@pytest.fixture
def company(game: Played) -> Whole:
    return whole(game)


def refused(kind: Kind, code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError, check=lambda error: (error.kind, error.faults[0].code) == (kind, code)
    )


def test_from_the_records_to_the_ledger(company: Whole) -> None:
    company.up_to_approved()
    with company.database.read() as session:
        found = reviewed(session)
        trial = evaluation_of(session, find_cycle(session, CODE), TRIAL)
        rows = [json.loads(line) for line in trial.inputs.decode().splitlines()]
    # S12: 45 days at 60.67 points, 46 at 150; S13: 30 days of 91 at 121.33; S33 was there 4 days.
    assert {code: found[code] for code in ("S11", "S12", "S13", "S22", "S33")} == {
        "S11": (Decimal("102.40"), "A"),
        "S12": (Decimal("93.89"), "A"),
        "S13": (Decimal("103.20"), "A"),
        "S22": (Decimal("30.40"), "C"),
        "S33": (None, None),
    }
    moved = [row for row in rows if row["person"] == "S12"]
    assert [(r["segment"], r["team"], r["days_in_post"], r["revenue"]) for r in moved] == [
        ("2026-04-01", "east-1", "45", "30000"),
        ("2026-05-16", "east-2", "46", "80000"),
    ]
    assert [row["so_far"] for row in moved] == ["30000", "110000"]
    assert company.ledger("S11", "S21", "S22", "S33") == [
        ("S11", "commission", 252_000, None),
        ("S11", "commission", 108_000, LATER),
        ("S11", "bonus", 200_000, None),
        ("S11", "honour", None, None),
        ("S21", "commission", 105_000, None),
        ("S21", "commission", 45_000, LATER),
        ("S21", "deduction", -160_000, None),
    ]


def test_what_was_returned_is_posted_today_to_the_cent_and_once(company: Whole) -> None:
    company.up_to_approved()
    with company.database.write() as session:
        close_cycle(session, company.hr, NOW, find_cycle(session, CODE))
    before = company.ledger()
    assert company.rerun().entries == 0
    with company.database.write() as session:
        correct_deal(session, "2026-0", "89999.50")
    assert company.rerun().entries == 4
    # 3% of 89,999.50 is 2,699.985: 1,889.99 now and 810.00 later; the A is a calibrated one.
    assert company.ledger()[len(before) :] == [
        ("S11", "commission", -63_001, None),
        ("S11", "commission", -27_000, LATER),
        ("S11", "honour", None, None),
        ("S12", "honour", None, None),
    ]
    assert company.ledger()[: len(before)] == before
    assert company.rerun().entries == 0
    with company.database.read() as session:
        assert replay_cycle(session, company.hr, find_cycle(session, CODE)) == []
        assert session.scalar(sa.select(sa.func.count()).select_from(Evaluation)) == 2
        reruns = session.scalars(sa.select(Rerun).order_by(Rerun.seq)).all()
        assert [each.seq for each in reruns] == [1, 2, 3]
        logged = session.scalars(sa.select(LogEntry).where(LogEntry.action == "rerun_cycle")).all()
        assert len(logged) == 3
    with company.database.write() as session:
        correct_deal(session, "2026-0", "120000")
    company.rerun("退货撤销")
    with company.database.read() as session:
        sums = dict.fromkeys(("S11", "S12"), 0)
    for person, _, amount, _ in company.ledger(*sums):
        sums[str(person)] += int(str(amount or 0))
    assert sums == {"S11": 560_000, "S12": 530_000}


def test_a_rerun_needs_an_approval_a_reason_and_the_right(company: Whole) -> None:
    company.open()
    with refused(Kind.CONFLICT, "cycles.not_in_state"):
        company.rerun()
    with refused(Kind.INVALID, "cycles.reason_needed"):
        company.rerun("  ")
    company.game.actors[Role.FINANCE] = company.hr
    with refused(Kind.DENIED, "access.denied"):
        company.rerun()


def test_a_later_cycle_knows_what_was_paid(company: Whole) -> None:
    company.up_to_approved()
    with company.database.write() as session:
        correct_deal(session, "2026-0", "89999.50")
    company.rerun()
    company.open("2026-Q3")
    with company.database.read() as session:
        cycle = find_cycle(session, "whole@2026-Q3")
        facts = facts_of(session, cycle, policy_of(cycle)).frame
        paid = dict(zip(facts["person"], facts["paid"], strict=True))
        assert (paid["S11"], paid["S22"]) == (Decimal("2699.99"), 0)
        assert set(facts["date"]) == {"2026-07-01"}
        assert "S33" not in paid
        own = find_cycle(session, CODE)
        assert set(facts_of(session, own, policy_of(own)).frame["paid"]) == {0}


def test_the_lock_names_whom_and_what_is_missing_and_pages_show_the_others(
    company: Whole,
) -> None:
    company.open()
    company.give({person: FIGURES[person] for person in PEOPLE if person != "S31"})
    company.give({"S31": {"market": "1"}})
    company.move("agree")
    with company.database.read() as session:
        rows = scored(session, find_cycle(session, CODE)).rows
        assert (rows["S31"]["state"], rows["S11"]["total"]) == ("pending", Decimal("102.40"))
    with pytest.raises(KaohengError) as refusal:
        company.lock()
    assert {(fault.params["person"], fault.params["column"]) for fault in refusal.value.faults} == {
        ("S31", "city"),
        ("S31", "wage"),
        ("S31", "sharing.manager"),
        ("S31", "sharing.peers"),
    }


def test_the_records_behind_a_figure_are_those_of_its_segments(company: Whole) -> None:
    company.open()
    company.give(FIGURES)
    with company.database.read() as session:
        cycle = find_cycle(session, CODE)
        scope = scored(session, cycle)
        for review in reviews_of(session, cycle):
            for measure in ("revenue", "so_far"):
                evidence = evidence_of(session, review, scope, measure)
                assert evidence.sum == evidence.figure, (review.person.code, measure)
        moved = evidence_of(session, find_review(session, cycle, "S12"), scope, "revenue")
        assert [line.day for line in moved.lines] == [date(2026, 4, 20), date(2026, 6, 1)]


@pytest.mark.parametrize(
    ("figures", "code", "line"),
    [
        ({"S11": {"city": "beijing"}, "S12": {"city": "paris"}}, "facts.label", 3),
        ({"S11": {"market": "2.5"}}, "facts.range", 2),
        ({"S11": {"wage": "much"}}, "facts.number", 2),
        ({"S11": {"sharing.manager": "101"}}, "facts.range", 2),
        ({"S99": {"wage": "1"}}, "figures.nobody", 2),
        ({"S11": {"revenue": "1"}}, "facts.unknown_column", 1),
        ({"S11": {"paid": "1"}}, "facts.unknown_column", 1),
    ],
)
def test_a_figure_that_does_not_fit_is_refused_with_its_line(
    company: Whole, figures: dict[str, dict[str, str]], code: str, line: int
) -> None:
    company.open()
    with pytest.raises(KaohengError) as refusal:
        company.give(figures)
    (fault,) = refusal.value.faults
    assert (fault.code, fault.place.file, fault.place.line) == (code, "figures.csv", line)


def test_a_later_figure_replaces_an_earlier_one_until_it_is_too_late(company: Whole) -> None:
    company.open()
    assert company.give({"S11": {"market": "1.50", "wage": "7000"}})["given"] == 2
    assert company.give({"S11": {"market": "1.5", "wage": "7500"}}) == {"given": 1, "unchanged": 1}
    company.give({person: FIGURES[person] for person in PEOPLE})
    with company.database.read() as session:
        rows = figure_rows(session, company.hr, find_cycle(session, CODE))
        own = {row["figure"]: row["value"] for row in rows if row["person"] == "S11"}
        assert (own["market"], own["wage"]) == ("1.5", "8000")
        logged = sa.select(sa.func.count()).where(LogEntry.action == "give_figures")
        assert session.scalar(logged) == 3
    company.move("agree")
    with refused(Kind.CONFLICT, "figures.fixed"):
        company.give({"S11": {"market": "1.6"}})
    company.give({"S11": {"market": "1.5", "wage": "8100"}})
    company.lock()
    with refused(Kind.CONFLICT, "figures.data_locked"):
        company.give({"S11": {"wage": "8200"}})


def test_discipline_waits_for_a_person(company: Whole) -> None:
    company.up_to_approved()
    with company.database.read() as session:
        rows = proposal_rows(session, company.hr, find_cycle(session, CODE))
        # S33 sold nothing either, and is protected.
        assert [(row["person"], row["kind"], row["state"]) for row in rows] == [
            ("S22", "discipline", "open")
        ]
    with refused(Kind.INVALID, "proposals.reason_needed"):
        decide(company, accept=True, reason=" ")
    with company.database.read() as session:
        concerned = actor(session, Role.SALES_DIRECTOR, "S22")
    for who, code in ((concerned, "access.oneself"), (company.finance, "access.denied")):
        with refused(Kind.DENIED, code):
            decide(company, accept=False, reason="我不同意", who=who)
    decide(company, accept=True, reason="连续两季无业绩")
    assert company.ledger("S22") == [("S22", "discipline", None, None)]
    with refused(Kind.CONFLICT, "proposals.decided_already"):
        decide(company, accept=False, reason="再议")
    assert company.rerun().entries == 0


def decide(company: Whole, *, accept: bool, reason: str, who: Actor | None = None) -> None:
    with company.database.write() as session:
        proposal = session.scalars(sa.select(Proposal)).one()
        decide_proposal(session, who or company.hr, NOW, proposal, accept=accept, reason=reason)
