"""A self report: written, named where it lacks something, frozen, returned, answered."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.evaluated import TEXTS, Evaluated, evaluated
from tests.organisation import NOW
from tests.played import Played, correct_deal
from workflows.access.policy import Role
from workflows.incentives.tables import LedgerEntry
from workflows.notices.tables import Notice
from workflows.selfreports.commenting import comment_report
from workflows.selfreports.reading import comments_on, last_submitted, report_for, report_rows
from workflows.selfreports.tables import Submitted
from workflows.selfreports.tasks import report_tasks
from workflows.selfreports.writing import return_report, save_report, submit_report


@pytest.fixture
def company(game: Played) -> Evaluated:
    found = evaluated(game)
    found.up_to_reports()
    return found


def submit(company: Evaluated, texts: dict[str, str], person: str = "S11", by: str = "S11") -> None:
    with company.database.write() as session:
        _, policy, review = company.of(session, person)
        submit_report(session, company.who(session, by), NOW, review, policy, texts)


def test_a_missing_section_blocks_the_submission_and_is_named(company: Evaluated) -> None:
    with pytest.raises(KaohengError) as caught:
        submit(company, {"problems": "新客户少", "plan": "  "})
    assert [(f.code, f.place.path) for f in caught.value.faults] == [
        ("selfreports.section_missing", "measures"),
        ("selfreports.section_missing", "plan"),
    ]
    with pytest.raises(KaohengError) as caught:
        company.move("report", "S11")
    assert [fault.code for fault in caught.value.faults] == ["selfreports.to_be_submitted"]
    submit(company, TEXTS)
    company.move("report", "S11")


def test_what_was_written_is_kept_and_what_was_submitted_is_frozen(company: Evaluated) -> None:
    with company.database.write() as session:
        _, policy, review = company.of(session)
        own = company.who(session, "S11")
        save_report(session, own, NOW, review, policy, {"problems": "草稿", "unknown": "x"})
        save_report(session, own, NOW, review, policy, {"plan": TEXTS["plan"]})
        report = report_for(session, review)
        assert report
        assert report.texts == {"problems": "草稿", "plan": TEXTS["plan"]}
        tasks = report_tasks(session, own, NOW)
        assert [task.params["cycle"]["en"] for task in tasks] == ["Reported and rated 2026-Q1"]
    submit(company, TEXTS)
    with company.database.write() as session:
        correct_deal(session, "2026-S11", "1")
    with company.database.read() as session:
        _, policy, review = company.of(session)
        assert report_tasks(session, company.who(session, "S11"), NOW) == []
        kept = last_submitted(session, report_for(session, review))  # type: ignore[arg-type]
        assert kept
        assert kept.sha256 == sha256(kept.text.encode()).hexdigest()
        shown = json.loads(kept.text)
        assert shown["texts"] == TEXTS
        (revenue,) = shown["figures"]["results"]
        assert (revenue["code"], revenue["value"], revenue["records"]) == ("revenue", "80000", True)
        sales = shown["figures"]["kpis"][0]
        assert (sales["target"]["value"], sales["attainment"]["value"]) == ("100000", "0.8")
    with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.CONFLICT):
        submit(company, TEXTS)
    with pytest.raises(Exception, match="append-only"), company.database.write() as session:
        session.execute(sa.update(Submitted).values(text="{}"))


def test_only_the_person_writes_and_only_who_leads_them_returns(company: Evaluated) -> None:
    for by in ("S12", "M1"):
        with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.DENIED):
            submit(company, TEXTS, by=by)
    submit(company, TEXTS)
    with company.database.write() as session:
        _, policy, review = company.of(session)
        for by in ("S11", "M2"):
            with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.DENIED):
                return_report(session, company.who(session, by), NOW, review, policy, "再写")
        manager = company.who(session, "M1")
        with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.INVALID):
            return_report(session, manager, NOW, review, policy, " ")
        return_report(session, manager, NOW, review, policy, "措施不具体")
        report = report_for(session, review)
        assert report
        assert (report.state, report.returned_because) == ("draft", "措施不具体")
    submit(company, {"measures": "每周三家"})
    with company.database.read() as session:
        cycle, _, _ = company.of(session)
        seqs = session.scalars(sa.select(Submitted.seq).order_by(Submitted.seq)).all()
        assert seqs == [1, 2]
        rows = {row["person"]: row["state"] for row in report_rows(session, company.hr, cycle)}
        assert (rows["S11"], rows["S12"]) == ("submitted", "none")


def test_a_comment_leads_to_a_grant_of_this_review_only(company: Evaluated) -> None:
    submit(company, TEXTS)
    submit(company, TEXTS, "S12", "S12")
    manager = company.game.actors[Role.MANAGER]
    with company.database.write() as session:
        for person in ("S11", "S12"):
            review = company.of(session, person)[2]
            session.add(
                LedgerEntry(
                    review=review,
                    person=review.person,
                    rule="r",
                    kind="honour",
                    seq=0,
                    detail={},
                    entered_at=NOW,
                )
            )
        session.flush()
        own, other = session.scalars(sa.select(LedgerEntry.id).order_by(LedgerEntry.id)).all()
        review = company.of(session)[2]
        comment_report(session, manager, NOW, review, "分析到位", reward=f"entry:{own}")
        with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.MISSING):
            comment_report(session, manager, NOW, review, "x", reward=f"entry:{other}")
        with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.INVALID):
            comment_report(session, manager, NOW, review, " ")
        report = report_for(session, review)
        assert report
        (comment,) = comments_on(session, report)
        assert comment.entry
        assert comment.entry.id == own
        told = session.scalars(
            sa.select(Notice.message).where(Notice.person_id == review.person_id)
        )
        assert "Somebody commented on your self report." in told.all()
