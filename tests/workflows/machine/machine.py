"""The machine: does each deed on the service and on the model, and holds one to the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, TypeVar

import sqlalchemy as sa
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from tests.workflows.machine import seeing
from tests.workflows.machine.company import CODE
from tests.workflows.machine.ground import Ground
from tests.workflows.machine.model.people import (
    LEADERS,
    PEOPLE,
    WHO,
    account_of,
    principal_of,
    reached,
)
from tests.workflows.machine.model.state import DENIED, NOTHING, Reasons, Year
from workflows.access.actors import Actor
from workflows.base.database import Database
from workflows.cycles.operations import find_cycle
from workflows.cycles.sealing import replay_cycle
from workflows.cycles.tables import Cycle
from workflows.log.tables import LogHead
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.standins.acting import acting_for_username

# Where a run may begin, in the year's order.
STAGES = (
    "goal_setting",
    "goal_approval",
    "tracking",
    "checked",
    "self_report",
    "assessing",
    "calibration",
    "result_approval",
    "feedback",
    "closed",
)
# Results are approved, but for one who is held back: up for it, or not even rated.
LATE, UNRATED = "late", "unrated"
SEALED = "sealed"
STARTS = (*STAGES, LATE, UNRATED, SEALED)
# Whom something is about: mostly somebody whom it fits, at times just anybody.
someone = st.integers(0, 9)
_FITTING = 8
# Most of what is drawn is right: what is wrong is then wrong by itself.
reasons = st.sampled_from((True,) * 4 + (False,))
stale = st.sampled_from((0,) * 4 + (1,))
# Whoever may not do it to themselves is told why; the model knows that they may not.
_OWN = "denied access.oneself"
Given = TypeVar("Given")
Deed = Callable[[Session, Actor], Given]
Fits = Callable[[Year, str], bool]


def by(*likely: str) -> st.SearchStrategy[str]:
    """Draw who does something: mostly one of ``likely``, else anybody.

    ``owner`` and ``leader`` are of the person whom it is about.
    """
    return st.sampled_from((*(likely * (3 * len(WHO) // len(likely))), *WHO))


def for_some(fits: Fits) -> Callable[[Machine], bool]:
    """Say whether something fits anybody; a run that strays does anything anywhen."""
    return lambda machine: machine.strays or any(fits(machine.year, each) for each in PEOPLE)


def while_(holds: Callable[[Year], bool]) -> Callable[[Machine], bool]:
    """Say whether something of the whole year is to be done now; or the run strays."""
    return lambda machine: machine.strays or holds(machine.year)


class Machine(RuleBasedStateMachine):
    """What the subjects' rules share. ``reached`` counts, over all runs, how far they came."""

    ground: ClassVar[Ground]
    start: ClassVar[str] = STAGES[0]
    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.database: Database | None = None
        self.year: Year
        self.strays = self.is_run = False
        self.seals: dict[tuple[str, int], tuple[str, ...]] = {}
        self.passed: set[str] = set()
        self.touched = True

    @initialize(strays=st.sampled_from((False,) * 5 + (True,)))
    def begin(self, strays: bool) -> None:
        """Begin where everybody is at a stage of the year."""
        self.put(*self.ground.at(self.start))
        self.strays = strays

    def put(self, database: Database, year: Year) -> None:
        self.database, self.year = database, year

    def does(self, who: str, expected: Reasons, deed: Deed[Given]) -> Given | None:
        """Do it in a transaction of its own; it must end as the model says.

        What is done is in the log; what is refused, or was so already, leaves nothing there.
        Whoever may not do it is told that and no more.
        """
        before, given, refused = self.logged(), None, set()
        try:
            with self.db.write() as session:
                given = deed(session, self.actor(session, who))
        except KaohengError as error:
            refused = {f"{error.kind} {fault.code}" for fault in error.faults}
            refused = {DENIED if each == _OWN else each for each in refused}
        allowed = expected - NOTHING
        self.tells(f"{who}: {', '.join(sorted(refused)) or 'done'}")
        assert bool(refused) == bool(allowed), f"{refused or 'done'}; model: {allowed or 'done'}"
        assert refused <= allowed, f"{refused}; model: {allowed}"
        if any(each.startswith("denied ") for each in allowed):
            hidden = all(each.startswith(("denied ", "missing ")) for each in refused)
            assert hidden, f"{refused}; model: {allowed}"
        assert (self.logged() > before) == (not expected), "the log grows with what is done"
        self.touched = self.touched or not refused
        return given

    def does_to(
        self,
        who: str,
        person: str,
        expected: Reasons,
        deed: Callable[[Session, Actor, Review], Given],
    ) -> Given | None:
        """Do something to a person's review."""
        self.tells(f"the review of {person}")
        return self.does(
            who, expected, lambda session, actor: deed(session, actor, self.review(session, person))
        )

    def tells(self, what: str) -> None:
        """Add to the story that a failed run prints."""
        if self.is_run:
            note(f"    {what}")

    @property
    def db(self) -> Database:
        assert self.database is not None
        return self.database

    def cycle(self, session: Session) -> Cycle:
        return find_cycle(session, CODE)

    def review(self, session: Session, person: str) -> Review:
        return find_review(session, self.cycle(session), person)

    def pick(self, drawn: int | str, fits: Fits) -> str:
        """Return whom something is about: of those whom it fits, or as it is named."""
        if isinstance(drawn, str):
            return drawn
        fitting = [each for each in PEOPLE if drawn < _FITTING and fits(self.year, each)]
        among = fitting or PEOPLE
        return among[drawn % len(among)]

    def who(self, name: str, person: str) -> str:
        """Return whom ``owner`` and ``leader`` of a person are.

        For a stand-in who is not named now it is the principal, but for runs that stray.
        """
        named = {"owner": person, "leader": LEADERS[person]}.get(name, name)
        return named if self.strays or self.year.acts(named) else principal_of(named) or named

    def actor(self, session: Session, who: str) -> Actor:
        own = replace(self.ground.actors[account_of(who)], on=self.year.today)
        principal = principal_of(who)
        if principal is None:
            return own
        return acting_for_username(session, own, principal, self.year.today)

    def logged(self) -> int:
        with self.db.read() as session:
            return session.scalar(sa.select(LogHead.size)) or 0

    @invariant()
    def stands_where_the_model_does(self) -> None:
        """Hold all that the service shows to the model, after whatever was not refused."""
        if self.database is None or not self.touched:
            return
        self.touched = False
        with self.db.read() as session:
            cycle = self.cycle(session)
            assert seeing.seen(session, cycle) == seeing.expected(self.year)
            seals = seeing.seals(session, cycle)
        assert {key: seals[key] for key in self.seals} == self.seals, "a seal never changes"
        self.seals = seals
        self.passed |= {review.stage for review in self.year.reviews.values()}
        self.passed |= {self.year.state} if self.year.state != "open" else set()

    def teardown(self) -> None:
        """What is sealed computes again to the same bytes; nobody sees whom they do not reach."""
        if self.database is None:
            return
        try:
            with self.db.read() as session:
                if self.seals:
                    hr = self.ground.actors["hr"]
                    assert replay_cycle(session, hr, self.cycle(session)) == []
                for who in filter(self.year.acts, WHO):
                    seen = seeing.seen_by(session, self.actor(session, who))
                    assert seen == reached(who, "read"), f"what {who} sees"
        finally:
            self.reached.update(self.passed)
            self.ground.copies.give_back(self.database)
