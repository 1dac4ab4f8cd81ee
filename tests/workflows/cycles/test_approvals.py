"""Results that need several approvals: each another person's, of the results as they stand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import CODE, PEOPLE, Played
from tests.workflows.cycles.test_cycle import calibrate, refused
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.base.settings import EITHER, load_settings
from workflows.cycles.approval import approve_cycle
from workflows.cycles.approvals import approvals_of
from workflows.cycles.foresight import would_grant
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.incentives.tables import LedgerEntry
from workflows.jobs.service import Jobs
from workflows.log.tables import LogEntry
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review

BOTH = ("finance", "sales_director")


def somebody(game: Played, name: str, *roles: Role, person_id: int | None = None) -> Actor:
    """Add an account with these roles."""
    with game.database.write() as session:
        account = Account(
            public_id=name,
            username=name,
            password="-",
            active=True,
            fs_uniquifier=name,
            person_id=person_id,
            created_at=NOW,
            roles=[AccountRole(role=role.value) for role in roles],
        )
        session.add(account)
        session.flush()
        return Actor(name, tuple(RoleHeld(role) for role in roles), account.id, person_id)


def approve(game: Played, actor: Actor, needed: Sequence[str] = BOTH) -> str | None:
    with game.database.write() as session:
        return approve_cycle(session, actor, NOW, find_cycle(session, CODE), needed)


def missing(game: Played) -> tuple[str, ...]:
    with game.database.read() as session:
        return approvals_of(session, find_cycle(session, CODE), BOTH).missing


def state(game: Played) -> str:
    with game.database.read() as session:
        return find_cycle(session, CODE).state


def test_the_last_of_the_roles_decides(game: Played) -> None:
    game.up_to_approval()
    director = somebody(game, "director", Role.SALES_DIRECTOR)
    assert missing(game) == BOTH
    assert approve(game, game.actors[Role.FINANCE]) is None
    assert (missing(game), state(game)) == (("sales_director",), "locked")
    job = approve(game, director)
    assert job is not None
    Jobs(game.settings, game.database).finish(job)
    assert (missing(game), state(game)) == ((), "approved")
    with game.database.read() as session:
        cycle = session.scalars(sa.select(Cycle)).one()
        actions = session.scalars(sa.select(LogEntry.action)).all()
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry))
    assert cycle.approver_id == director.account_id
    assert actions.count("approve_cycle") == 2


def test_one_person_gives_one_approval(game: Played) -> None:
    game.up_to_approval()
    person = game.actors[Role.MANAGER].person_id
    both = somebody(game, "both", Role.FINANCE, Role.SALES_DIRECTOR, person_id=person)
    other = somebody(game, "other", Role.SALES_DIRECTOR, person_id=person)
    assert approve(game, both) is None
    for again in (both, other):
        with refused(Kind.CONFLICT, "cycles.approved_by_you"):
            approve(game, again)
    assert (missing(game), state(game)) == (("sales_director",), "locked")


def test_an_approval_holds_for_the_results_that_it_saw(game: Played) -> None:
    game.up_to_approval()
    director = somebody(game, "director", Role.SALES_DIRECTOR)
    assert approve(game, game.actors[Role.FINANCE]) is None
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        move_review(
            session, game.actors[Role.HR], NOW, find_review(session, cycle, PEOPLE[0]),
            policy_of(cycle), transition="return_result", reason="再议",
        )  # fmt: skip
    calibrate(game, PEOPLE[0], "A")
    game.move("submit_result", PEOPLE[0])
    assert missing(game) == BOTH
    assert approve(game, director) is None
    assert missing(game) == ("finance",)
    assert approve(game, game.actors[Role.FINANCE]) is not None


def test_a_role_that_is_not_asked_is_refused(game: Played) -> None:
    game.up_to_approval()
    director = somebody(game, "director", Role.SALES_DIRECTOR)
    with refused(Kind.DENIED, "cycles.not_your_approval"):
        approve(game, director, ("finance",))
    assert state(game) == "locked"


def test_what_would_be_granted_is_what_is(game: Played) -> None:
    game.up_to_approval()
    with game.database.read() as session:
        finance = game.actors[Role.FINANCE]
        foreseen = would_grant(session, finance, find_cycle(session, CODE))
    game.approve()
    with game.database.read() as session:
        rows = session.execute(
            sa.select(
                LedgerEntry.kind,
                sa.func.count(sa.distinct(LedgerEntry.person_id)),
                sa.func.sum(LedgerEntry.amount_minor),
            )
            .group_by(LedgerEntry.kind)
            .order_by(LedgerEntry.kind)
        ).all()
    minor = [each.amount and int(each.amount * 100) for each in foreseen]
    shown = [(each.kind, each.people) for each in foreseen]
    assert [(*each, sum_) for each, sum_ in zip(shown, minor, strict=True)] == [
        tuple(r) for r in rows
    ]


@pytest.mark.parametrize(
    "text", ["hr", "finance,finance", "finance,", "finance,finance|sales_director", ""]
)
def test_the_setting_is_checked(text: str) -> None:
    if text:
        with pytest.raises(KaohengError, match="KAOHENG_APPROVALS"):
            load_settings({"KAOHENG_APPROVALS": text})
    else:
        assert load_settings({}).approvals == EITHER


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SALES_DIRECTOR])
def test_without_a_setting_either_of_them_approves(game: Played, role: Role) -> None:
    game.up_to_approval()
    assert approve(game, somebody(game, "either", role), EITHER) is not None
