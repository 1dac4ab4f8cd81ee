"""A version's life: frozen, approved, published from a day; taken back; come back to."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import Kind
from engine.model import Policy
from engine.policies import load
from engine.sheets.edit import edited
from tests.organisation import NOW
from tests.played import POLICY
from tests.publishing import bring_into_force
from tests.workflows.publishing.conftest import (
    LESS,
    WEIGHTS,
    Changes,
    Life,
    add_account,
    refused,
)
from workflows.access.policy import Role
from workflows.cycles.operations import open_cycle
from workflows.publishing.days import begun, first_governed, next_first_day
from workflows.publishing.money import moves_money
from workflows.publishing.reading import open_submission, submissions_for
from workflows.rulebook.drafts import copy_version, draft_file
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.reading import find_draft, version_to_read, versions_of
from workflows.rulebook.shipped import policy_file

TEXT = policy_file(POLICY).read_text(encoding="utf-8")
Q3, Q4 = date(2017, 7, 1), date(2017, 10, 1)
MAY = date(2017, 5, 15)


def policy(changes: Changes | None = None) -> Policy:
    return load(edited(TEXT, changes or {}), POLICY)


def standings(life: Life, on: date) -> list[tuple[int, str]]:
    with life.game.database.read() as session:
        return [(each.seq, each.standing) for each in versions_of(session, POLICY, on)]


def test_from_a_draft_to_a_version_in_force(life: Life) -> None:
    life.write(WEIGHTS)
    frozen = life.submit(Q3, MAY)
    assert (frozen.seq, frozen.state) == (2, "submitted")
    with refused(Kind.CONFLICT, "rulebook.draft_changed"):
        life.write({("total", "cap"): "140"}, life.second)
    with refused(Kind.CONFLICT, "publishing.approvals_missing"):
        life.publish(MAY)
    life.approve()
    life.publish(MAY)
    expected = {MAY: ["coming", "in_force"], Q3: ["in_force", "superseded"]}
    for day, states in expected.items():
        assert standings(life, day) == [(2, states[0]), (1, states[1])], day


def test_withdrawn_it_is_written_on_and_submitted_again(life: Life) -> None:
    life.write(WEIGHTS)
    first = life.submit(Q3, MAY)
    life.approve()
    life.withdraw()
    assert standings(life, MAY)[0] == (2, "withdrawn")
    with life.game.database.read() as session:
        draft = find_draft(session, POLICY)
        assert draft is not None
        assert (draft.state, draft.version_id) == ("open", None)
    again = life.submit(Q3, MAY)
    assert (again.id, again.state) == (first.id, "submitted"), "the same is the same version"
    with refused(Kind.CONFLICT, "publishing.approvals_missing"):
        life.publish(MAY)  # an approval is of one submission
    life.approve()
    life.publish(MAY)


def test_back_to_an_earlier_version_by_a_copy(life: Life) -> None:
    life.bring(WEIGHTS, Q3, MAY)
    with life.game.database.write() as session:
        first = version_to_read(session, POLICY, 1, on=MAY)
        copy_version(session, life.hr, NOW, first)
    assert life.submit(Q4, MAY).seq == 1
    assert standings(life, MAY) == [(2, "coming"), (1, "in_force")], "published it stays"
    life.approve()
    life.publish(MAY)
    assert standings(life, Q3) == [(2, "in_force"), (1, "coming")]
    assert standings(life, Q4) == [(2, "superseded"), (1, "in_force")]


def test_a_cycle_takes_the_version_of_its_first_day(life: Life) -> None:
    life.bring(WEIGHTS, Q4, MAY)
    with life.game.database.write() as session:
        for label, seq in (("2017-Q3", 1), ("2017-Q4", 2)):
            cycle = open_cycle(session, life.hr, NOW, policy_code=POLICY, period_label=label)
            assert cycle.policy_version.seq == seq, label


def test_before_its_first_day_a_policy_has_no_cycle(life: Life) -> None:
    text = TEXT.replace(f"policy: {POLICY}", "policy: new-one")
    with life.game.database.write() as session:
        draft_file(session, life.hr, NOW, text=text, cases=None, file="new.yaml")
    with life.game.database.write() as session:
        draft = find_draft(session, "new-one")
        assert draft is not None
        bring_into_force(session, life.second, NOW, draft, approver=life.finance, since=Q4)
        assert version_in_force(session, "new-one", MAY) is None
    with (
        refused(Kind.CONFLICT, "rulebook.not_in_force_yet"),
        life.game.database.write() as session,
    ):
        open_cycle(session, life.hr, NOW, policy_code="new-one", period_label="2017-Q3")


def test_nobody_decides_on_what_they_wrote_any_of(life: Life) -> None:
    person = life.person("S21").person_id
    writer = add_account(life.game, "writer", Role.HR, person)
    same = add_account(life.game, "same", Role.FINANCE, person)
    life.write(WEIGHTS, writer)
    life.submit(Q3, MAY)
    with refused(Kind.DENIED, "rulebook.own_draft"):
        life.publish(MAY, writer)
    with refused(Kind.DENIED, "rulebook.own_draft"):
        life.approve(same)  # another account of the same person


def test_each_approval_is_another_persons(life: Life) -> None:
    both = ("finance", "sales_director")
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    with refused(Kind.DENIED, "access.denied"):
        life.approve(life.second, both)
    life.approve(life.finance, both)
    with refused(Kind.CONFLICT, "publishing.approved_by_you"):
        life.approve(life.finance, both)
    with life.game.database.read() as session:
        waiting = {
            who.public_id: len(submissions_for(session, who, both))
            for who in (life.hr, life.second, life.finance, life.director)
        }
    assert waiting == {
        life.hr.public_id: 0,
        life.second.public_id: 0,
        life.finance.public_id: 0,
        life.director.public_id: 1,
    }
    with refused(Kind.CONFLICT, "publishing.approvals_missing"):
        life.publish(MAY, needed=both)
    life.approve(life.director, both)
    life.publish(MAY, needed=both)


def test_what_moves_no_money_needs_no_approval(life: Life) -> None:
    life.write({("kpis", "won_revenue", "name", "zh"): "赢单总额"})
    life.submit(Q3, MAY)
    with refused(Kind.CONFLICT, "publishing.no_approval_needed"):
        life.approve()
    life.publish(MAY)


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({("name", "zh"): "别名"}, False),
        ({("kpis", "won_revenue", "name", "en"): "another name"}, False),
        (WEIGHTS, True),
        (LESS, True),
        ({("grades", 1, "coefficient"): "1.3"}, True),
        ({("total", "cap"): "140"}, True),
        ({("scope", "role"): "manager"}, True),
    ],
)
def test_what_moves_money(changes: Changes, moves: bool) -> None:
    assert moves_money(policy(), policy(changes)) is moves
    assert moves_money(None, policy(changes))


def test_a_field_that_no_record_has(life: Life) -> None:
    life.write({("measures", "won_revenue", "sum"): "amuont"})
    with refused(Kind.INVALID, "measure.unknown_field"):
        life.submit(Q3, MAY)
    with life.game.database.read() as session:
        draft = find_draft(session, POLICY)
        assert draft is not None
        assert draft.state == "open"


@pytest.mark.parametrize(
    ("since", "today", "governs", "count"),
    [
        (date(2026, 4, 1), date(2026, 3, 31), "2026-Q2", 0),
        (date(2026, 4, 1), date(2026, 4, 1), "2026-Q2", 1),
        (date(2026, 4, 2), date(2026, 6, 30), "2026-Q3", 0),
        (date(2026, 1, 1), date(2026, 4, 1), "2026-Q1", 2),
    ],
)
def test_which_periods_a_first_day_governs(
    since: date, today: date, governs: str, count: int
) -> None:
    assert first_governed(policy(), since).label == governs
    assert len(begun(policy(), since, today)) == count
    assert begun(policy(), next_first_day(policy(), today), today) == []


def test_retroactive_has_to_be_said_also_when_it_has_become_so(life: Life) -> None:
    life.write(WEIGHTS)
    with refused(Kind.INVALID, "publishing.retroactive"):
        life.submit(Q3, Q3)
    with refused(Kind.INVALID, "publishing.too_far_back"):
        life.submit(date(2010, 1, 1), Q3, is_retroactive=True)
    life.submit(Q3, MAY)
    life.approve()
    with refused(Kind.INVALID, "publishing.retroactive"):
        life.publish(Q3)  # nobody published it in time
    with life.game.database.read() as session:
        assert open_submission(session, POLICY).version == 1, "nothing of it was kept"
