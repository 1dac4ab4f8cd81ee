"""Disputes, claims, splits, handovers: opened, proposed, answered, decided, imported over."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import KaohengError, Kind
from tests.confirmed import NOW, TODAY, Confirmed
from tests.refusing import refused
from tests.workflows.confirming.test_confirming import confirm, standing
from workflows.access.actors import Actor
from workflows.base.i18n import gettext
from workflows.claims.answering import answer_proposal, decide_claim
from workflows.claims.matching import match_claims
from workflows.claims.opening import claim_missing, dispute_line, withdraw_claim
from workflows.claims.proposing import arrange_credits, propose_credits, shares_wrong
from workflows.claims.reading import claim_rows, find_claim, standing_proposal
from workflows.claims.tasks import claim_tasks
from workflows.crediting.tables import CreditDifference, RecordOverride
from workflows.crediting.versions import standing_of
from workflows.notices.tables import Notice
from workflows.sources.extraction import CreditLine, Record
from workflows.sources.tables import RecordVersion, SourceImport
from workflows.sources.writing import make_current, write_records

SHANGHAI = ZoneInfo("Asia/Shanghai")
HALVES = (("S11", "0.5"), ("S12", "0.5"))


def lines(*shares: tuple[str, str], since: date | None = None) -> list[CreditLine]:
    return [CreditLine(person, Decimal(share), "owner", since) for person, share in shares]


def claimed(world: Confirmed, by: str, number: str) -> str:
    with world.database.write() as session:
        review = world.review(session, by)
        actor = world.actors[by]
        claim = claim_missing(session, actor, NOW, review, contract=number, reason="一起谈的")
        return claim.public_id


def disputed(world: Confirmed, by: str, code: str, of: str | None = None) -> str:
    with world.database.write() as session:
        review, record = world.review(session, of or by), world.record(session, code)
        return dispute_line(
            session, world.actors[by], NOW, review, record, reason="不是我的"
        ).public_id


def propose(world: Confirmed, claim: str, to: Sequence[CreditLine], by: str = "M1") -> None:
    with world.database.write() as session:
        found = find_claim(session, world.actors[by], claim)
        propose_credits(session, world.actors[by], NOW, found, to, reason="各半")


def answer(world: Confirmed, claim: str, by: str, *, accept: bool = True) -> None:
    with world.database.write() as session:
        actor = world.actors[by]
        proposal = standing_proposal(find_claim(session, actor, claim))
        assert proposal is not None
        answer_proposal(session, actor, NOW, proposal, accept=accept, reason="" if accept else "不")


def decide(
    world: Confirmed, claim: str, *, grant: bool, today: date = TODAY, by: Actor | None = None
) -> None:
    with world.database.write() as session:
        hr = by or world.actors["hr"]
        found = find_claim(session, hr, claim)
        decide_claim(session, hr, NOW, found, grant=grant, reason="看过合同", today=today)


def withdraw(world: Confirmed, claim: str, by: str) -> None:
    with world.database.write() as session:
        actor = world.actors[by]
        withdraw_claim(session, actor, NOW, find_claim(session, actor, claim))


def state(world: Confirmed, claim: str) -> str:
    with world.database.read() as session:
        return find_claim(session, world.actors["hr"], claim).state


def credits(world: Confirmed, code: str) -> dict[str, Decimal]:
    with world.database.read() as session:
        found = standing_of(session, world.record(session, code)).holds
        return {line.person: line.share for line in found}


def said_again(world: Confirmed, code: str, **changes: object) -> dict[str, dict[str, int]]:
    """Import a record as its source said it, but for ``changes``."""
    with world.database.write() as session:
        said = standing_of(session, world.record(session, code)).said
        brought = SourceImport(
            public_id=f"again {len(changes)} {sorted(changes)} {changes}",
            source="test",
            state="running",
            files=[],
            counts={},
            started_at=NOW,
        )
        session.add(brought)
        session.flush()
        to = changes.pop("credits", said.credits)
        record = Record("deal", code, {**said.fields, **changes}, to)  # type: ignore[arg-type]
        counts = write_records(session, brought.id, [record])
        make_current(session, brought.id)
        match_claims(session, NOW, brought.id)
        brought.state = "done"
        return counts


def test_all_agree_and_the_record_is_credited_so(world: Confirmed) -> None:
    claim = claimed(world, "S12", "D1")
    assert standing(world, "S12").state == "disputed"
    propose(world, claim, lines(*HALVES))
    with world.database.read() as session:
        told = session.scalars(sa.select(Notice.person_id)).all()
        assert len(told) == 2
        assert [task.params for task in claim_tasks(session, world.actors["S11"], NOW)] == [
            {"number": "D1"}
        ]
    answer(world, claim, "S12")
    assert credits(world, "D1") == {"S11": 1}
    answer(world, claim, "S11")
    assert state(world, claim) == "agreed"
    assert credits(world, "D1") == {"S11": Decimal("0.5"), "S12": Decimal("0.5")}
    assert [line.worth for line in standing(world, "S12").lines] == [
        {"revenue": 200},
        {"revenue": 700},
    ]


def test_two_answer_at_once_and_neither_is_lost(world: Confirmed) -> None:
    claim = claimed(world, "S12", "D1")
    propose(world, claim, lines(*HALVES))
    with ThreadPoolExecutor(2) as together:
        list(together.map(lambda who: answer(world, claim, who), ("S11", "S12")))
    assert state(world, claim) == "agreed"
    assert credits(world, "D1") == {"S11": Decimal("0.5"), "S12": Decimal("0.5")}
    with world.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(RecordOverride.id))) == 1


def test_hr_decides_where_they_do_not_agree_and_not_before(world: Confirmed) -> None:
    claim = claimed(world, "S12", "D1")
    propose(world, claim, lines(*HALVES))
    with pytest.raises(KaohengError, match="S11"):
        decide(world, claim, grant=True)
    answer(world, claim, "S11", accept=False)
    with pytest.raises(KaohengError) as twice:
        answer(world, claim, "S11")
    assert twice.value.kind is Kind.CONFLICT
    decide(world, claim, grant=True)
    assert (state(world, claim), credits(world, "D1")["S12"]) == ("decided", Decimal("0.5"))
    with pytest.raises(KaohengError) as again:
        decide(world, claim, grant=False)
    assert again.value.kind is Kind.CONFLICT


def test_silence_is_no_agreement_but_hr_may_decide_after_the_day(world: Confirmed) -> None:
    claim = claimed(world, "S12", "D1")
    propose(world, claim, lines(*HALVES))
    decide(world, claim, grant=False, today=date(2026, 4, 30))
    assert (state(world, claim), credits(world, "D1")) == ("rejected", {"S11": 1})


def test_who_may_not(world: Confirmed) -> None:
    with pytest.raises(KaohengError) as others:
        disputed(world, "S12", "D1", of="S11")
    assert others.value.kind is Kind.DENIED
    with pytest.raises(KaohengError) as not_credited:
        disputed(world, "S12", "D1")
    assert not_credited.value.kind is Kind.MISSING
    claim = claimed(world, "S12", "D1")
    with pytest.raises(KaohengError) as own:
        propose(world, claim, lines(*HALVES), by="S12")
    assert own.value.kind is Kind.DENIED
    propose(world, claim, lines(*HALVES))
    for stranger in ("S21", "finance"):
        with pytest.raises(KaohengError) as refused:
            answer(world, claim, stranger)
        assert refused.value.kind in (Kind.MISSING, Kind.DENIED)
    with world.database.read() as session:
        assert claim_rows(session, world.actors["S21"]) == []
        assert [row["claim"] for row in claim_rows(session, world.actors["S11"])] == [claim]


def test_nobody_decides_on_a_claim_of_their_own(world: Confirmed) -> None:
    claim = claimed(world, "S12", "D1")
    propose(world, claim, lines(*HALVES))
    answer(world, claim, "S11", accept=False)
    hr, twelve = world.actors["hr"], world.actors["S12"]
    # Somebody of HR who is the claimant, and a stand-in who is.
    for actor in (
        Actor("x", hr.roles, hr.account_id, twelve.person_id),
        Actor("x", hr.roles, hr.account_id, None, own_person_id=twelve.person_id),
    ):
        with pytest.raises(KaohengError) as refused:
            decide(world, claim, grant=True, by=actor)
        assert refused.value.kind is Kind.DENIED


@pytest.mark.parametrize(
    "wrong",
    [
        lines(("S11", "0.5"), ("S12", "0.4")),
        lines(("S11", "1.5"), ("S12", "-0.5")),
        lines(("S11", "0.5"), ("S11", "0.5")),
        lines(("S11", "0.5"), ("nobody", "0.5")),
        lines(("S12", "1"), since=date(2026, 3, 1)),
        lines(("S11", "1")),
        [],
    ],
)
def test_lines_that_are_not_whole_are_refused(world: Confirmed, wrong: list[CreditLine]) -> None:
    claim = claimed(world, "S12", "D1")
    with pytest.raises(KaohengError) as refused:
        propose(world, claim, wrong)
    assert refused.value.kind is Kind.INVALID
    assert state(world, claim) == "open"


def test_those_concerned_have_time_to_answer(world: Confirmed) -> None:
    claim = claimed(world, "S12", "D1")
    with world.database.write() as session:
        who = world.actors["M1"]
        found = find_claim(session, who, claim)
        to = lines(*HALVES)
        day = NOW.astimezone(SHANGHAI).date()
        with refused(Kind.INVALID, "claims.no_time"):
            propose_credits(
                session, who, NOW, found, to, reason="各半", answer_by=day - timedelta(days=1)
            )
        made = propose_credits(session, who, NOW, found, to, reason="各半", answer_by=day)
        assert made.answer_by == day


def test_shares_are_told_by_their_day_where_they_have_one(world: Confirmed) -> None:
    since = date(2026, 3, 1)
    (whole,) = shares_wrong(lines(("S11", "0.5")))
    (dated,) = shares_wrong([*lines(("S11", "1")), *lines(("S12", "0.5"), since=since)])
    assert gettext(whole.message, "zh", **whole.params) == "份额合计 50%，不是 100%。"
    assert gettext(dated.message, "zh", **dated.params).startswith("自 2026-03-01 起")


@given(st.lists(st.integers(1, 999_999), min_size=1, max_size=6))
def test_only_shares_that_sum_to_one_are_taken(parts: list[int]) -> None:
    given_lines = [
        CreditLine(f"p{place}", Decimal(part).scaleb(-6), "owner")
        for place, part in enumerate(parts)
    ]
    assert bool(shares_wrong(given_lines)) == (sum(parts) != 10**6)


def test_a_handover_counts_for_whom_the_day_says(world: Confirmed) -> None:
    with world.database.write() as session:
        record = world.record(session, "D1")
        claim = arrange_credits(session, world.actors["M1"], NOW, record, reason="调岗").public_id
    handover = [*lines(("S11", "1")), *lines(("S12", "1"), since=date(2026, 3, 1))]
    propose(world, claim, handover)
    answer(world, claim, "S11")
    answer(world, claim, "S12")
    # It closed in February: still S11's. From March on it would be S12's.
    assert [line.code for line in standing(world, "S11").lines] == ["D1", "D2"]
    said_again(world, "D1", closed_on="2026-03-01")
    assert [line.code for line in standing(world, "S11").lines] == ["D2"]
    assert [line.code for line in standing(world, "S12").lines] == ["D3", "D1"]


def test_a_claim_waits_for_a_deal_that_arrives_later(world: Confirmed) -> None:
    claim = claimed(world, "S12", " HT-7 ")
    assert state(world, claim) == "waiting"
    with pytest.raises(KaohengError) as twice:
        claimed(world, "S12", "HT-7")
    assert twice.value.kind is Kind.CONFLICT
    with pytest.raises(KaohengError):
        propose(world, claim, lines(*HALVES))
    world.add_deal("HT-7", "S11", 50, date(2026, 3, 3))
    with world.database.write() as session:
        brought = session.scalars(sa.select(sa.func.max(SourceImport.id))).one()
        assert match_claims(session, NOW, brought) == [claim]
        assert match_claims(session, NOW, brought) == []
    assert state(world, claim) == "open"
    propose(world, claim, lines(("S12", "1")))


def test_what_was_agreed_outlives_the_next_import(world: Confirmed) -> None:
    claim = claimed(world, "S12", "D1")
    propose(world, claim, lines(*HALVES))
    answer(world, claim, "S11")
    answer(world, claim, "S12")
    agreed = credits(world, "D1")
    assert said_again(world, "D1")["deal"]["unchanged"] == 1
    assert credits(world, "D1") == agreed
    # Another amount is news, but nothing about whose it is.
    assert said_again(world, "D1", amount="450")["deal"]["corrected"] == 1
    assert credits(world, "D1") == agreed
    with world.database.read() as session:
        version = session.get_one(RecordVersion, world.record(session, "D1").current_version_id)
        assert version.fields["amount"] == "450"
        assert session.scalars(sa.select(CreditDifference)).all() == []
    # The source itself gives it to somebody else: to be decided, and meanwhile as agreed.
    said_again(world, "D1", credits=tuple(lines(("S21", "1"))))
    assert credits(world, "D1") == agreed
    with world.database.read() as session:
        (difference,) = session.scalars(sa.select(CreditDifference))
        assert (difference.state, difference.said[0][0]) == ("open", "S21")


def test_a_claim_is_withdrawn_by_whom_it_is_of(world: Confirmed) -> None:
    claim = disputed(world, "S11", "D1")
    with pytest.raises(KaohengError) as refused:
        withdraw(world, claim, "hr")
    assert refused.value.kind is Kind.DENIED
    with pytest.raises(KaohengError) as still:
        confirm(world, "S11")
    assert still.value.kind is Kind.CONFLICT
    withdraw(world, claim, "S11")
    confirm(world, "S11")
