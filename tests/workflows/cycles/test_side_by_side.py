"""A monthly, a quarterly and a half-yearly cycle over the same people, all at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import canonical
from engine.policies import load
from tests.organisation import NOW
from tests.played import PEOPLE, Played
from workflows.access.policy import Role
from workflows.cycles.approval import approve_cycle
from workflows.cycles.evaluation import FINAL, evaluation_of
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.cycles.sealing import close_cycle, replay_cycle
from workflows.incentives.tables import LedgerEntry
from workflows.jobs.service import Jobs
from workflows.org.tables import Person
from workflows.reviews.moves import move_review
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review
from workflows.rulebook.operations import put_in_force, version_of
from workflows.rulebook.shipped import policy_file

# policy: its kind of period, and the period that is run, from the longest on
RUNS = {
    "sales-half": ("half", "2017-H2"),
    "sales-quarterly": ("quarter", "2017-Q4"),
    "sales-monthly": ("month", "2017-11"),
}
UP_TO_APPROVAL = ("start_evaluation", "submit_evaluation", "submit_result")
CODES = [f"{policy}@{period}" for policy, (_, period) in RUNS.items()]


@pytest.fixture
def side_by_side(game: Played) -> Played:
    """Open all three, each under a policy of its own."""
    with game.database.write() as session:
        for policy, (kind, period) in RUNS.items():
            _publish(session, game, policy, kind, period)
            open_cycle(session, game.actors[Role.HR], NOW, policy_code=policy, period_label=period)
    return game


def _publish(session: Session, game: Played, code: str, kind: str, period: str) -> None:
    text = policy_file("sales-quarterly").read_text(encoding="utf-8")
    text = text.replace("policy: sales-quarterly", f"policy: {code}")
    text = text.replace("period: quarter", f"period: {kind}")
    text = re.sub(r"company: .*2017-Q4: (\d+)}", rf"company: {{{period}: \1}}", text)
    policy = load(text, f"{code}.yaml")
    version = version_of(session, policy, text=text, cases=None, author_id=None, now=NOW)
    put_in_force(session, game.actors[Role.HR], NOW, version, "试行")


def move_all(game: Played, code: str, *transitions: str) -> None:
    with game.database.write() as session:
        cycle = find_cycle(session, code)
        for transition in transitions:
            for review in reviews_of(session, cycle):
                move_review(
                    session,
                    game.actors[Role.HR],
                    NOW,
                    review,
                    policy_of(cycle),
                    transition=transition,
                )


def stages(game: Played) -> dict[str, set[str]]:
    with game.database.read() as session:
        return {
            code: {each.stage for each in reviews_of(session, find_cycle(session, code))}
            for code in CODES
        }


def lock(game: Played, codes: Sequence[str]) -> None:
    for code in codes:
        with game.database.write() as session:
            lock_cycle(session, game.actors[Role.HR], NOW, find_cycle(session, code))


def approve_and_close(game: Played, code: str) -> None:
    with game.database.write() as session:
        job = approve_cycle(session, game.actors[Role.FINANCE], NOW, find_cycle(session, code))
    assert job is not None
    Jobs(game.settings, game.database).finish(job)
    move_all(game, code, "confirm_feedback")
    with game.database.write() as session:
        close_cycle(session, game.actors[Role.HR], NOW, find_cycle(session, code))


def test_each_goes_its_own_way(side_by_side: Played) -> None:
    game = side_by_side
    half, quarter, month = CODES
    for code in CODES:
        move_all(game, code, "submit_goals", "approve_goals")
    lock(game, [month])
    move_all(game, month, *UP_TO_APPROVAL)
    assert stages(game) == {half: {"tracking"}, quarter: {"tracking"}, month: {"result_approval"}}
    approve_and_close(game, month)
    lock(game, [quarter, half])
    assert stages(game) == {half: {"data_locked"}, quarter: {"data_locked"}, month: {"closed"}}
    for code in (quarter, half):
        move_all(game, code, *UP_TO_APPROVAL)
        approve_and_close(game, code)
    with game.database.read() as session:
        for code in CODES:
            cycle = find_cycle(session, code)
            assert replay_cycle(session, game.actors[Role.HR], cycle) == []
            _ledger_is_what_was_granted(session, code)
        reviews = session.scalar(sa.select(sa.func.count()).select_from(Review))
        assert reviews == len(CODES) * len(PEOPLE)


def _ledger_is_what_was_granted(session: Session, code: str) -> None:
    """Each cycle's entries are its own grants, whatever the others gave the same people."""
    granted = canonical.grants(evaluation_of(session, find_cycle(session, code), FINAL).grants)
    expected = sorted((grant.person, grant.rule, grant.amount) for grant in granted)
    rows = session.execute(
        sa.select(Person.code, LedgerEntry.rule, LedgerEntry.amount_minor, LedgerEntry.exponent)
        .join(Review, Review.id == LedgerEntry.review_id)
        .join(Person, Person.id == Review.person_id)
        .where(Review.cycle_id == find_cycle(session, code).id)
    )
    entered = sorted(
        (person, rule, None if minor is None else Decimal(minor).scaleb(-exponent))
        for person, rule, minor, exponent in rows
    )
    assert entered == expected
    assert expected
