"""One value changed in many policies: each its own draft, wholly or not at all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from engine.policies import load
from tests.organisation import NOW
from tests.played import Played
from workflows.access.policy import Role
from workflows.library.templates import template_of
from workflows.rulebook.bulk import (
    CHANGED,
    FAULTY,
    MOVED,
    SAME,
    SUBMITTED,
    Outcome,
    preview,
    set_in_many,
    spots,
)
from workflows.rulebook.drafts import save_draft, start_draft
from workflows.rulebook.operations import put_in_force, version_of
from workflows.rulebook.reading import edit_of, find_draft
from workflows.rulebook.standings import standings
from workflows.rulebook.tables import PolicyDraft

BASE = "constants.bonus_base.value"
WEIGHT = "kpis.revenue.weight"
CODES = ("account-manager-b2b", "account-manager-b2c", "market-analyst")
B2B, B2C, ANALYST = CODES


@pytest.fixture
def rulebook(game: Played) -> Played:
    with game.database.write() as session:
        for code in CODES:
            found = template_of(code)
            version = version_of(
                session,
                found.policy,
                text=found.written,
                cases=found.cases,
                author_id=None,
                now=NOW,
            )
            put_in_force(session, game.actors[Role.HR], NOW, version, "test")
    return game


def write(game: Played, name: str, values: dict[str, str], **how: object) -> dict[str, Outcome]:
    with game.database.write() as session:
        hr = game.actors[Role.HR]
        done = set_in_many(session, hr, NOW, name, values, **how)  # type: ignore[arg-type]
        return {each.standing.code: each for each in done}


def newest(game: Played, code: str) -> str | None:
    with game.database.read() as session:
        draft = find_draft(session, code)
        return edit_of(session, draft, draft.seq).text if draft else None


def test_a_value_and_what_each_policy_says(rulebook: Played) -> None:
    with rulebook.database.read() as session:
        found = {each.name: each for each in spots(session, rulebook.actors[Role.HR])}
    assert found[BASE].values == {B2B: "9_000", B2C: "6_000", ANALYST: "6_000"}
    assert set(found[WEIGHT].values) == {B2B, B2C}
    assert [str(getattr(each, "zh", "")) for each in found[WEIGHT].labels][1] == "销售额"


def test_each_policy_gets_its_own_draft(rulebook: Played) -> None:
    done = write(rulebook, BASE, dict.fromkeys(CODES, "6000"))
    assert {code: each.state for code, each in done.items()} == dict.fromkeys(CODES, CHANGED)
    assert [len(done[code].changes) for code in CODES] == [1, 0, 0]  # 6_000 says the same
    for code in CODES:
        text = newest(rulebook, code)
        assert text == template_of(code).written.replace(
            "value: 9_000" if code == B2B else "value: 6_000", "value: 6000"
        )
    assert done[B2B].differing == 5  # results of the cases


def test_what_the_cases_expect_can_come_along(rulebook: Played) -> None:
    write(rulebook, BASE, {B2B: "6000"}, take_over=True)
    with rulebook.database.read() as session:
        (found,) = [each for each in standings(session) if each.code == B2B]
        (again,) = preview(session, rulebook.actors[Role.HR], BASE, {B2B: "6000"})
    assert (again.state, found.cases == template_of(B2B).cases) == (SAME, False)
    assert load(found.text, B2B).constants[2].value == 6000


def test_what_would_have_faults_is_left_unless_it_is_wanted(rulebook: Played) -> None:
    values = {B2B: "40%", B2C: "35%"}
    done = write(rulebook, WEIGHT, values)
    assert {code: each.state for code, each in done.items()} == {B2B: FAULTY, B2C: SAME}
    assert [each.code for each in done[B2B].faults] == ["rules.weights"]
    assert newest(rulebook, B2B) is None
    assert write(rulebook, WEIGHT, values, faulty=True)[B2B].state == CHANGED
    assert "weight: 40%" in (newest(rulebook, B2B) or "")
    # The fault that it has already stops no other change.
    assert write(rulebook, BASE, {B2B: "1"})[B2B].state == CHANGED


def test_a_draft_is_gone_on_with_as_it_was_seen(rulebook: Played) -> None:
    hr = rulebook.actors[Role.HR]
    with rulebook.database.write() as session:
        draft = start_draft(session, hr, NOW, code=B2B)
        text = edit_of(session, draft, 0).text.replace("cap: 120}", "cap: 125}")
        save_draft(session, hr, NOW, draft, seen=0, text=text, cases=None)
        seen = {each.code: each.seen for each in standings(session)}
    assert write(rulebook, BASE, {B2B: "7000"}, seen=seen)[B2B].state == CHANGED
    found = newest(rulebook, B2B) or ""
    assert "cap: 125}" in found
    assert "value: 7000" in found
    # Somebody who still sees the draft as it was is told, and nothing is written over.
    assert write(rulebook, BASE, {B2B: "8000"}, seen=seen)[B2B].state == MOVED
    assert newest(rulebook, B2B) == found


def test_a_submitted_draft_stays(rulebook: Played) -> None:
    with rulebook.database.write() as session:
        draft = start_draft(session, rulebook.actors[Role.HR], NOW, code=B2B)
        session.execute(
            sa.update(PolicyDraft).where(PolicyDraft.id == draft.id).values(state="submitted")
        )
    done = write(rulebook, BASE, {B2B: "7000", B2C: "7000"}, faulty=True)
    assert (done[B2B].state, done[B2C].state) == (SUBMITTED, CHANGED)


@pytest.mark.parametrize(
    ("name", "code"), [("kpis.nothing.weight", B2B), (WEIGHT, ANALYST), (WEIGHT, "nobody")]
)
def test_a_value_that_is_not_there(rulebook: Played, name: str, code: str) -> None:
    with pytest.raises(KaohengError) as caught:
        write(rulebook, name, {B2B: "1%", code: "1%"})
    assert caught.value.faults[0].code == "bulk.no_such_value"


def test_only_hr(rulebook: Played) -> None:
    with rulebook.database.write() as session, pytest.raises(KaohengError) as caught:
        set_in_many(session, rulebook.actors[Role.FINANCE], NOW, BASE, {B2B: "1"})
    assert caught.value.kind is Kind.DENIED
