"""Results are talked about, appealed against and opened again."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from tests.workflows.machine.acts.stages import said
from tests.workflows.machine.machine import Machine, by, in_time, people, reasons, stale
from tests.workflows.machine.model import appeals, closing, talks
from tests.workflows.machine.model.people import ACCOUNTS
from tests.workflows.machine.model.results import GRADES
from tests.workflows.machine.model.state import Reasons
from workflows.access.actors import Actor
from workflows.appeals.corrections import Correction
from workflows.appeals.operations import (
    accept_appeal,
    assign_appeal,
    propose_correction,
    reject_appeal,
    submit_appeal,
    withdraw_appeal,
)
from workflows.appeals.posting import approve_correction, effect_of_proposal, return_correction
from workflows.appeals.tables import Appeal
from workflows.closing.reopening import decide_reopening, find_reopening, propose_reopening
from workflows.feedback.operations import (
    Prepared,
    acknowledge_talk,
    hold_talk,
    note_talk,
    prepare_talk,
)
from workflows.reviews.tables import Review

approved = in_time("feedback", "closed")
which = st.integers(0, 3)
corrections = st.sampled_from(
    (*(("grade", grade) for grade in GRADES), ("grade", "E"), ("fact", "20"), ("fact", "100"))
)
NAMES = {"grade": "calibrated_grade", "fact": "service.boss"}


def appealed(machine: Machine) -> bool:
    return any(review.appeals for review in machine.year.reviews.values())


class Talks(Machine):
    """The conversation about a result."""

    @precondition(approved)
    @rule(who=by("leader", "hr"), person=people, criticism=st.booleans(), helps=reasons, seen=stale)
    def prepare_talk(self, who: str, person: str, criticism: bool, helps: bool, seen: int) -> None:
        name = self.who(who, person)
        version = self.talked(person) - seen
        words = Prepared(
            "稳",
            "报价晚" if criticism else "",
            "三月那单" if helps else "",
            "早问" if helps else "",
        )
        self.does_to(
            name,
            person,
            talks.prepare(self.year, name, person, criticism=criticism, helps=helps, seen=version),
            lambda session, actor, review: prepare_talk(
                session, actor, self.year.now, review, words, seen=version
            ),
        )

    @precondition(approved)
    @rule(who=by("leader", "hr"), person=people, note=reasons, seen=stale)
    def hold_talk(self, who: str, person: str, note: bool, seen: int) -> None:
        name = self.who(who, person)
        version = self.talked(person) - seen
        self.does_to(
            name,
            person,
            talks.hold(self.year, name, person, note=note, seen=version),
            lambda session, actor, review: hold_talk(
                session, actor, self.year.now, review, held_on=self.year.today, channel="im",
                note=said[note], today=self.year.today, seen=version,
            ),
        )  # fmt: skip

    @precondition(approved)
    @rule(who=by("leader", "owner"), person=people)
    def note_talk(self, who: str, person: str) -> None:
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            talks.note(self.year, name, person),
            lambda session, actor, review: note_talk(
                session, actor, self.year.now, review, text="谈了报价"
            ),
        )

    @precondition(approved)
    @rule(who=by("owner"), person=people, agrees=st.booleans(), comment=reasons, seen=stale)
    def acknowledge_talk(
        self, who: str, person: str, agrees: bool, comment: bool, seen: int
    ) -> None:
        name = self.who(who, person)
        version = self.talked(person) - seen
        self.does_to(
            name,
            person,
            talks.acknowledge(self.year, name, person, comment=comment, seen=version),
            lambda session, actor, review: acknowledge_talk(
                session, actor, self.year.now, review, agrees=agrees, comment=said[comment],
                seen=version,
            ),
        )  # fmt: skip

    def talked(self, person: str) -> int:
        talk = self.year.reviews[person].talk
        return talk.version if talk else 0


class Appeals(Machine):
    """A doubt about a number, its answer, and what a correction moves."""

    @precondition(approved)
    @rule(who=by("owner"), person=people, number=reasons, reason=reasons)
    def appeal(self, who: str, person: str, number: bool, reason: bool) -> None:
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            appeals.submit(self.year, name, person, number=number, reason=reason),
            lambda session, actor, review: submit_appeal(
                session, actor, self.year.now, review, names=["total"] if number else [],
                reason=said[reason],
            ),
        )  # fmt: skip

    @precondition(appealed)
    @rule(who=by("owner"), which=which, seen=stale)
    def withdraw_appeal(self, who: str, which: int, seen: int) -> None:
        self._on(
            who, which, seen,
            lambda name, person, version: appeals.withdraw(self.year, name, person, seen=version),
            lambda session, actor, appeal, version: withdraw_appeal(
                session, actor, self.year.now, appeal, seen=version
            ),
        )  # fmt: skip

    @precondition(appealed)
    @rule(who=by("hr"), which=which, handler=st.sampled_from(tuple(ACCOUNTS)), seen=stale)
    def assign_appeal(self, who: str, which: int, handler: str, seen: int) -> None:
        self._on(
            who, which, seen,
            lambda name, person, version: appeals.assign(
                self.year, name, person, handler, seen=version
            ),
            lambda session, actor, appeal, version: assign_appeal(
                session, actor, self.year.now, appeal, handler=handler, seen=version
            ),
        )  # fmt: skip

    @precondition(appealed)
    @rule(who=by("handler"), which=which, seen=stale)
    def accept_appeal(self, who: str, which: int, seen: int) -> None:
        self._on(
            who, which, seen,
            lambda name, person, version: appeals.accept(self.year, name, person, seen=version),
            lambda session, actor, appeal, version: accept_appeal(
                session, actor, self.year.now, appeal, seen=version
            ),
        )  # fmt: skip

    @precondition(appealed)
    @rule(who=by("handler"), which=which, answer=reasons, seen=stale)
    def reject_appeal(self, who: str, which: int, answer: bool, seen: int) -> None:
        self._on(
            who, which, seen,
            lambda name, person, version: appeals.reject(
                self.year, name, person, answer=answer, seen=version
            ),
            lambda session, actor, appeal, version: reject_appeal(
                session, actor, self.year.now, appeal, answer=said[answer], seen=version
            ),
        )  # fmt: skip

    @precondition(appealed)
    @rule(who=by("handler"), which=which, correction=corrections, answer=reasons, seen=stale)
    def propose_correction(
        self,
        who: str,
        which: int,
        correction: tuple[str, str],
        answer: bool,
        seen: int,
    ) -> None:
        kind, value = correction
        asked = [Correction(kind, NAMES[kind], value)]
        self._on(
            who, which, seen,
            lambda name, person, version: appeals.propose(
                self.year, name, person, correction, answer=answer, seen=version
            ),
            lambda session, actor, appeal, version: propose_correction(
                session, actor, self.year.now, appeal, corrections=asked, answer=said[answer],
                seen=version,
            ),
        )  # fmt: skip

    @precondition(appealed)
    @rule(who=by("finance", "director", "hr for finance"), which=which, shown=reasons, seen=stale)
    def grant_appeal(self, who: str, which: int, shown: bool, seen: int) -> None:
        def deed(session: Session, actor: Actor, appeal: Appeal, version: int) -> None:
            effect = "another"
            if shown and appeal.state == "proposed":
                effect = effect_of_proposal(session, appeal).digest
            approve_correction(session, actor, self.year.now, appeal, seen=version, effect=effect)

        self._on(
            who, which, seen,
            lambda name, person, version: appeals.grant(
                self.year, name, person, seen=version, shown=shown
            ),
            deed,
        )  # fmt: skip

    @precondition(appealed)
    @rule(who=by("finance", "director"), which=which, reason=reasons, seen=stale)
    def return_correction(self, who: str, which: int, reason: bool, seen: int) -> None:
        self._on(
            who, which, seen,
            lambda name, person, version: appeals.send_back(
                self.year, name, person, reason=reason, seen=version
            ),
            lambda session, actor, appeal, version: return_correction(
                session, actor, self.year.now, appeal, reason=said[reason], seen=version
            ),
        )  # fmt: skip

    def _on(
        self,
        who: str,
        which: int,
        seen: int,
        model: Callable[[str, str, int], Reasons],
        deed: Callable[[Session, Actor, Appeal, int], object],
    ) -> None:
        """Do something with somebody's last appeal; ``handler`` is whoever was named for it."""
        there = [person for person, review in self.year.reviews.items() if review.appeals]
        person = there[which % len(there)]
        appeal = appeals.last(self.year, person)
        name = (appeal.handler or "hr") if who == "handler" else self.who(who, person)
        version = appeal.version - seen

        def found(session: Session, actor: Actor, review: Review) -> object:
            last = (
                sa.select(Appeal).where(Appeal.review_id == review.id).order_by(Appeal.seq.desc())
            )
            row = session.scalars(last).first()
            assert row is not None
            return deed(session, actor, row, version)

        self.does_to(name, person, model(name, person, version), found)


class Reopenings(Machine):
    """A closed review is opened again by HR's proposal and another's approval."""

    @precondition(in_time("closed"))
    @rule(who=by("hr"), person=people, reason=reasons)
    def propose_reopening(self, who: str, person: str, reason: bool) -> None:
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            closing.propose_reopening(self.year, name, person, reason=reason),
            lambda session, actor, review: propose_reopening(
                session, actor, self.year.now, review, reason=said[reason]
            ),
        )

    @precondition(in_time("closed"))
    @rule(who=by("finance", "director", "hr for finance"), person=people, grant=reasons,
          reason=reasons)  # fmt: skip
    def decide_reopening(self, who: str, person: str, grant: bool, reason: bool) -> None:
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            closing.decide_reopening(self.year, name, person, grant=grant, reason=reason),
            lambda session, actor, review: decide_reopening(
                session, actor, self.year.now, find_reopening(session, actor, review), approve=grant,
                reason=said[reason],
            ),
        )  # fmt: skip
