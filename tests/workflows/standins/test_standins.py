"""A stand-in decides for somebody for a time: never on themselves, never twice, never passed on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import CODE, Played
from workflows.access.actors import Actor
from workflows.access.approvals import gave_one, is_by
from workflows.access.decide import may, people, roles_towards
from workflows.access.policy import OPERATIONS, Role
from workflows.accounts.operations import actor_as_now, actor_of_account
from workflows.accounts.tables import Account, AccountRole
from workflows.agreements.reading import copies_to_answer
from workflows.calibration.operations import calibrate_review
from workflows.cycles.approval import approve_cycle
from workflows.cycles.approvals import approvals_of
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import CycleApproval
from workflows.log.tables import LogEntry
from workflows.org.tables import Person
from workflows.reviews.finding import visible_review
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review
from workflows.reviews.tables import ReviewMove
from workflows.standins.acting import acting_for, acting_for_username
from workflows.standins.operations import Naming, name_stand_in, revoke_stand_in
from workflows.standins.reading import state_of, waits_on_behalf
from workflows.standins.tables import StandIn

TODAY = date(2026, 1, 31)
WEEK = Naming(TODAY, TODAY + timedelta(days=6), "休假")


def add_account(session: Session, username: str, role: Role, code: str | None = None) -> Account:
    person = session.scalar(sa.select(Person).where(Person.code == code))
    account = Account(
        public_id=f"id-of-{username}",
        username=username,
        password="-",
        active=True,
        fs_uniquifier=username,
        person=person,
        created_at=NOW,
        roles=[AccountRole(role=role.value)],
    )
    session.add(account)
    session.flush()
    return account


def account(session: Session, username: str) -> Account:
    return session.scalars(sa.select(Account).where(Account.username == username)).one()


def named(game: Played, principal: str, stand_in: str, naming: Naming = WEEK) -> str:
    """Let somebody stand in, as the principal names them; return the stand-in's public id."""
    with game.database.write() as session:
        whose = account(session, principal)
        return name_stand_in(
            session,
            actor_of_account(whose, TODAY),
            NOW,
            principal=whose,
            stand_in=account(session, stand_in),
            naming=naming,
            today=TODAY,
        ).public_id


def acting(session: Session, username: str, key: str, on: date = TODAY) -> Actor | None:
    return acting_for(session, actor_of_account(account(session, username), on), key, on)


@pytest.fixture
def company(game: Played) -> Played:
    """Two managers of the east, of whom the second sells in the first's team besides."""
    with game.database.write() as session:
        for username, role, code in (
            ("m2", Role.MANAGER, "M2"),
            ("s12", Role.SALESPERSON, "S12"),
            ("s31", Role.SALESPERSON, "S31"),
            ("other", Role.FINANCE, None),
            ("director", Role.SALES_DIRECTOR, None),
        ):
            add_account(session, username, role, code)
    return game


def test_a_stand_in_has_the_rights_for_the_time_and_not_a_day_longer(company: Played) -> None:
    key = named(company, "manager-M1", "m2")
    with company.database.read() as session:
        who = acting(session, "m2", key)
        assert who is not None
        assert who.on_behalf_of == "manager-M1"
        assert [held.role for held in who.roles] == [Role.MANAGER]
        reached = sa.select(Person.code).where(people(who, "move_review"))
        assert set(session.scalars(reached)) == {"S11", "S12"}
        assert acting(session, "m2", key, TODAY + timedelta(days=6)) is not None
        assert acting(session, "m2", key, TODAY + timedelta(days=7)) is None
        assert acting(session, "m2", key, TODAY - timedelta(days=1)) is None
        assert acting(session, "s31", key) is None
    with company.database.write() as session:
        row = session.scalars(sa.select(StandIn)).one()
        revoke_stand_in(session, actor_of_account(account(session, "manager-M1")), NOW, row)
        assert state_of(row, TODAY) == "revoked"
        assert acting(session, "m2", key) is None
        with pytest.raises(KaohengError) as error:
            acting_for_username(
                session, actor_of_account(account(session, "m2"), TODAY), "manager-M1", TODAY
            )
        assert error.value.kind is Kind.DENIED


