"""Two at the same moment, or on the edge of one: each ends in one clear state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.canonical import from_canonical
from engine.errors import KaohengError, Kind
from engine.sheets.edit import edited
from tests.organisation import NOW
from tests.played import CODE, POLICY
from tests.workflows.publishing.conftest import WEIGHTS, Life, add_account, refused
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account, AccountRole
from workflows.base.clock import today
from workflows.cycles.operations import find_cycle, open_cycle
from workflows.publishing.reading import open_submission
from workflows.publishing.submitting import submit_draft
from workflows.publishing.tables import PolicyApproval, Submission
from workflows.rulebook.drafts import save_draft
from workflows.rulebook.reading import edit_of, find_draft, open_draft
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyVersion, Publication
from workflows.simulation.effect import effect_of

Q3, MAY = date(2017, 7, 1), date(2017, 5, 15)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Begin all of them at the same moment; return the codes of those that were refused."""
    told: list[str] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        gate.wait(10)
        try:
            act()
        except KaohengError as error:
            told.append(error.faults[0].code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def count(life: Life, table: type) -> int:
    with life.game.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_submitted_while_somebody_saves(life: Life) -> None:
    life.write(WEIGHTS)

    def save() -> None:
        with life.game.database.write() as session:
            draft = open_draft(session, POLICY)
            edit = edit_of(session, draft, 1)
            text = edited(edit.text, {("name", "zh"): "别名"})
            save_draft(session, life.second, NOW, draft, seen=1, text=text, cases=edit.cases)

    def submit() -> None:
        with life.game.database.write() as session:
            draft = open_draft(session, POLICY)
            submit_draft(
                session, life.hr, NOW, draft, seen=1, today=MAY, reason="why", effective_on=Q3
            )

    assert at_once(save, submit) == ["rulebook.draft_changed"]
    with life.game.database.read() as session:
        draft = session.scalars(sa.select(PolicyDraft)).one()
        was_submitted = draft.state == "submitted"
        assert (draft.state, draft.seq) == (("submitted", 1) if was_submitted else ("open", 2))
    assert count(life, Submission) == was_submitted
    assert count(life, PolicyEdit) == (2 if was_submitted else 3)


def test_of_many_who_publish_at_once_one_does(life: Life) -> None:
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    life.approve()
    others = [add_account(life.game, f"hr-{number}", Role.HR) for number in range(4)]
    published = count(life, Publication)
    told = at_once(*(lambda who=who: life.publish(MAY, who) for who in others))
    assert len(told) == 3
    # Who looked after it was over finds nothing to publish.
    assert set(told) <= {"publishing.over", "publishing.none_open"}
    assert count(life, Publication) == published + 1


def test_withdrawn_while_it_is_published(life: Life) -> None:
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    life.approve()
    told = at_once(life.withdraw, lambda: life.publish(MAY))
    assert len(told) == 1
    with life.game.database.read() as session:
        submission = session.scalars(sa.select(Submission)).one()
        version = session.scalars(sa.select(PolicyVersion).where(PolicyVersion.seq == 2)).one()
        draft = session.scalars(sa.select(PolicyDraft)).one()
        states = (submission.state, version.state, draft.state)
    assert states in {
        ("published", "published", "published"),
        ("withdrawn", "withdrawn", "open"),
    }


def test_two_who_approve_for_one_role_at_once(life: Life) -> None:
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    other = add_account(life.game, "finance-2", Role.FINANCE)
    told = at_once(life.approve, lambda: life.approve(other))
    assert len(told) == 1
    assert set(told) <= {"publishing.changed", "publishing.not_your_approval"}
    assert count(life, PolicyApproval) == 1


def test_published_while_it_is_simulated(life: Life) -> None:
    life.game.open()
    life.write(WEIGHTS)
    frozen = life.submit(Q3, MAY)
    life.approve()
    with life.game.database.read() as session:
        submission = open_submission(session, POLICY)
        before, after = (
            from_canonical(each.canonical) for each in (submission.draft.base, frozen) if each
        )
        life.publish(MAY)  # meanwhile, by somebody else
        found = effect_of(session, find_cycle(session, CODE), before, after)
        assert found.frame.height > 0
    with life.game.database.read() as session:
        version = session.scalars(sa.select(PolicyVersion).where(PolicyVersion.seq == 2)).one()
        assert version.digest == frozen.digest, "what it argued for is what was published"


def test_a_publisher_whose_role_has_just_been_taken_away(life: Life) -> None:
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    life.approve()
    with life.game.database.write() as session:
        account = session.get_one(Account, life.second.account_id)
        session.execute(sa.delete(AccountRole).where(AccountRole.account_id == account.id))
        session.expire(account)
        again = actor_of_account(account)  # as every request and every command asks anew
    with refused(Kind.DENIED, "access.denied"):
        life.publish(MAY, again)
    with life.game.database.read() as session:
        assert open_submission(session, POLICY).state == "open"


@pytest.mark.parametrize(
    ("instant", "zone", "retroactive"),
    [
        # the last minute of June and the first of July, as the organisation's clock says it
        (datetime(2017, 6, 30, 15, 59, tzinfo=UTC), "Asia/Shanghai", False),
        (datetime(2017, 6, 30, 16, 0, tzinfo=UTC), "Asia/Shanghai", True),
        (datetime(2017, 7, 1, 3, 59, tzinfo=UTC), "America/New_York", False),
        (datetime(2017, 7, 1, 4, 0, tzinfo=UTC), "America/New_York", True),
    ],
)
def test_midnight_of_the_first_day(
    life: Life, instant: datetime, zone: str, retroactive: bool
) -> None:
    """Before midnight the version is for the quarter to come; from then on that has begun.

    A cycle of the quarter, opened on either side of midnight, takes what is published then.
    """
    day = today(instant, ZoneInfo(zone))
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    life.approve()
    if retroactive:
        with refused(Kind.INVALID, "publishing.retroactive"):
            life.publish(day)
    else:
        life.publish(day)
    with life.game.database.write() as session:
        cycle = open_cycle(session, life.hr, instant, policy_code=POLICY, period_label="2017-Q3")
        assert cycle.policy_version.seq == (1 if retroactive else 2)
        before = open_cycle(session, life.hr, instant, policy_code=POLICY, period_label="2017-Q2")
        assert before.policy_version.seq == 1


def test_opened_and_published_at_once_the_cycle_is_under_one_of_the_two(life: Life) -> None:
    life.write(WEIGHTS)
    life.submit(Q3, MAY)
    life.approve()

    def opens() -> None:
        with life.game.database.write() as session:
            open_cycle(session, life.hr, NOW, policy_code=POLICY, period_label="2017-Q3")

    assert at_once(opens, lambda: life.publish(MAY)) == []
    with life.game.database.read() as session:
        found = find_draft(session, POLICY)
        assert found is None
        seq = session.scalars(
            sa.select(PolicyVersion.seq).where(
                sa.text("id = (SELECT policy_version_id FROM cycle)")
            )
        ).one()
        assert seq in (1, 2)
