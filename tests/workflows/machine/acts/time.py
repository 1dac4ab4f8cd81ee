"""Time passes, and people stand in for one another for some days of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from tests.workflows.machine.acts.stages import said
from tests.workflows.machine.machine import Machine, by, reasons
from tests.workflows.machine.model import passing, standins
from tests.workflows.machine.model.people import STAND_INS
from workflows.access.actors import Actor
from workflows.accounts.tables import Account
from workflows.standins.operations import Naming, name_stand_in, revoke_stand_in
from workflows.standins.tables import StandIn
from workflows.timers.operations import fire_due

LAST = datetime(2026, 9, 20, tzinfo=UTC)  # no holiday is before it
pairs = st.sampled_from((*STAND_INS, "M1 for M1", "S11 for M1", "region for hr"))


class Time(Machine):
    """A clock that only the machine moves, and whoever acts for another meanwhile."""

    @precondition(lambda self: self.year.now < LAST)
    @rule(days=st.sampled_from((1, 1, 2, 3, 4, 6)))
    def time_passes(self, days: int) -> None:
        """Do what is due by then, each thing once: a second look finds nothing."""
        before, to = self.logged(), self.year.now + timedelta(days=days)
        happened = passing.pass_time(self.year, to)
        fire_due(self.db, to)
        after = self.logged()
        assert (after > before) == happened, "what happens by itself is in the log"
        assert fire_due(self.db, to) == 0
        assert self.logged() == after
        self.touched = True

    @precondition(lambda self: self.strays or not all(map(self.year.acts, STAND_INS)))
    @rule(
        who=by("hr", "hr", "M1", "finance"),
        pair=pairs,
        begins=st.sampled_from((0, 0, 2)),
        days=st.sampled_from((3, 9, 30, 9, 0)),
        reason=reasons,
    )
    def name_stand_in(self, who: str, pair: str, begins: int, days: int, reason: bool) -> None:
        first = self.year.today + timedelta(days=begins)
        naming = Naming(first, first + timedelta(days=days - 1), said[reason])

        def deed(session: Session, actor: Actor) -> None:
            account, _, principal = pair.partition(" for ")
            rows = session.scalars(
                sa.select(Account).where(Account.username.in_((account, principal)))
            )
            named = {row.username: row for row in rows}
            name_stand_in(
                session,
                actor,
                self.year.now,
                principal=named[principal],
                stand_in=named[account],
                naming=naming,
                today=self.year.today,
            )

        expected = standins.name(self.year, who, pair, begins=begins, days=days, reason=reason)
        self.does(who, expected, deed)

    def everybody_is_stood_in_for(self) -> None:
        """Name all the stand-ins for a while, so that they act from the beginning."""
        for pair in STAND_INS:
            self.name_stand_in("hr", pair, 0, 30, True)

    @precondition(lambda self: self.strays or all(map(self.year.acts, STAND_INS)))
    @rule(who=by("hr", "M1", "M2", "finance"), which=st.integers(0, 3))
    def revoke_stand_in(self, who: str, which: int) -> None:
        place = which % len(self.year.standins)

        def deed(session: Session, actor: Actor) -> None:
            rows = session.scalars(sa.select(StandIn).order_by(StandIn.id)).all()
            revoke_stand_in(session, actor, self.year.now, rows[place])

        self.does(who, standins.revoke(self.year, who, self.year.standins[place]), deed)