def test_the_log_and_the_move_name_both(company: Played) -> None:
    company.open()
    company.move("submit_goals")
    key = named(company, "manager-M1", "m2")
    with company.database.write() as session:
        who = acting(session, "m2", key)
        assert who is not None
        review = find_review(session, find_cycle(session, CODE), "S11")
        move_review(session, who, NOW, review, policy_of(review.cycle), transition="approve_goals")
        move = session.scalars(sa.select(ReviewMove).order_by(ReviewMove.id.desc())).first()
        assert move is not None
        assert (move.actor_id, move.on_behalf_of) == (account(session, "m2").id, "manager-M1")
        entry = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.on_behalf_of) == ("id-of-m2", "manager-M1")


def test_what_waits_on_behalf_of_others_is_told(company: Played) -> None:
    company.open()
    company.move("submit_goals")
    named(company, "manager-M1", "m2")
    with company.database.read() as session:
        own = actor_of_account(account(session, "m2"), TODAY)
        (each,) = waits_on_behalf(session, own, NOW, TODAY)
        assert (each.named.principal.username, each.count) == ("manager-M1", 2)


def test_nobody_reaches_themselves_or_the_other_through_anothers_rights(company: Played) -> None:
    """Whoever sells in a team never acts on their own row for its manager, nor for a director."""
    with company.database.write() as session:
        own = session.scalars(sa.select(Person).where(Person.code == "S12")).one()
        for username in ("manager-M1", "director", "finance-nobody"):
            whose = account(session, username)
            # as if it had been named: somebody led by the manager is refused already
            row = StandIn(
                public_id=f"stand-in-{username}",
                principal_id=whose.id,
                account_id=account(session, "s12").id,
                starts_on=TODAY,
                ends_on=TODAY + timedelta(days=1),
                reason="休假",
                named_at=NOW,
            )
            session.add(row)
            session.flush()
            who = acting(session, "s12", row.public_id)
            assert who is not None
            for operation in OPERATIONS:
                reached = set(session.scalars(sa.select(Person.id).where(people(who, operation))))
                assert not reached & {own.id, whose.person_id}, operation
                assert not roles_towards(session, who, operation, own.id)


def test_a_stand_in_never_decides_on_their_own_review(company: Played) -> None:
    company.up_to_calibration()
    key = named(company, "director", "s31")
    with company.database.write() as session:
        who = acting(session, "s31", key)
        assert who is not None
        cycle = find_cycle(session, CODE)
        own, other = find_review(session, cycle, "S31"), find_review(session, cycle, "S11")
        policy = policy_of(cycle)
        calibrate_review(session, who, NOW, other, policy, grade="A", reason="带教新人")
        for decide in (
            lambda: calibrate_review(session, who, NOW, own, policy, grade="A", reason="我"),
            lambda: move_review(session, who, NOW, own, policy, transition="submit_result"),
            lambda: visible_review(session, who, own.public_id),
        ):
            with pytest.raises(KaohengError) as error:
                decide()
            assert error.value.kind in (Kind.DENIED, Kind.MISSING)


def test_results_that_hold_ones_own_are_not_approved_for_another(company: Played) -> None:
    company.up_to_approval()
    key = named(company, "finance-nobody", "s31")
    with company.database.write() as session:
        who = acting(session, "s31", key)
        assert who is not None
        with pytest.raises(KaohengError, match="Your own result"):
            approve_cycle(session, who, NOW, find_cycle(session, CODE))


def test_nobody_approves_twice_through_a_stand_in(company: Played) -> None:
    """Neither the stand-in beside whom they stood in for, nor the other way round."""
    company.up_to_approval()
    needed = ("finance", "sales_director")
    key = named(company, "director", "other")
    with company.database.write() as session:
        who = acting(session, "other", key)
        assert who is not None
        assert approve_cycle(session, who, NOW, find_cycle(session, CODE), needed) is None
    with company.database.write() as session:
        given = session.scalars(sa.select(CycleApproval)).one()
        assert (given.role, given.on_behalf_of) == ("sales_director", "id-of-director")
        approvals = approvals_of(session, find_cycle(session, CODE), needed)
        for username in ("other", "director"):
            own = actor_of_account(account(session, username), TODAY)
            assert gave_one(own, approvals.holding)
            assert not approvals.wait_for(own)
        assert approvals.wait_for(company.actors[Role.FINANCE])
        assert is_by(who, account(session, "director"))
        assert is_by(who, account(session, "other"))


