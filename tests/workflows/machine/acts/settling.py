"""Results are talked about, appealed against and opened again."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from tests.workflows.machine.acts.stages import said
from tests.workflows.machine.machine import Fits, Machine, by, for_some, reasons, someone, stale
from tests.workflows.machine.model import appeals, closing, sealing, talks
from tests.workflows.machine.model.results import GRADES
from tests.workflows.machine.model.state import Reasons, Year
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

corrections = st.sampled_from(
    (*(("grade", grade) for grade in GRADES), ("grade", "E"), ("fact", "20"), ("fact", "100"))
)
handlers = st.sampled_from(("M2", "M1", "region", "finance", "hr", "director", "S12", "auditor"))
NAMES = {"grade": "calibrated_grade", "fact": "service.boss"}


def is_approved(year: Year, person: str) -> bool:
    review = year.reviews[person]
    return review.approved_at is not None and not review.sealed


def to_prepare(year: Year, person: str) -> bool:
    talk = year.reviews[person].talk
    return is_approved(year, person) and (talk is None or not talk.held)


def to_hold(year: Year, person: str) -> bool:
    talk = year.reviews[person].talk
    return is_approved(year, person) and talk is not None and not talk.held


def to_acknowledge(year: Year, person: str) -> bool:
    talk = year.reviews[person].talk
    return is_approved(year, person) and talk is not None and talk.held and not talk.answered


def to_appeal(year: Year, person: str) -> bool:
    review = year.reviews[person]
    ends = sealing.appeal_ends(review)
    in_time = review.open_again or (ends is not None and year.now < ends)
    return is_approved(year, person) and in_time and review.appeal is None


def appeal_in(*states: str) -> Fits:
    """Return what fits whoever has appealed, where their last appeal is in one of ``states``."""

    def fits(year: Year, person: str) -> bool:
        there = year.reviews[person].appeals
        return bool(there) and there[-1].state in states

    return fits


to_withdraw = appeal_in("submitted", "accepted", "proposed")
to_assign = appeal_in("submitted", "accepted")
to_accept = appeal_in("submitted")
to_answer = appeal_in("accepted", "proposed")
to_grant = appeal_in("proposed")


def is_sealed(year: Year, person: str) -> bool:
    return year.reviews[person].sealed and closing.waiting(year.reviews[person]) is None


def to_reopen(year: Year, person: str) -> bool:
    return closing.waiting(year.reviews[person]) is not None


class Talks(Machine):
    """The conversation about a result."""

    @precondition(for_some(to_prepare))
    @rule(who=by("leader", "hr"), one=someone, criticism=st.booleans(), helps=reasons, seen=stale)
    def prepare_talk(
        self, who: str, one: int | str, criticism: bool, helps: bool, seen: int
    ) -> None:
        person = self.pick(one, to_prepare)
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

    @precondition(for_some(to_hold))
    @rule(who=by("leader", "hr"), one=someone, note=reasons, seen=stale)
    def hold_talk(self, who: str, one: int | str, note: bool, seen: int) -> None:
        person = self.pick(one, to_hold)
        name = self.who(who, person)
        version = self.talked(person) - seen
        self.does_to(
            name,
            person,
            talks.hold(self.year, name, person, note=note, seen=version),
            lambda session, actor, review: hold_talk(
                session,
                actor,
                self.year.now,
                review,
                held_on=self.year.today,
                channel="im",
                note=said[note],
                today=self.year.today,
                seen=version,
            ),
        )

    @precondition(for_some(is_approved))
    @rule(who=by("leader", "owner"), one=someone)
    def note_talk(self, who: str, one: int | str) -> None:
        person = self.pick(one, is_approved)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            talks.note(self.year, name, person),
            lambda session, actor, review: note_talk(
                session, actor, self.year.now, review, text="谈了报价"
            ),
        )

    @precondition(for_some(to_acknowledge))
    @rule(who=by("owner"), one=someone, agrees=st.booleans(), comment=reasons, seen=stale)
    def acknowledge_talk(
        self, who: str, one: int | str, agrees: bool, comment: bool, seen: int
    ) -> None:
        person = self.pick(one, to_acknowledge)
        name = self.who(who, person)
        version = self.talked(person) - seen
        self.does_to(
            name,
            person,
            talks.acknowledge(self.year, name, person, comment=comment, seen=version),
            lambda session, actor, review: acknowledge_talk(
                session,
                actor,
                self.year.now,
                review,
                agrees=agrees,
                comment=said[comment],
                seen=version,
            ),
        )

    def talked(self, person: str) -> int:
        talk = self.year.reviews[person].talk
        return talk.version if talk else 0


class Appeals(Machine):
    """A doubt about a number, its answer, and what a correction moves."""

    @precondition(for_some(to_appeal))
    @rule(who=by("owner"), one=someone, number=reasons, reason=reasons)
    def appeal(self, who: str, one: int | str, number: bool, reason: bool) -> None:
        person = self.pick(one, to_appeal)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            appeals.submit(self.year, name, person, number=number, reason=reason),
            lambda session, actor, review: submit_appeal(
                session,
                actor,
                self.year.now,
                review,
                names=["total"] if number else [],
                reason=said[reason],
            ),
        )

    @precondition(for_some(to_withdraw))
    @rule(who=by("owner"), one=someone, seen=stale)
    def withdraw_appeal(self, who: str, one: int, seen: int) -> None:
        self._on(
            who,
            one,
            to_withdraw,
            seen,
            lambda name, person, version: appeals.withdraw(self.year, name, person, seen=version),
            lambda session, actor, appeal, version: withdraw_appeal(
                session, actor, self.year.now, appeal, seen=version
            ),
        )

    @precondition(for_some(to_assign))
    @rule(who=by("hr"), one=someone, handler=handlers, seen=stale)
    def assign_appeal(self, who: str, one: int | str, handler: str, seen: int) -> None:
        self._on(
            who,
            one,
            to_assign,
            seen,
            lambda name, person, version: appeals.assign(
                self.year, name, person, handler, seen=version
            ),
            lambda session, actor, appeal, version: assign_appeal(
                session, actor, self.year.now, appeal, handler=handler, seen=version
            ),
        )

    @precondition(for_some(to_accept))
    @rule(who=by("handler"), one=someone, seen=stale)
    def accept_appeal(self, who: str, one: int | str, seen: int) -> None:
        self._on(
            who,
            one,
            to_accept,
            seen,
            lambda name, person, version: appeals.accept(self.year, name, person, seen=version),
            lambda session, actor, appeal, version: accept_appeal(
                session, actor, self.year.now, appeal, seen=version
            ),
        )

    @precondition(for_some(to_answer))
    @rule(who=by("handler"), one=someone, answer=reasons, seen=stale)
    def reject_appeal(self, who: str, one: int, answer: bool, seen: int) -> None:
        self._on(
            who,
            one,
            to_answer,
            seen,
            lambda name, person, version: appeals.reject(
                self.year, name, person, answer=answer, seen=version
            ),
            lambda session, actor, appeal, version: reject_appeal(
                session, actor, self.year.now, appeal, answer=said[answer], seen=version
            ),
        )

    @precondition(for_some(to_answer))
    @rule(who=by("handler"), one=someone, correction=corrections, answer=reasons, seen=stale)
    def propose_correction(
        self,
        who: str,
        one: int | str,
        correction: tuple[str, str],
        answer: bool,
        seen: int,
    ) -> None:
        kind, value = correction
        asked = [Correction(kind, NAMES[kind], value)]
        self._on(
            who,
            one,
            to_answer,
            seen,
            lambda name, person, version: appeals.propose(
                self.year, name, person, correction, answer=answer, seen=version
            ),
            lambda session, actor, appeal, version: propose_correction(
                session,
                actor,
                self.year.now,
                appeal,
                corrections=asked,
                answer=said[answer],
                seen=version,
            ),
        )

    @precondition(for_some(to_grant))
    @rule(who=by("finance", "director", "hr for finance"), one=someone, shown=reasons, seen=stale)
    def grant_appeal(self, who: str, one: int | str, shown: bool, seen: int) -> None:
        def deed(session: Session, actor: Actor, appeal: Appeal, version: int) -> None:
            effect = "another"
            if shown and appeal.state == "proposed":
                effect = effect_of_proposal(session, appeal).digest
            approve_correction(session, actor, self.year.now, appeal, seen=version, effect=effect)

        self._on(
            who,
            one,
            to_grant,
            seen,
            lambda name, person, version: appeals.grant(
                self.year, name, person, seen=version, shown=shown
            ),
            deed,
        )

    @precondition(for_some(to_grant))
    @rule(who=by("finance", "director"), one=someone, reason=reasons, seen=stale)
    def return_correction(self, who: str, one: int, reason: bool, seen: int) -> None:
        self._on(
            who,
            one,
            to_grant,
            seen,
            lambda name, person, version: appeals.send_back(
                self.year, name, person, reason=reason, seen=version
            ),
            lambda session, actor, appeal, version: return_correction(
                session, actor, self.year.now, appeal, reason=said[reason], seen=version
            ),
        )

    def _on(
        self,
        who: str,
        one: int | str,
        fits: Fits,
        seen: int,
        model: Callable[[str, str, int], Reasons],
        deed: Callable[[Session, Actor, Appeal, int], object],
    ) -> None:
        """Do something with somebody's last appeal; ``handler`` is whoever was named for it."""
        person = self.pick(one, fits)
        if not self.year.reviews[person].appeals:
            return
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

    @precondition(for_some(is_sealed))
    @rule(who=by("hr"), one=someone, reason=reasons)
    def propose_reopening(self, who: str, one: int | str, reason: bool) -> None:
        person = self.pick(one, is_sealed)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            closing.propose_reopening(self.year, name, person, reason=reason),
            lambda session, actor, review: propose_reopening(
                session, actor, self.year.now, review, reason=said[reason]
            ),
        )

    @precondition(for_some(to_reopen))
    @rule(
        who=by("finance", "director", "hr for finance"), one=someone, grant=reasons, reason=reasons
    )
    def decide_reopening(self, who: str, one: int | str, grant: bool, reason: bool) -> None:
        person = self.pick(one, to_reopen)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            closing.decide_reopening(self.year, name, person, grant=grant, reason=reason),
            lambda session, actor, review: decide_reopening(
                session,
                actor,
                self.year.now,
                find_reopening(session, actor, review),
                approve=grant,
                reason=said[reason],
            ),
        )
