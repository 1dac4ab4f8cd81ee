"""SIGKILL at any moment of an approval: started again, it ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.killing import run, run_killed
from tests.organisation import NOW
from tests.played import CODE, Played, played
from workflows.access.policy import Role
from workflows.accounts.operations import issue_token
from workflows.accounts.tables import Account
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings
from workflows.cycles.tables import Cycle, Evaluation
from workflows.incentives.tables import LedgerEntry
from workflows.log.snapshot import snapshot
from workflows.log.tables import LogEntry
from workflows.log.verify import verify
from workflows.org.tables import Person
from workflows.reviews.tables import Review, ReviewMove

COMMAND = "tests.workflows.cycles.approving:main"
ARGUMENTS = ["cycle", "approve", CODE]
KILLS = 4


def environment(game: Played) -> dict[str, str]:
    """Return the environment in which finance acts on the game's database."""
    with game.database.write() as session:
        account = session.get(Account, game.actors[Role.FINANCE].account_id)
        assert account is not None
        token = issue_token(session, account, NOW)
    return {
        "KAOHENG_HOME": str(game.settings.home),
        "KAOHENG_DATABASE_URL": game.database.url.render_as_string(hide_password=False),
        "KAOHENG_NOW": NOW.isoformat(),
        "KAOHENG_LANGUAGE": "en",
        "KAOHENG_TOKEN": token,
    }


@pytest.fixture(scope="module")
def unkilled(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Any]]:
    """Return what the same game leaves on a database of its own, approved without a kill."""
    folder = tmp_path_factory.mktemp("calm")
    (folder / "kaoheng.db").write_bytes(sqlite_template.read_bytes())
    settings = load_settings({"KAOHENG_HOME": str(folder)})
    calm = played(Database(settings.database_url, Keyring(settings.keys_folder)), settings)
    calm.up_to_approval()
    assert run(COMMAND, ARGUMENTS, env=environment(calm)).returncode == 0
    left = state_of(calm.database)
    calm.database.close()
    return left


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_killed_approval_ends_like_one_that_was_not(
    game: Played, unkilled: dict[str, list[Any]], seed: int
) -> None:
    game.up_to_approval()
    end = run_killed(COMMAND, ARGUMENTS, env=environment(game), kills=KILLS, seed=seed, commits=5)
    assert end.moments, "the seed kills at least once"
    done_at_once = (
        end.last.returncode == 0 or "who was held back is up for approval" in end.last.stderr
    )
    assert done_at_once, end.last.stderr
    assert state_of(game.database) == unkilled
    with snapshot(game.database) as session:
        assert verify(session, game.database.keyring).fault is None


def state_of(database: Database) -> dict[str, list[Any]]:
    """Return all that an approval leaves."""
    with database.read() as session:
        return {name: [tuple(r) for r in session.execute(q).all()] for name, q in QUERIES.items()}


QUERIES: dict[str, sa.Select[Any]] = {
    "cycles": sa.select(Cycle.code, Cycle.state, Cycle.version),
    "reviews": sa.select(Person.code, Review.stage, Review.version)
    .join(Review, Review.person_id == Person.id)
    .order_by(Person.code),
    "moves": sa.select(Person.code, ReviewMove.transition)
    .join(Review, Review.id == ReviewMove.review_id)
    .join(Person, Person.id == Review.person_id)
    .order_by(ReviewMove.id),
    "ledger": sa.select(
        Person.code, LedgerEntry.rule, LedgerEntry.kind, LedgerEntry.seq, LedgerEntry.amount_minor
    )
    .join(LedgerEntry, LedgerEntry.person_id == Person.id)
    .order_by(LedgerEntry.id),
    "evaluations": sa.select(Evaluation.stage, Evaluation.outputs, Evaluation.grants).order_by(
        Evaluation.stage
    ),
    "log": sa.select(LogEntry.seq, LogEntry.action).order_by(LogEntry.seq),
}
