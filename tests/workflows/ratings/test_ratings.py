"""Ratings from the question to the score: who may, what a form needs, and what comes of it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from engine.policies import load
from tests.evaluated import CODE, POLICY, Evaluated, evaluated, filled, rating
from tests.organisation import NOW
from tests.played import Played
from tests.workflows.cycles.whole import publish, reviewed
from workflows.access.policy import Role
from workflows.cycles.approval import approve_cycle
from workflows.cycles.evaluation import FINAL, RATED, TRIAL, evaluation_of
from workflows.cycles.foresight import would_grant
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle
from workflows.cycles.scored import scored
from workflows.cycles.sealing import close_cycle, replay_cycle
from workflows.cycles.tables import Evaluation
from workflows.figures.operations import give_figures
from workflows.jobs.service import Jobs
from workflows.ratings.asking import answer_peer, ask_peers
from workflows.ratings.customers import enter_customer, import_customers
from workflows.ratings.finishing import send_back
from workflows.ratings.forms import faults_of
from workflows.ratings.giving import save_answers
from workflows.ratings.reading import rating_rows, result_shown
from workflows.ratings.tables import RatingRequest, RatingResult
from workflows.reviews.tables import Review


@pytest.fixture
def company(game: Played) -> Evaluated:
    return evaluated(game)


def refused(kind: Kind, *codes: str):  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError,
        check=lambda error: (error.kind, [each.code for each in error.faults]) == (kind, [*codes]),
    )


def rate_everybody(company: Evaluated, points: str = "80") -> None:
    for manager, people in {
        "M1": ("S11", "S12"),
        "M2": ("S21", "S22"),
        "M3": ("S31", "S32", "S33"),
    }.items():
        for person in people:
            company.give(manager, "boss", filled(points), person)


def test_ratings_become_the_score_and_the_cycle_replays(company: Evaluated) -> None:
    company.up_to_ratings()
    with company.database.read() as session:
        before = reviewed(session, CODE)
    # 80,000 of 100,000 and nobody rated: only the measured KPI counts so far.
    assert before["S11"] == (Decimal("80.00"), "B")
    company.give("S11", "self", filled("88", "sharing"))
    company.ask("S12", "S21", "S22")
    for peer, points in (("S12", "70"), ("S21", "75"), ("S22", "80.5")):
        company.give(peer, "peers", filled(points, "sharing"))
    rate_everybody(company)
    company.finish("S11", "S12")
    company.finish("S21", "S22", by="M2")
    company.finish("S31", "S32", "S33", by="M3")
    with company.database.read() as session:
        cycle, _, _ = company.of(session)
        rated = json.loads(evaluation_of(session, cycle, RATED).inputs.splitlines()[0])
        assert (rated["sharing.self"], rated["sharing.boss"]) == ("88", "80")
        assert rated["sharing.peers"] == "75.1667"  # 225.5 of three, half up to four places
        row = scored(session, cycle).rows["S11"]
        # 10% of 88, 60% of 80 and 30% of 75.1667
        assert row["sharing.points"] == Decimal("79.35")
        assert row["service.points"] == Decimal("80.00")
        assert reviewed(session, CODE)["S11"] == (row["total"], row["grade"])
        assert row["total"] == Decimal("79.87")
        trial = json.loads(evaluation_of(session, cycle, TRIAL).inputs.splitlines()[0])
        assert trial["sharing.boss"] is None
    company.move("rate")
    company.move("submit")
    with company.database.write() as session:
        finance = company.game.actors[Role.FINANCE]
        job = approve_cycle(session, finance, NOW, find_cycle(session, CODE))
    assert job
    Jobs(company.game.settings, company.database).finish(job)
    with company.database.write() as session:
        close_cycle(session, company.hr, NOW, find_cycle(session, CODE))
    with company.database.read() as session:
        cycle = find_cycle(session, CODE)
        assert replay_cycle(session, company.hr, cycle) == []
        final = json.loads(evaluation_of(session, cycle, FINAL).inputs.splitlines()[0])
        assert final["sharing.peers"] == "75.1667"


def test_what_was_rated_is_held_to_when_the_cycle_is_sealed(company: Evaluated) -> None:
    company.up_to_ratings()
    rate_everybody(company)
    company.finish("S11", "S12")
    company.finish("S21", "S22", by="M2")
    company.finish("S31", "S32", "S33", by="M3")
    company.move("rate")
    company.move("submit")
    with company.database.write() as session:
        finance = company.game.actors[Role.FINANCE]
        job = approve_cycle(session, finance, NOW, find_cycle(session, CODE))
    assert job
    Jobs(company.game.settings, company.database).finish(job)
    with company.database.write() as session:
        kept = evaluation_of(session, find_cycle(session, CODE), RATED)
        outputs = kept.outputs.replace(b'"sharing.points":"80"', b'"sharing.points":"81"')
        assert outputs != kept.outputs
        session.execute(
            sa.update(Evaluation).where(Evaluation.id == kept.id).values(outputs=outputs)
        )
    with company.database.read() as session:
        found = replay_cycle(session, company.hr, find_cycle(session, CODE))
    assert ("rated", "outputs") in {(each.stage, each.part) for each in found}


def test_only_whoever_it_belongs_to_gives_a_rating(company: Evaluated) -> None:
    company.up_to_ratings()
    company.ask("S12")
    for by, kind in (
        ("S12", "self"),
        ("S12", "boss"),
        ("S11", "boss"),
        ("S11", "peers"),
        ("S21", "peers"),
        ("M2", "boss"),
        ("M1", "self"),
        ("M1", "customers"),
    ):
        with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.DENIED):
            company.give(by, kind, filled("80"))


def test_nobody_types_a_rating_into_a_file(company: Evaluated) -> None:
    company.up_to_reports()
    with company.database.write() as session:
        session.execute(
            sa.text("UPDATE cycle SET state = 'open' WHERE code = :code"), {"code": CODE}
        )
    for column in ("sharing.boss", "panel", "sales.points"):
        rows = [{"person": "S11", column: "80"}]
        with pytest.raises(KaohengError):
            give(company, rows)


def give(company: Evaluated, rows: list[dict[str, str]]) -> None:
    with company.database.write() as session:
        give_figures(session, company.hr, NOW, find_cycle(session, CODE), rows)


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"points": "80"}, []),
        ({"points": ""}, [("ratings.points", "sharing.points")]),
        ({"points": "80.123"}, [("ratings.points", "sharing.points")]),
        ({"points": "-1"}, [("ratings.points", "sharing.points")]),
        ({"points": "100.5"}, [("ratings.points", "sharing.points")]),
        ({"points": "NaN"}, [("ratings.points", "sharing.points")]),
        ({"points": "八十"}, [("ratings.points", "sharing.points")]),
        (
            {"points": "90"},
            [("ratings.extreme", "sharing.advice"), ("ratings.extreme", "sharing.case")],
        ),
        ({"points": "59.99", "case": "迟到"}, [("ratings.extreme", "sharing.advice")]),
        ({"points": "60"}, []),
        ({"points": "95", "case": "带教", "advice": "继续"}, []),
        (
            {"points": "70", "criticism": "不主动"},
            [
                ("ratings.bare_criticism", "sharing.advice"),
                ("ratings.bare_criticism", "sharing.case"),
            ],
        ),
        ({"points": "70", "criticism": "不主动", "case": "三月的会", "advice": "先约"}, []),
        ({"points": "70", "praise": "不错"}, []),
    ],
)
def test_what_a_form_needs_is_asked_of_its_fields(
    said: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    policy = load(POLICY.read_text(encoding="utf-8"), "rated.yaml")
    found = faults_of(policy, rating(policy, "self"), {"sharing": said})
    assert sorted((each.code, each.place.path) for each in found) == faults


def test_a_refused_form_keeps_what_was_typed(company: Evaluated) -> None:
    company.up_to_ratings()
    with company.database.write() as session:
        _, policy, review = company.of(session)
        who = company.who(session, "M1")
        save_answers(
            session, who, NOW, review, policy, rating(policy, "boss"), {"sharing": {"points": "9o"}}
        )
    with company.database.read() as session:
        form = session.scalars(sa.select(RatingRequest)).one()
        assert form.answers["sharing"] == {"points": "9o"}
        assert form.state == "asked"
    company.give("M1", "boss", filled("80"))
    with refused(Kind.CONFLICT, "ratings.given"):
        company.give("M1", "boss", filled("70"))


def test_peers_are_proposed_by_the_person_and_agreed_to_by_the_manager(company: Evaluated) -> None:
    company.up_to_ratings()
    with company.database.write() as session:
        _, policy, review = company.of(session)
        own = company.who(session, "S11")
        ask_peers(session, own, NOW, review, policy, rating(policy, "peers"), ["S12", "S21"])
        requests = session.scalars(sa.select(RatingRequest).order_by(RatingRequest.id)).all()
        keys = [each.public_id for each in requests]
        assert [each.state for each in requests] == ["proposed"] * 2
    with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.DENIED):
        company.give("S12", "peers", filled("80", "sharing"))
    with company.database.write() as session:
        _, policy, review = company.of(session)
        manager, own = company.who(session, "M1"), company.who(session, "S11")
        with refused(Kind.DENIED, "access.denied"):
            answer_peer(session, own, NOW, review, policy, keys[0], agree=True)
        answer_peer(session, manager, NOW, review, policy, keys[0], agree=True)
        answer_peer(session, manager, NOW, review, policy, keys[1], agree=False)
        with refused(Kind.CONFLICT, "ratings.answered"):
            answer_peer(session, manager, NOW, review, policy, keys[1], agree=True)
    company.give("S12", "peers", filled("80", "sharing"))
    for nobody in ("S11", "M1", "nobody"):
        with refused(Kind.INVALID, "ratings.no_peer"):
            company.ask(nobody)


def test_finishing_names_what_is_missing_and_sending_back_opens_named_ratings(
    company: Evaluated,
) -> None:
    company.up_to_ratings()
    with refused(Kind.CONFLICT, "ratings.missing"):
        company.finish()
    with refused(Kind.INVALID, "ratings.to_be_finished"):
        company.move("rate", "S11")
    company.give("M1", "boss", filled("80"))
    company.ask("S12", "S21", "S22")
    for peer in ("S12", "S21", "S22"):
        company.give(peer, "peers", filled("70", "sharing"))
    company.finish()
    with refused(Kind.CONFLICT, "ratings.finished"):
        company.finish()
    with company.database.write() as session:
        _, policy, review = company.of(session)
        manager = company.who(session, "M1")
        with refused(Kind.INVALID, "ratings.reason_needed"):
            send_back(session, manager, NOW, review, policy, " ")
        send_back(session, manager, NOW, review, policy, "漏看了一单")
        # What was said anonymously is neither asked for again nor added to.
        states = dict(
            session.execute(sa.select(RatingRequest.rater_key, RatingRequest.state)).all()
        )
        assert states["id-M1"] == "asked"
        assert {states[f"id-{peer}"] for peer in ("S12", "S21", "S22")} == {"given"}
        with refused(Kind.CONFLICT, "ratings.counted"):
            ask_peers(session, manager, NOW, review, policy, rating(policy, "peers"), ["S31"])
    company.give("M1", "boss", filled("85"))
    company.finish()
    with company.database.read() as session:
        _, _, review = company.of(session)
        seqs = session.scalars(sa.select(RatingResult.seq).order_by(RatingResult.seq)).all()
        assert seqs == [1, 2]
        shown = result_shown(session, company.who(session, "S11"), review)
        assert shown
        means = {each["rating"]: each["means"] for each in shown["ratings"]}
        assert means["boss"] == {"sharing": "85", "service": "85"}
        assert means["peers"] == {"sharing": "70"}
        # 60% of 85 and 30% of 70, of the 90% that were rated
        assert scored(session, review.cycle).rows["S11"]["sharing.points"] == Decimal("80.00")


def test_customers_come_from_a_file_all_or_none(company: Evaluated) -> None:
    company.up_to_ratings()
    with company.database.write() as session:
        cycle, policy, _ = company.of(session)
        rows = [
            {"person": "S11", "customer": "甲公司", "service": "85"},
            {"person": "S11", "customer": "乙公司", "service": "70"},
        ]
        bad = [{"person": "S99", "customer": "丙", "service": "1"}, {**rows[0], "service": "x"}]
        with refused(Kind.INVALID, "ratings.nobody", "ratings.points"):
            import_customers(
                session,
                company.hr,
                NOW,
                cycle,
                rating(policy, "customers"),
                bad,
                file="survey.csv",
                lines=[2, 3],
            )
        assert (
            import_customers(
                session,
                company.hr,
                NOW,
                cycle,
                rating(policy, "customers"),
                rows,
                file="survey.csv",
                lines=[2, 3],
            )
            == 2
        )
        review = company.of(session)[2]
        with refused(Kind.CONFLICT, "ratings.customer_there"):
            enter_customer(
                session,
                company.hr,
                NOW,
                review,
                policy,
                rating(policy, "customers"),
                "甲公司",
                filled("70", "service"),
            )
    company.give("M1", "boss", filled("80"))
    company.finish()
    with company.database.read() as session:
        cycle = company.of(session)[0]
        # 70% of 80 and 30% of the customers' 77.5
        assert scored(session, cycle).rows["S11"]["service.points"] == Decimal("79.25")
        rows_shown = rating_rows(session, company.hr, cycle)
        assert [r["given"] for r in rows_shown if r["person"] == "S11"] == [0, 1, None, 2]


def test_the_approval_waits_for_ratings_that_the_policy_cannot_do_without(game: Played) -> None:
    text = POLICY.read_text(encoding="utf-8").replace("if_unrated: share", "if_unrated: refuse", 1)
    text = text.replace(", requires: [ratings]", "").replace("policy: rated", "policy: strict")
    with game.database.write() as session:
        publish(session, text)
        hr, code = game.actors[Role.HR], "strict@2026-Q1"
        open_cycle(session, hr, NOW, policy_code="strict", period_label="2026-Q1")
        cycle = find_cycle(session, code)
        # The lock does not wait for what is rated after it.
        lock_cycle(session, hr, NOW, cycle)
        assert {total for total, _ in reviewed(session, code).values()} == {None}
        session.execute(sa.update(Review).values(stage="approval"))
        session.expire_all()
        # Who approves may look at what it would give so far: nothing, and no refusal.
        assert would_grant(session, game.actors[Role.FINANCE], cycle) == []
    with (
        pytest.raises(
            KaohengError,
            check=lambda error: {each.code for each in error.faults} == {"figures.not_rated"},
        ),
        game.database.write() as session,
    ):
        approve_cycle(session, game.actors[Role.FINANCE], NOW, find_cycle(session, code))
