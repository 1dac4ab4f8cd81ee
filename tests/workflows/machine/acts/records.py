"""Records are confirmed, disputed and claimed; whose they are is proposed, answered, decided."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from tests.workflows.machine.acts.stages import said
from tests.workflows.machine.machine import Machine, by, for_some, reasons, someone
from tests.workflows.machine.model import records
from tests.workflows.machine.model.people import PEOPLE
from tests.workflows.machine.model.state import DEALS, Claim, Reasons, Year
from workflows.access.actors import Actor
from workflows.claims.answering import answer_proposal, decide_claim
from workflows.claims.opening import claim_missing, dispute_line, withdraw_claim
from workflows.claims.proposing import not_there, propose_credits
from workflows.claims.reading import find_claim, standing_proposal
from workflows.claims.tables import CreditClaim
from workflows.confirming.operations import confirm_records
from workflows.confirming.standing import standings
from workflows.cycles.operations import policy_of
from workflows.reviews.tables import Review
from workflows.sources.extraction import CreditLine
from workflows.sources.tables import Record

_FITTING = 8
CHECKING = ("goal_approval", "tracking", "checked")
numbers = st.sampled_from((*DEALS, "D99"))
which = st.integers(0, 9)
some_person = st.sampled_from(PEOPLE)


def to_confirm(year: Year, person: str) -> bool:
    return is_checked(year, person) and records.standing(year, person) in ("waiting", "changed")


def is_checked(year: Year, person: str) -> bool:
    return year.reviews[person].stage in CHECKING


def claims_in(*states: str) -> Callable[[Machine], bool]:
    """Return whether there is a claim in one of ``states``; a run that strays takes any."""

    def there(machine: Machine) -> bool:
        strays = machine.strays and bool(machine.year.claims)
        return strays or any(claim.state in states for claim in machine.year.claims)

    return there


def _answers(about: Claim) -> dict[str, bool | None]:
    return about.proposal.answers if about.proposal else {}


class Records(Machine):
    """Whose a deal is, and that everybody has looked at theirs."""

    @precondition(for_some(to_confirm))
    @rule(who=by("owner"), one=someone, fresh=reasons)
    def confirm_records(self, who: str, one: int | str, fresh: bool) -> None:
        person = self.pick(one, to_confirm)
        name = self.who(who, person)

        def deed(session: Session, actor: Actor, review: Review) -> None:
            policy = policy_of(review.cycle)
            digest = standings(session, review.cycle, policy, [review])[review.id].digest
            confirm_records(
                session, actor, self.year.now, review, seen=digest if fresh else "of another list"
            )

        self.does_to(name, person, records.confirm(self.year, name, person, fresh=fresh), deed)

    @precondition(for_some(is_checked))
    @rule(who=by("owner"), one=someone, number=st.sampled_from(tuple(DEALS)), reason=reasons)
    def dispute(self, who: str, one: int | str, number: str, reason: bool) -> None:
        person = self.pick(one, is_checked)
        name = self.who(who, person)

        def deed(session: Session, actor: Actor, review: Review) -> None:
            record = session.scalars(sa.select(Record).where(Record.code == number)).one()
            dispute_line(session, actor, self.year.now, review, record, reason=said[reason])

        expected = records.dispute(self.year, name, person, number, reason=reason)
        self.does_to(name, person, expected, deed)

    @precondition(for_some(is_checked))
    @rule(who=by("owner"), one=someone, number=numbers, reason=reasons)
    def claim(self, who: str, one: int | str, number: str, reason: bool) -> None:
        person = self.pick(one, is_checked)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            records.claim(self.year, name, person, number, reason=reason),
            lambda session, actor, review: claim_missing(
                session, actor, self.year.now, review, contract=number, reason=said[reason]
            ),
        )

    @precondition(claims_in(*records.UNSETTLED))
    @rule(who=by("owner"), which=which)
    def withdraw_claim(self, who: str, which: int) -> None:
        about = self._claim(which, *records.UNSETTLED)
        self.withdraws(self.who(who, about.person), about)

    def withdraws(self, who: str, about: Claim) -> None:
        self.of_claim(
            who,
            about,
            records.withdraw(self.year, who, about),
            lambda session, actor, claim: withdraw_claim(session, actor, self.year.now, claim),
        )

    @precondition(claims_in(*records.PENDING))
    @rule(
        who=by("leader", "hr", "region"),
        which=which,
        to=some_person,
        half=some_person,
        reason=reasons,
    )
    def propose_credits(self, who: str, which: int, to: str, half: str, reason: bool) -> None:
        """Propose a deal for one person, or for two by halves."""
        about = self._claim(which, *records.PENDING)
        name = self.who(who, about.person)
        each = Fraction(1, len({to, half}))
        shares = dict.fromkeys(sorted({to, half}), each)
        lines = [CreditLine(person, Decimal(1) / len(shares), "owner") for person in shares]
        self.of_claim(
            name,
            about,
            records.propose(self.year, name, about, shares, reason=reason),
            lambda session, actor, claim: propose_credits(
                session,
                actor,
                self.year.now,
                claim,
                lines,
                reason=said[reason],
                answer_by=self.year.today + records.TO_ANSWER,
            ),
        )

    @precondition(claims_in("proposed"))
    @rule(who=by("asked"), which=which, accept=reasons, reason=reasons)
    def answer_proposal(self, who: str, which: int, accept: bool, reason: bool) -> None:
        about = self._claim(which, "proposed")
        waiting = [each for each, said_ in _answers(about).items() if said_ is None]
        name = (waiting or ["S11"])[0] if who == "asked" else self.who(who, about.person)

        def deed(session: Session, actor: Actor, claim: CreditClaim) -> None:
            proposal = standing_proposal(claim)
            if proposal is None:
                raise not_there()
            answer_proposal(
                session, actor, self.year.now, proposal, accept=accept, reason=said[reason]
            )

        expected = records.answer(self.year, name, about, accept=accept, reason=reason)
        self.of_claim(name, about, expected, deed)

    @precondition(claims_in(*records.PENDING))
    @rule(who=by("hr", "region", "leader"), which=which, grant=reasons, reason=reasons)
    def decide_claim(self, who: str, which: int, grant: bool, reason: bool) -> None:
        about = self._claim(which, *records.PENDING)
        name = self.who(who, about.person)
        self.of_claim(
            name,
            about,
            records.decide(self.year, name, about, grant=grant, reason=reason),
            lambda session, actor, claim: decide_claim(
                session,
                actor,
                self.year.now,
                claim,
                grant=grant,
                reason=said[reason],
                today=self.year.today,
            ),
        )

    def of_claim(
        self,
        who: str,
        about: Claim,
        expected: Reasons,
        deed: Callable[[Session, Actor, CreditClaim], object],
    ) -> None:
        """Do something about a claim, found as a page would: by whoever may read it."""
        place = self.year.claims.index(about)

        def found(session: Session, actor: Actor) -> None:
            ids = session.scalars(sa.select(CreditClaim.public_id).order_by(CreditClaim.id)).all()
            deed(session, actor, find_claim(session, actor, ids[place]))

        self.does(who, expected, found)

    def _claim(self, which: int, *states: str) -> Claim:
        """Return a claim, mostly one in these states."""
        fitting = [each for each in self.year.claims if which < _FITTING and each.state in states]
        among = fitting or self.year.claims
        return among[which % len(among)]
