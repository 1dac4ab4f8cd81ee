"""How quick a simulation is, from the question to the kept answer: `make bench`.

A locked cycle of made-up people stands in an SQLite database; one draft is set against what is
in force. Prints a table; the time is that of the whole operation, explanations included.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
from sqlalchemy import insert
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from benchmarks.people import MONEY, people
from engine import canonical
from engine.facts import DECIMAL
from engine.model import Policy
from engine.policies import load
from engine.reader import Path as At
from engine.sheets.edit import edited
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.cycles.tables import Cycle, Evaluation
from workflows.migrations import upgrade
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.rulebook.operations import version_of
from workflows.rulebook.tables import PolicyVersion
from workflows.simulation import operations
from workflows.simulation.operations import simulate

POLICY = Path(__file__).parent / "policy.yaml"
NOW = datetime(2026, 7, 2, tzinfo=UTC)
SIZES = (10_000, 100_000)
ROUNDS = 5
CHANGES: dict[At, str | None] = {
    ("kpis", "revenue", "weight"): "35%",
    ("kpis", "customers", "weight"): "20%",
}
HR = Actor("benchmark", (RoleHeld(Role.HR),))


def main() -> None:
    operations.AT_ONCE = {True: 10**9, False: 0}
    print("| People | ms, the whole operation |\n|---:|---:|")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            print(f"| {size:,} | {_measured(Path(folder), size):,.0f} |")


def _measured(folder: Path, size: int) -> float:
    database = Database(make_url(f"sqlite:///{folder / 'kaoheng.db'}"), Keyring(folder / "keys"))
    upgrade(database)
    with database.write() as session:
        base, draft = (
            version_of(session, policy, text=text, cases=None, author_id=None, now=NOW)
            for policy, text in _policies()
        )
        cycle_id, ids = _locked(session, base, size).id, (base.id, draft.id)
    took = [_once(database, cycle_id, *ids) for _ in range(ROUNDS)]
    return statistics.median(took) * 1000


def _policies() -> list[tuple[Policy, str]]:
    text = POLICY.read_text(encoding="utf-8")
    return [(load(each, "policy.yaml"), each) for each in (text, edited(text, CHANGES))]


def _locked(session: Session, version: PolicyVersion, size: int) -> Cycle:
    """Add a locked cycle with its people, and the inputs that it keeps."""
    cycle = Cycle(
        code="bench@2026-Q2",
        policy_version=version,
        period="2026-Q2",
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 7, 1),
        state="locked",
        version=1,
        opened_at=NOW,
    )
    session.add(cycle)
    session.flush()
    facts = people(size).with_columns(pl.col(name).cast(DECIMAL) / Decimal(100) for name in MONEY)
    codes = facts["person"].to_list()
    session.execute(
        insert(Person),
        [
            {"id": place, "public_id": code, "code": code, "name": code}
            for place, code in enumerate(codes, 1)
        ],
    )
    session.execute(
        insert(Review),
        [
            {
                "public_id": code,
                "cycle_id": cycle.id,
                "person_id": place,
                "stage": "x",
                "version": 0,
            }
            for place, code in enumerate(codes, 1)
        ],
    )
    session.add(
        Evaluation(
            cycle_id=cycle.id,
            stage="trial",
            version_digest=version.digest,
            inputs=canonical.lines(facts.with_columns(pl.col(pl.Int64).cast(DECIMAL))),
            outputs=b"",
            grants=b"",
            evaluated_at=NOW,
        )
    )
    return cycle


def _once(database: Database, cycle_id: int, base_id: int, draft_id: int) -> float:
    begun = time.perf_counter()
    with database.write() as session:
        cycle = session.get_one(Cycle, cycle_id)
        base, draft = (session.get_one(PolicyVersion, each) for each in (base_id, draft_id))
        simulate(session, HR, NOW, cycle=cycle, candidates=[draft], against=base)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
