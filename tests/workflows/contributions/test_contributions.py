"""Assists and sharing sessions: claimed by one, confirmed by another, counted in the period."""

from __future__ import annotations

import json
from datetime import date

import pytest

from engine.errors import KaohengError, Kind
from tests.evaluated import CODE, POLICY, Evaluated, evaluated
from tests.organisation import NOW
from tests.played import Played
from tests.workflows.cycles.whole import publish
from workflows.access.policy import Role
from workflows.contributions.claiming import Claim, answer_contribution, claim_contribution
from workflows.contributions.reading import (
    contribution_rows,
    contribution_tasks,
    find_contribution,
)
from workflows.cycles.evaluation import TRIAL, evaluation_of
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle
from workflows.cycles.scored import scored

DAY = date(2026, 1, 20)


@pytest.fixture
def company(game: Played) -> Evaluated:
    return evaluated(game)


def claimed(company: Evaluated, claim: Claim, by: str = "S11") -> str:
    with company.database.write() as session:
        return claim_contribution(session, company.who(session, by), NOW, claim).public_id


def answered(company: Evaluated, key: str, by: str, confirm: bool = True, note: str = "") -> None:
    with company.database.write() as session:
        who = company.who(session, by)
        found = find_contribution(session, who, key)
        answer_contribution(session, who, NOW, found, confirm=confirm, note=note)


def test_an_assist_is_confirmed_by_the_deals_owner_and_a_session_by_its_host(
    company: Evaluated,
) -> None:
    assist = claimed(company, Claim("assist", "一起见客户", DAY, deal="2026-S12"))
    session_ = claimed(company, Claim("sharing", "讲大客户", DAY, host="M2"))
    for key, by in ((assist, "S11"), (session_, "S11")):
        with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.DENIED):
            answered(company, key, by)
    with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.MISSING):
        answered(company, assist, "M2")
    with company.database.read() as session:
        owner = company.who(session, "S12")
        assert [task.params["what"] for task in contribution_tasks(session, owner, NOW)] == [
            "一起见客户"
        ]
    answered(company, assist, "S12")
    with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.CONFLICT):
        answered(company, assist, "S12")
    with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.INVALID):
        answered(company, session_, "M2", confirm=False)
    answered(company, session_, "M2", confirm=False, note="没有这场")
    with company.database.read() as session:
        rows = contribution_rows(session, company.who(session, "S11"))
        assert [(r["kind"], r["confirmer"], r["state"]) for r in rows] == [
            ("sharing", "M2", "declined"),
            ("assist", "S12", "confirmed"),
        ]


@pytest.mark.parametrize(
    ("claim", "fields"),
    [
        (Claim("assist", " ", None), {"what", "done_on", "deal"}),
        (Claim("assist", "x", DAY, deal="2026-S11"), {"deal"}),
        (Claim("sharing", "x", DAY, host="S11"), {"host"}),
        (Claim("sharing", "x", DAY, host="nobody"), {"host"}),
        (Claim("lunch", "x", DAY), {"kind"}),
    ],
)
def test_a_claim_names_everything_that_it_lacks(
    company: Evaluated, claim: Claim, fields: set[str]
) -> None:
    with pytest.raises(KaohengError) as caught:
        claimed(company, claim)
    assert {fault.place.path for fault in caught.value.faults} == fields


def test_confirmed_contributions_of_the_period_are_an_input(company: Evaluated) -> None:
    text = POLICY.read_text(encoding="utf-8").replace("policy: rated", "policy: helped")
    helps = "  helps: {name: {zh: 协助, en: Assists}, unit: count, from: assists}\ndimensions:"
    text = text.replace("dimensions:", helps, 1)
    first = claimed(company, Claim("assist", "一", DAY, deal="2026-S12"))
    claimed(company, Claim("assist", "未确认", DAY, deal="2026-S12"))
    early = claimed(company, Claim("assist", "去年", date(2025, 12, 31), deal="2026-S12"))
    hr = company.game.actors[Role.HR]
    with company.database.write() as session:
        publish(session, text)
        open_cycle(session, hr, NOW, policy_code="helped", period_label="2026-Q1")
    code = CODE.replace("rated", "helped")
    with company.database.read() as session:
        assert scored(session, find_cycle(session, code)).rows["S11"]["helps"] == 0
    answered(company, first, "S12")
    answered(company, early, "S12")
    with company.database.read() as session:
        assert scored(session, find_cycle(session, code)).rows["S11"]["helps"] == 1
    with company.database.write() as session:
        cycle = find_cycle(session, code)
        lock_cycle(session, hr, NOW, cycle)
        trial = evaluation_of(session, cycle, TRIAL).inputs.decode().splitlines()
    assert [json.loads(line)["helps"] for line in trial] == ["1", *["0"] * 6]