def test_a_role_taken_from_the_other_is_gone_for_the_stand_in(company: Played) -> None:
    key = named(company, "manager-M1", "m2")
    with company.database.write() as session:
        who = acting(session, "m2", key)
        assert who is not None
        assert may(actor_as_now(session, who), "calibrate_review")
        session.execute(sa.delete(AccountRole).where(AccountRole.role == "manager"))
        assert not may(actor_as_now(session, who), "calibrate_review")


def test_a_stand_in_signs_nothing_of_the_others(company: Played) -> None:
    company.open()
    key = named(company, "manager-M1", "m2")
    with company.database.read() as session:
        who = acting(session, "m2", key)
        assert who is not None
        assert copies_to_answer(session, who) == []


@pytest.mark.parametrize(
    ("principal", "stand_in", "naming", "code"),
    [
        ("manager-M1", "manager-M1", WEEK, "standins.stand_in"),
        ("manager-M1", "s12", WEEK, "standins.stand_in"),  # whose review they lead
        ("manager-M1", "m2", Naming(TODAY, None, "休假"), "standins.last_day"),
        ("manager-M1", "m2", Naming(TODAY, TODAY - timedelta(days=1), "休假"), "standins.last_day"),
        ("manager-M1", "m2", Naming(TODAY, TODAY, " "), "standins.reason"),
        ("manager-M1", "m2", Naming(TODAY, TODAY + timedelta(days=400), "休"), "standins.last_day"),
    ],
)
def test_who_cannot_stand_in_is_refused(
    company: Played, principal: str, stand_in: str, naming: Naming, code: str
) -> None:
    company.open()
    with pytest.raises(KaohengError) as error:
        named(company, principal, stand_in, naming)
    assert {fault.code for fault in error.value.faults} == {code}


def test_what_was_handed_on_is_not_handed_on_again(company: Played) -> None:
    key = named(company, "manager-M1", "m2")
    with company.database.write() as session:
        who = acting(session, "m2", key)
        assert who is not None
        with pytest.raises(KaohengError) as error:
            name_stand_in(
                session,
                who,
                NOW,
                principal=account(session, "manager-M1"),
                stand_in=account(session, "s31"),
                naming=WEEK,
                today=TODAY,
            )
        assert error.value.kind is Kind.DENIED
    again = named(company, "m2", "director")
    with company.database.read() as session:
        who = acting(session, "director", again)
        assert who is not None
        reached = sa.select(Person.code).where(people(who, "move_review"))
        assert set(session.scalars(reached)) == {"S21", "S22"}  # of their own, nobody of M1's


def test_hr_names_others_but_not_themselves(company: Played) -> None:
    with company.database.write() as session:
        hr = account(session, "hr-nobody")
        about = {"principal": account(session, "director"), "naming": WEEK, "today": TODAY}
        with pytest.raises(KaohengError, match="Nobody names themselves"):
            name_stand_in(session, actor_of_account(hr), NOW, stand_in=hr, **about)  # type: ignore[arg-type]
        name_stand_in(
            session,
            actor_of_account(hr),
            NOW,
            stand_in=account(session, "m2"),
            **about,  # type: ignore[arg-type]
        )
        with pytest.raises(KaohengError, match="already"):
            name_stand_in(
                session,
                actor_of_account(hr),
                NOW,
                stand_in=account(session, "m2"),
                **about,  # type: ignore[arg-type]
            )
        other = account(session, "other")
        with pytest.raises(KaohengError) as error:
            name_stand_in(session, actor_of_account(other), NOW, stand_in=hr, **about)  # type: ignore[arg-type]
        assert error.value.kind is Kind.DENIED
