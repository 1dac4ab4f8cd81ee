"""On the edges of a version's life: nobody alone, no day without an end, nobody asked twice."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import Kind
from tests.organisation import NOW
from tests.played import PEOPLE, POLICY
from tests.workflows.publishing.conftest import LESS, WEIGHTS, Changes, Life, add_account, refused
from tests.workflows.publishing.test_races import at_once, count
from workflows.access.policy import Role
from workflows.accounts.tables import AccountRole
from workflows.log.tables import LogEntry
from workflows.publishing.consents import consents_of
from workflows.publishing.reading import is_turn_of, open_submission, submissions_for
from workflows.publishing.retroactive import ask_again
from workflows.publishing.tables import Consent, PolicyApproval
from workflows.rulebook.drafts import copy_version, save_draft, start_draft
from workflows.rulebook.reading import edit_of, open_draft, version_to_read
from workflows.rulebook.tables import PolicyDraft, PolicyVersion

Q3, Q4, MAY, NOVEMBER = date(2017, 7, 1), date(2017, 10, 1), date(2017, 5, 15), date(2017, 11, 30)
RATING = "inputs:\n  rating: {name: {zh: 评价, en: rating}, unit: ratio, min: 0, max: 1}\n\n"
NEUTRAL: Changes = {("kpis", "won_revenue", "name", "zh"): "赢单总额"}


@pytest.mark.parametrize("begins", ["started", "copied"])
def test_what_nobody_wrote_is_not_published_by_who_handed_it_in(life: Life, begins: str) -> None:
    """A draft just as it began can still bring a coming version forward: two decide on that too."""
    life.write(NEUTRAL)
    life.submit(Q4, MAY)
    life.publish(MAY)
    with life.game.database.write() as session:
        if begins == "started":
            start_draft(session, life.second, NOW, code=POLICY)
        else:
            copy_version(session, life.second, NOW, version_to_read(session, POLICY, 2, on=MAY))
    life.submit(Q3, MAY, who=life.second)
    with refused(Kind.DENIED, "rulebook.own_draft"):
        life.publish(MAY, life.second)
    with life.game.database.read() as session:
        found = open_submission(session, POLICY)
        assert not submissions_for(session, life.second, ("finance",))
        assert is_turn_of(session, life.hr, found, ("finance",))
    life.publish(MAY, life.hr)


@pytest.mark.parametrize("day", [date(9999, 1, 1), date(2028, 1, 1)])
def test_a_year_that_was_typed_wrongly(life: Life, day: date) -> None:
    life.write(WEIGHTS)
    with refused(Kind.INVALID, "publishing.too_far_ahead"):
        life.submit(day, MAY)


def test_of_whom_it_cannot_be_said_yet_is_asked(life: Life) -> None:
    """Until a figure that the draft asks for is given, nobody is known to be worse off by it."""
    life.write(LESS)
    with life.game.database.write() as session:
        draft = open_draft(session, POLICY)
        edit = edit_of(session, draft, draft.seq)
        text = edit.text.replace("\nsteps:\n", f"\n{RATING}steps:\n")
        text = text.replace("full_commission * 70%", "full_commission * rating")
        save_draft(session, life.hr, NOW, draft, seen=draft.seq, text=text, cases=None)
    life.submit(Q4, NOVEMBER, is_retroactive=True)
    life.approve()
    with life.game.database.read() as session:
        asked = consents_of(session, open_submission(session, POLICY))
        assert {each.person.code for each in asked} == set(PEOPLE)
        assert {each.money_after for each in asked} == {None}, "no figure is made up"
    with refused(Kind.CONFLICT, "publishing.consent_missing"):
        life.publish(NOVEMBER)


def test_two_who_ask_again_at_once_ask_everybody_once(life: Life) -> None:
    life.write(LESS)
    life.submit(Q4, NOVEMBER, is_retroactive=True)
    with life.game.database.write() as session:
        asked = len(consents_of(session, open_submission(session, POLICY)))
        assert asked > 1
        session.execute(sa.delete(Consent))

    def ask() -> None:
        with life.game.database.write() as session:
            ask_again(session, life.hr, NOW, open_submission(session, POLICY), NOVEMBER)

    assert set(at_once(ask, ask)) <= {"publishing.changed"}
    assert count(life, Consent) == asked
    with life.game.database.read() as session:
        logged = session.scalars(
            sa.select(LogEntry.leaf).where(LogEntry.action == "ask_for_consent")
        ).all()
        assert logged, "who was asked, and when, is part of the history"


@pytest.mark.parametrize("decision", ["approve", "publish"])
def test_a_role_taken_away_after_the_page_was_asked_for(life: Life, decision: str) -> None:
    """The request knew its actor before: the roles that count are those of the transaction."""
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    if decision == "publish":
        life.approve()
    who = life.finance if decision == "approve" else life.second
    with life.game.database.write() as session:
        session.execute(sa.delete(AccountRole).where(AccountRole.account_id == who.account_id))
    with refused(Kind.DENIED, "access.denied"):
        life.approve(who) if decision == "approve" else life.publish(MAY, who)
    assert count(life, PolicyApproval) == (decision == "publish")
    with life.game.database.read() as session:
        assert open_submission(session, POLICY).state == "open"


def test_two_who_begin_a_policy_that_nobody_has_touched_yet(life: Life) -> None:
    """Both would take the shipped policy into the rulebook: one does, the other is told."""
    other = add_account(life.game, "hr-third", Role.HR)

    def start(who: object) -> None:
        with life.game.database.write() as session:
            start_draft(session, who, NOW, code=POLICY)  # type: ignore[arg-type]

    told = at_once(lambda: start(life.hr), lambda: start(other))
    assert len(told) == 1
    assert (count(life, PolicyVersion), count(life, PolicyDraft)) == (1, 1)
