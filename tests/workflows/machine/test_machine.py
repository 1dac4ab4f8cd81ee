"""Whatever is done, in whatever order, by whomever: the service does what the plain model does."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from tests.organisation import NOW, actor
from tests.played import CODE, Played, played
from tests.workflows.machine.model import DONE, EVERYBODY, GRADES, ROLES, STEPS, Model
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import Settings, load_settings
from workflows.calibration.operations import calibrate_review
from workflows.closing.holding import hold_review, is_held, release_review
from workflows.closing.late import approve_late
from workflows.closing.sealed import is_sealed
from workflows.cycles.approval import approve_cycle
from workflows.cycles.operations import find_cycle, lock_cycle, policy_of
from workflows.cycles.sealing import close_cycle
from workflows.cycles.tables import Cycle
from workflows.jobs.service import Jobs
from workflows.log.tables import LogHead
from workflows.org.tables import Person
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review

RUNS = 2_000 if os.environ.get("KAOHENG_TEST_LONG") else 50
STEPS_OF_A_RUN = 50
WHO = {"manager": "M1", "salesperson": "S11"}
roles = st.sampled_from(ROLES)
people = st.sampled_from(EVERYBODY)
reasons = st.sampled_from(("客户名单不完整", " ", None))


@dataclass
class Ground:
    """A company with an open cycle to begin each run from, and how to copy it."""

    settings: Settings
    keyring: Keyring
    actors: dict[str, Actor]
    copy: Callable[[], Database]


def acting(session: Session, game: Played) -> dict[str, Actor]:
    """Give one account a role: those that the game has, and people without an account."""
    own = {role.value: one for role, one in game.actors.items()}
    others = {role: actor(session, Role(role), WHO.get(role)) for role in ROLES if role not in own}
    return own | others


@pytest.fixture
def ground(
    database: Database,
    keyring: Keyring,
    tmp_path: Path,
) -> Iterator[Ground]:
    url = database.url.render_as_string(hide_password=False)
    own = load_settings({"KAOHENG_HOME": str(tmp_path), "KAOHENG_DATABASE_URL": url})
    game = played(database, own)
    game.open()
    with database.read() as session:
        actors = acting(session, game)
    database.close()
    copies = Copies(database, keyring, tmp_path)
    yield Ground(own, keyring, actors, copies.make)
    copies.drop()


class Copies:
    """One copy of a database at a time."""

    def __init__(self, origin: Database, keyring: Keyring, folder: Path) -> None:
        self._origin, self._keyring, self._folder = origin, keyring, folder
        self._last: Database | None = None

    def make(self) -> Database:
        self.drop()
        name = f"copy_{uuid.uuid4().hex}"
        if self._origin.is_sqlite:
            path = self._folder / f"{name}.db"
            shutil.copy(str(self._origin.url.database), path)
            self._last = Database(self._origin.url.set(database=str(path)), self._keyring)
        else:
            self._on_server(f"CREATE DATABASE {name} TEMPLATE {self._origin.url.database}")
            self._last = Database(self._origin.url.set(database=name), self._keyring)
        return self._last

    def drop(self) -> None:
        if self._last is None:
            return
        self._last.close()
        if not self._origin.is_sqlite:
            self._on_server(f"DROP DATABASE {self._last.url.database} WITH (FORCE)")
        self._last = None

    def _on_server(self, statement: str) -> None:
        url = self._origin.url.set(database="postgres")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


class CycleMachine(RuleBasedStateMachine):
    """Does each operation on the service and on the model, and holds one to the other."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self.database = self.ground.copy()
        self.model = Model()

    def does(self, expected: str, operation: Callable[[Session, Cycle], object]) -> object:
        """Do it in a transaction of its own; it must end as the model says.

        What is done is in the log; what is refused leaves nothing there.
        """
        before, given = self.logged(), None
        try:
            with self.database.write() as session:
                given = operation(session, find_cycle(session, CODE))
            outcome = DONE
        except KaohengError as error:
            outcome = f"{error.kind} {error.faults[0].code}"
        assert outcome == expected
        assert outcome == DONE or self.logged() == before
        return given

    def logged(self) -> int:
        with self.database.read() as session:
            return session.scalar(sa.select(LogHead.size)) or 0

    @rule(
        role=roles,
        person=people,
        code=st.sampled_from(tuple(STEPS)),
        reason=reasons,
        stale=st.sampled_from((None, 0, 0, 1)),
    )
    def move(
        self, role: str, person: str, code: str, reason: str | None, stale: int | None
    ) -> None:
        seen = None if stale is None else self.model.versions[person] - stale
        self._move(role, person, code, reason, seen)

    @rule(times=st.integers(1, 4))
    def everybody_goes_on(self, times: int) -> None:
        """Bring everybody some stages further where they may: or few runs would get far."""
        for _ in range(times):
            there = {self.model.stages[who] for who in EVERYBODY if who not in self.model.held}
            if self.model.state == "open" and set(self.model.stages.values()) == {"tracking"}:
                self.lock("hr")
            elif self.model.state == "locked" and there == {"result_approval"}:
                self.approve("finance")
            else:
                self._each_goes_on()

    def _each_goes_on(self) -> None:
        on = {step.start: code for code, step in STEPS.items() if step.by and not step.reason}
        for person in EVERYBODY:
            if code := on.get(self.model.stages[person]):
                self._move("hr", person, code, None, None)

    def _move(
        self, role: str, person: str, code: str, reason: str | None, seen: int | None
    ) -> None:
        given = bool((reason or "").strip())
        expected = self.model.move(role, person, code, given, seen)

        def operation(session: Session, cycle: Cycle) -> None:
            review = find_review(session, cycle, person)
            move_review(
                session,
                self.ground.actors[role],
                NOW,
                review,
                policy_of(cycle),
                transition=code,
                reason=reason,
                seen=seen,
            )

        self.does(expected, operation)

    @rule(role=roles, person=people, grade=st.sampled_from((*GRADES, "E")), reason=reasons)
    def calibrate(self, role: str, person: str, grade: str, reason: str | None) -> None:
        given = (reason or "").strip()
        expected = self.model.calibrate(role, person, grade, bool(given))
        self.does(
            expected,
            lambda session, cycle: calibrate_review(
                session,
                self.ground.actors[role],
                NOW,
                find_review(session, cycle, person),
                policy_of(cycle),
                grade=grade,
                reason=given,
            ),
        )

    @rule(role=st.sampled_from(("hr", "hr", "finance", "manager")))
    def lock(self, role: str) -> None:
        self.does(
            self.model.lock(role),
            lambda session, cycle: lock_cycle(session, self.ground.actors[role], NOW, cycle),
        )

    @rule(role=st.sampled_from(("hr", "hr", "manager")), person=people, reason=reasons)
    def hold(self, role: str, person: str, reason: str | None) -> None:
        self._holds("hold", role, person, (reason or "").strip())

    @rule(role=st.sampled_from(("hr", "hr", "finance")), person=people, reason=reasons)
    def release(self, role: str, person: str, reason: str | None) -> None:
        self._holds("release", role, person, (reason or "").strip())

    def _holds(self, what: str, role: str, person: str, reason: str) -> None:
        operation = {"hold": hold_review, "release": release_review}[what]
        self.does(
            getattr(self.model, what)(role, person, bool(reason)),
            lambda session, cycle: operation(
                session,
                self.ground.actors[role],
                NOW,
                find_review(session, cycle, person),
                reason=reason,
            ),
        )

    @rule(role=st.sampled_from(("finance", "finance", "hr")))
    def approve(self, role: str) -> None:
        job = self.does(
            self.model.approve(role),
            lambda session, cycle: approve_cycle(session, self.ground.actors[role], NOW, cycle),
        )
        if job is not None:
            url = self.database.url
            Jobs(replace(self.ground.settings, database_url=url), self.database).finish(str(job))

    @rule(role=st.sampled_from(("finance", "finance", "hr")))
    def approve_late(self, role: str) -> None:
        self.does(
            self.model.approve_late(role),
            lambda session, cycle: approve_late(session, self.ground.actors[role], NOW, cycle),
        )

    @rule(role=st.sampled_from(("hr", "hr", "finance")))
    def close(self, role: str) -> None:
        self.does(
            self.model.close(role),
            lambda session, cycle: close_cycle(session, self.ground.actors[role], NOW, cycle),
        )

    @invariant()
    def stands_where_the_model_does(self) -> None:
        with self.database.read() as session:
            cycle = find_cycle(session, CODE)
            rows = session.execute(
                sa.select(Person.code, Review.stage, Review.version, Review.calibrated_grade)
                .join(Review, Review.person_id == Person.id)
                .where(Review.cycle_id == cycle.id)
            ).all()
            sealed = set(session.scalars(sa.select(Person.code).join(Review).where(is_sealed())))
            held = set(session.scalars(sa.select(Person.code).join(Review).where(is_held())))
        assert cycle.state == self.model.state
        assert {code: stage for code, stage, _, _ in rows} == self.model.stages
        assert {code: version for code, _, version, _ in rows} == self.model.versions
        assert {code: grade for code, _, _, grade in rows if grade} == self.model.graded
        assert sealed == self.model.sealed
        assert held == self.model.held


def test_the_service_does_what_the_model_does(ground: Ground) -> None:
    machine = type("Machine", (CycleMachine,), {"ground": ground})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS_OF_A_RUN,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
