"""Accounts and tokens: who may make them, what is kept of them, when they stop."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from engine.errors import KaohengError
from tests.organisation import NOW, add_organisation
from workflows.access.actors import CONSOLE
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_account, actor_of_token, add_account
from workflows.accounts.passwords import verify_password
from workflows.accounts.tables import Account, ApiToken
from workflows.base.database import Database


def code_of(refusal: pytest.ExceptionInfo[KaohengError]) -> str:
    return refusal.value.faults[0].code


def test_a_token_acts_as_its_owner_until_it_is_revoked(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        made = add_account(
            session, CONSOLE, NOW, username="wang", role=Role.SALESPERSON, person_code="S11"
        )
        account = session.scalars(sa.select(Account)).one()
        assert verify_password(made.password, account.password)
        assert account.password.startswith("$argon2id$")
        assert made.token not in session.scalars(sa.select(ApiToken.sha256)).one()
        assert actor_of_token(session, made.token) == actor_of_account(account)
        session.scalars(sa.select(ApiToken)).one().revoked_at = NOW
        session.flush()
        with pytest.raises(KaohengError) as refusal:
            actor_of_token(session, made.token)
        assert code_of(refusal) == "accounts.unknown_token"


def test_an_account_that_is_switched_off_loses_its_token(database: Database) -> None:
    with database.write() as session:
        made = add_account(session, CONSOLE, NOW, username="li", role=Role.HR)
        session.scalars(sa.select(Account)).one().active = False
        session.flush()
        with pytest.raises(KaohengError):
            actor_of_token(session, made.token)


def test_the_console_makes_accounts_until_there_is_an_administrator(database: Database) -> None:
    with database.write() as session:
        add_account(session, CONSOLE, NOW, username="hr", role=Role.HR)
        admin = add_account(session, CONSOLE, NOW, username="root", role=Role.ADMINISTRATOR)
        with pytest.raises(KaohengError) as refusal:
            add_account(session, CONSOLE, NOW, username="mallory", role=Role.FINANCE)
        assert code_of(refusal) == "access.denied"
        add_account(
            session,
            actor_of_token(session, admin.token),
            NOW,
            username="finance",
            role=Role.FINANCE,
        )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"username": "a b", "role": Role.HR}, "accounts.bad_username"),
        ({"username": "taken", "role": Role.HR}, "accounts.username_taken"),
        ({"username": "x", "role": Role.SALESPERSON}, "accounts.person_needed"),
        ({"username": "x", "role": Role.MANAGER, "person_code": "?"}, "org.unknown_person"),
        ({"username": "x", "role": Role.HR_REGION}, "accounts.region_needed"),
        ({"username": "x", "role": Role.HR, "region_code": "east"}, "accounts.region_needed"),
        ({"username": "x", "role": Role.HR_REGION, "region_code": "?"}, "org.unknown_unit"),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    database: Database, arguments: dict[str, object], code: str
) -> None:
    with database.write() as session:
        add_organisation(session)
        add_account(session, CONSOLE, NOW, username="taken", role=Role.AUDITOR)
        with pytest.raises(KaohengError) as refusal:
            add_account(session, CONSOLE, NOW, **arguments)  # type: ignore[arg-type]
        assert code_of(refusal) == code


def test_a_password_takes_as_long_to_guess_as_the_library_advises(
    real_hasher: PasswordHasher,
) -> None:
    """The other tests hash with less work."""
    asked = extract_parameters(real_hasher.hash("correct horse"))
    assert asked == extract_parameters(PasswordHasher().hash("correct horse"))
    assert asked.type is Type.ID
    assert asked.memory_cost * asked.time_cost >= 64 * 1024
