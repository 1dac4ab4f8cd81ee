"""Where the year is played: the company's application, its people, and the day it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from workflows.access.actors import Actor
from workflows.application import Application
from workflows.cycles.operations import find_cycle, policy_of
from workflows.demo.cast import Cast
from workflows.org.tables import Person, Unit
from workflows.reviews.moves import move_review
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review

_OFFICE_HOURS = time(9, 30)

Choice = Callable[[Review], bool]


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's application and its people."""

    app: Application
    cast: Cast

    def at(self, day: date, minutes: int = 0) -> datetime:
        """Return a moment in office hours of ``day``, in the organisation's time zone."""
        start = datetime.combine(day, _OFFICE_HOURS, self.app.settings.timezone)
        return start + timedelta(minutes=minutes)

    def app_on(self, day: date, minutes: int = 0) -> Application:
        """Return the application with its clock on ``day``, for what asks the clock itself."""
        now = self.at(day, minutes)
        return replace(self.app, settings=replace(self.app.settings, now=now), clock=lambda: now)

    def owner(self, review: Review) -> Actor:
        """Return who acts for somebody appraised: themselves, or else their manager."""
        return self.cast.of(review.person.code) or self.manager(review)

    def superior(self, review: Review) -> Actor:
        """Return whom somebody appraised reports to: a manager, or the sales director."""
        is_manager = review.person.code == team_of(review)
        return self.cast.actors["director"] if is_manager else self.manager(review)

    def manager(self, review: Review) -> Actor:
        """Return the manager of the team that somebody appraised belongs to."""
        return self.cast.actors[team_of(review).lower()]

    def director(self, _review: Review) -> Actor:
        """Return the sales director, whoever is appraised."""
        return self.cast.actors["director"]

    def move(
        self,
        cycle_code: str,
        day: date,
        transition: str,
        who: Callable[[Review], Actor],
        *,
        minutes: int = 0,
        only: Choice = lambda _: True,
        reason: str | None = None,
    ) -> None:
        """Move the cycle's reviews, or ``only`` those chosen, a minute after each other.

        The first is moved ``minutes`` into office hours.
        """
        with self.app.database.write() as session:
            cycle = find_cycle(session, cycle_code)
            policy = policy_of(cycle)
            # Held in the session, or every move would ask for its person and team again.
            _held = [*session.scalars(select(Person)), *session.scalars(select(Unit))]
            chosen = [review for review in reviews_of(session, cycle) if only(review)]
            for minute, review in enumerate(chosen, start=minutes):
                move_review(
                    session,
                    who(review),
                    self.at(day, minute),
                    review,
                    policy,
                    transition=transition,
                    reason=reason,
                )


def team_of(review: Review) -> str:
    """Return the code of the team that somebody appraised belongs to: its manager's."""
    assert review.team is not None, "everybody in the demo has a team"
    return review.team.code
