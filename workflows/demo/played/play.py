"""The play: what time it is on its stage, who acts, and chance that the seed decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.model import Policy
from workflows.access.actors import Actor
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.demo.calendar import START
from workflows.demo.stage import Stage
from workflows.org.leading import managers_of
from workflows.org.tables import Person, Unit
from workflows.reviews.bulk import move_reviews
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review
from workflows.timers.operations import fire_due

# A day's acts follow each other in office hours; after what is done by the clock of ``Stage.at``
# (sixty people, a minute each, and their copies) on the days that have any of it.
_BETWEEN = timedelta(seconds=20)
_FREE, _BUSY = 0, 420  # minutes into office hours
_MORNING = -60
_HELD, _LEADERS = "played_held", "played_leaders"  # in a session's ``info``


@dataclass(slots=True)
class Play:
    """The stage with the clock of the day that is played."""

    stage: Stage
    seed: int
    day: date = START
    notes: dict[str, str] = field(default_factory=dict)  # what a later act has to know
    _now: datetime | None = None

    def begin(self, day: date, *, busy: bool = False) -> None:
        """Let ``day`` begin: what is due by its morning happens by itself."""
        if day != self.day or self._now is None:
            self.day = day
            self.wake(self.stage.at(day, _MORNING))
            self._now = self.stage.at(day)
        if busy:
            self._now = max(self._now, self.stage.at(day, _BUSY))

    def wake(self, now: datetime) -> None:
        """Do what is due by ``now``, as the service's timekeeper does."""
        fire_due(self.stage.app.database, now)

    def now(self) -> datetime:
        """Return the next moment of the day: no two acts have the same."""
        assert self._now is not None, "a day has begun"
        self._now += _BETWEEN
        return self._now

    def minutes(self, taken: int = 0) -> int:
        """Return the next whole minute into office hours, for what is told minutes instead.

        The day goes on ``taken`` minutes after it.
        """
        started = self.stage.at(self.day)
        minutes = int((self.now() - started) / timedelta(minutes=1)) + 1
        self._now = self.stage.at(self.day, minutes + taken)
        return minutes

    def chance(self, what: str) -> Random:
        """Return chance for ``what``: the same for the same seed, whatever else is drawn."""
        return Random(f"{self.seed}/{what}")  # noqa: S311 (an invented company, not a secret)

    def who(self, name: str) -> Actor:
        """Return who acts under this user name or person's code."""
        return self.stage.cast.actors[name.lower()]

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session to write in, with everybody held in it: each act asks for some."""
        with self.stage.app.database.write() as session:
            everybody = session.scalars(select(Person)).all(), session.scalars(select(Unit)).all()
            session.info[_HELD], session.info[_LEADERS] = everybody, {}
            yield session

    def cycle(self, session: Session, code: str) -> tuple[Cycle, Policy, list[Review]]:
        """Return a cycle with its policy and its reviews by person's code."""
        cycle = find_cycle(session, code)
        return cycle, policy_of(cycle), reviews_of(session, cycle)

    def manager_code(self, session: Session, person_id: int) -> str:
        """Return the code of who leads a person today, as when this session first asked."""
        people, _ = session.info[_HELD]
        leaders = session.info[_LEADERS]
        if not leaders:
            leaders |= managers_of(session, [person.id for person in people], self.day)
        leader: Person = leaders[person_id]
        return leader.code

    def manager_of(self, session: Session, person_id: int) -> Actor:
        """Return who leads a person today, as they act."""
        return self.who(self.manager_code(session, person_id))

    def by_manager(
        self, session: Session, reviews: Sequence[Review]
    ) -> Iterator[tuple[Actor, list[Review]]]:
        """Give each manager with those of the reviews whose people they lead today."""
        found: dict[str, list[Review]] = {}
        for review in reviews:
            found.setdefault(self.manager_code(session, review.person_id), []).append(review)
        for code in sorted(found):
            yield self.who(code), found[code]

    def move(
        self,
        session: Session,
        actor: Actor,
        reviews: Sequence[Review],
        transition: str,
        reason: str | None = None,
    ) -> None:
        """Move reviews together, every one of them."""
        chosen = {each.public_id: each.version for each in reviews}
        moved = move_reviews(
            session, actor, self.now(), chosen, transition=transition, reason=reason
        )
        stay = [str(fault) for each in moved.stay for fault in each.faults]
        assert not stay, f"{self.day} {transition}: {stay}"
