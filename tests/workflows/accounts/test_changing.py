"""Changing accounts: what works, what is refused, what ends sessions, what the log keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, add_organisation
from workflows.access.actors import CONSOLE, Actor
from workflows.access.policy import Role
from workflows.accounts.changing import change_password, give_role, set_active, take_role
from workflows.accounts.operations import actor_of_account, actor_of_token, add_account
from workflows.accounts.passwords import verify_password
from workflows.accounts.tables import Account
from workflows.base.database import Database
from workflows.log.leaf import Leaf
from workflows.log.tables import LogEntry


class Office:
    """An administrator, and Wang, who is the salesperson S11."""

    def __init__(self, session: Session) -> None:
        self.session = session
        add_organisation(session)
        add_account(session, CONSOLE, NOW, username="root", role=Role.ADMINISTRATOR)
        self.made = add_account(
            session, self.root, NOW, username="wang", role=Role.SALESPERSON, person_code="S11"
        )

    @property
    def root(self) -> Actor:
        return self._actor("root") if self._known("root") else CONSOLE

    @property
    def wang(self) -> Account:
        return self.session.scalars(sa.select(Account).where(Account.username == "wang")).one()

    def logged(self) -> dict[str, object]:
        last = self.session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert last is not None
        return {"action": last.action, **Leaf.from_bytes(last.leaf).details}

    def _known(self, username: str) -> bool:
        return bool(self.session.scalar(sa.select(Account.id).where(Account.username == username)))

    def _actor(self, username: str) -> Actor:
        return actor_of_account(
            self.session.scalars(sa.select(Account).where(Account.username == username)).one()
        )


def refusal(do: Callable[[], None]) -> tuple[str, Kind]:
    with pytest.raises(KaohengError) as refused:
        do()
    return refused.value.faults[0].code, refused.value.kind


def test_switching_off_ends_sessions_and_tokens(database: Database) -> None:
    with database.write() as session:
        office = Office(session)
        before = office.wang.fs_uniquifier
        set_active(session, office.root, NOW, account=office.wang, active=False)
        assert office.logged() == {"action": "change_account", "active": False}
        assert office.wang.fs_uniquifier != before
        assert not office.wang.active
        with pytest.raises(KaohengError):
            actor_of_token(session, office.made.token)
        again = refusal(
            lambda: set_active(session, office.root, NOW, account=office.wang, active=False)
        )
        assert again == ("accounts.changed_already", Kind.CONFLICT)
        set_active(session, office.root, NOW, account=office.wang, active=True)
        assert actor_of_token(session, office.made.token).person_id == office.wang.person_id


def test_roles_are_given_and_taken(database: Database) -> None:
    with database.write() as session:
        office = Office(session)
        give_role(
            session,
            office.root,
            NOW,
            account=office.wang,
            role=Role.HR_REGION,
            region_code="west",
        )
        assert office.logged() == {
            "action": "change_account", "role_given": "hr_region", "unit": "west",
        }  # fmt: skip
        assert {held.role for held in office.wang.roles} == {"salesperson", "hr_region"}
        before = office.wang.fs_uniquifier
        held = next(each for each in office.wang.roles if each.role == "hr_region")
        take_role(session, office.root, NOW, account=office.wang, role_id=held.id)
        assert office.logged() == {"action": "change_account", "role_taken": "hr_region"}
        assert {held.role for held in office.wang.roles} == {"salesperson"}
        assert office.wang.fs_uniquifier != before
        gone = refusal(
            lambda: take_role(session, office.root, NOW, account=office.wang, role_id=held.id)
        )
        assert gone == ("accounts.changed_already", Kind.CONFLICT)


def test_what_cannot_be_given_or_taken_is_refused(database: Database) -> None:
    with database.write() as session:
        office = Office(session)
        root = session.scalars(sa.select(Account).where(Account.username == "root")).one()

        def give(account: Account, role: Role, region: str | None = None) -> tuple[str, Kind]:
            return refusal(
                lambda: give_role(
                    session, office.root, NOW, account=account, role=role, region_code=region
                )
            )

        assert give(office.wang, Role.SALESPERSON) == ("accounts.changed_already", Kind.CONFLICT)
        assert give(office.wang, Role.HR_REGION)[0] == "accounts.region_needed"
        assert give(office.wang, Role.HR_REGION, "mars")[0] == "org.unknown_unit"
        assert give(root, Role.MANAGER)[0] == "accounts.not_in_the_organisation"
        held = root.roles[0].id
        for do in (
            lambda: set_active(session, office.root, NOW, account=root, active=False),
            lambda: take_role(session, office.root, NOW, account=root, role_id=held),
        ):
            assert refusal(do) == ("accounts.oneself", Kind.INVALID)


def test_only_an_administrator_changes_accounts(database: Database) -> None:
    with database.write() as session:
        office = Office(session)
        wang, role_id = actor_of_account(office.wang), office.wang.roles[0].id
        for do in (
            lambda: set_active(session, wang, NOW, account=office.wang, active=False),
            lambda: give_role(session, wang, NOW, account=office.wang, role=Role.HR),
            lambda: take_role(session, wang, NOW, account=office.wang, role_id=role_id),
        ):
            assert refusal(do) == ("access.denied", Kind.DENIED)


def test_a_password_is_changed_by_its_owner(database: Database) -> None:
    with database.write() as session:
        office = Office(session)
        wang, before = actor_of_account(office.wang), office.wang.fs_uniquifier

        def change(current: str, new: str, again: str) -> None:
            change_password(session, wang, NOW, current=current, new=new, again=again)

        first, new = office.made.password, "春江潮水连海平，海上明月"
        assert refusal(lambda: change("wrong", new, new))[0] == "accounts.wrong_password"
        assert refusal(lambda: change(first, "short", "short"))[0] == "accounts.short_password"
        assert refusal(lambda: change(first, new, new + "!"))[0] == "accounts.passwords_differ"
        assert refusal(lambda: change(first, first, first))[0] == "accounts.same_password"
        assert office.wang.fs_uniquifier == before
        change(first, new, new)
        assert verify_password(new, office.wang.password)
        assert office.wang.fs_uniquifier != before
        assert office.logged() == {"action": "change_password"}
