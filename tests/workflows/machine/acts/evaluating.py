"""Self reports are submitted and returned; people are rated."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from tests.workflows.machine.acts.stages import said
from tests.workflows.machine.machine import Machine, by, in_time, people, reasons
from tests.workflows.machine.model import ratings, reports
from workflows.access.actors import Actor
from workflows.cycles.operations import policy_of
from workflows.ratings.asking import answer_peer, ask_peers
from workflows.ratings.finishing import finish_ratings, send_back
from workflows.ratings.giving import give_rating, requests_of
from workflows.ratings.standing import rating_named
from workflows.reviews.tables import Review
from workflows.selfreports.writing import return_report, submit_report

SECTIONS = {"problems": "新客户少", "measures": "每周拜访三家", "plan": "签下两家"}
WORDS = {"case": "一起谈的单", "advice": "多写下来"}
points = st.sampled_from((60, 80, 88, 40, 100, None))
peers = st.sampled_from(("S11", "S12", "S21", "S22", "M1", "M2"))
reporting = in_time("self_report", "assessing")
rating = in_time("self_report", "assessing", "calibration")


class Evaluating(Machine):
    """What people write of themselves, and what others think of them."""

    @precondition(reporting)
    @rule(who=by("owner"), person=people, whole=reasons)
    def submit_report(self, who: str, person: str, whole: bool) -> None:
        name = self.who(who, person)
        texts = SECTIONS if whole else {**SECTIONS, "plan": " "}
        self.does_to(
            name,
            person,
            reports.submit(self.year, name, person, whole=whole),
            lambda session, actor, review: submit_report(
                session, actor, self.year.now, review, policy_of(review.cycle), texts
            ),
        )

    @precondition(reporting)
    @rule(who=by("leader", "hr"), person=people, reason=reasons)
    def return_report(self, who: str, person: str, reason: bool) -> None:
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            reports.send_back(self.year, name, person, reason=reason),
            lambda session, actor, review: return_report(
                session, actor, self.year.now, review, policy_of(review.cycle), said[reason]
            ),
        )

    @precondition(rating)
    @rule(who=by("leader", "owner"), person=people, own=st.booleans(), points=points,
          words=st.booleans())  # fmt: skip
    def rate(self, who: str, person: str, own: bool, points: int | None, words: bool) -> None:
        """Rate somebody as who leads them, or oneself."""
        self.gives(self.who(who, person), person, "self" if own else "boss", points, words=words)

    @precondition(rating)
    @rule(who=by("S12", "S21", "S22", "S11", "M1 for director"), person=people, points=points)
    def rate_as_peer(self, who: str, person: str, points: int | None) -> None:
        self.gives(self.who(who, person), person, "peers", points, words=True)

    def gives(
        self, who: str, person: str, kind: str, points: int | None, *, words: bool = True
    ) -> None:
        form = {"points": "" if points is None else str(points), **(WORDS if words else {})}

        def deed(session: Session, actor: Actor, review: Review) -> None:
            policy = policy_of(review.cycle)
            asked = rating_named(policy, kind)
            give_rating(session, actor, self.year.now, review, policy, asked, {"service": form})

        expected = ratings.give(self.year, who, person, kind, points, words=words)
        self.does_to(who, person, expected, deed)

    @precondition(rating)
    @rule(who=by("owner", "leader"), person=people, peer=peers)
    def ask_peer(self, who: str, person: str, peer: str) -> None:
        name = self.who(who, person)

        def deed(session: Session, actor: Actor, review: Review) -> None:
            policy = policy_of(review.cycle)
            asked = rating_named(policy, "peers")
            ask_peers(session, actor, self.year.now, review, policy, asked, [peer])

        self.does_to(name, person, ratings.ask(self.year, name, person, peer), deed)

    @precondition(rating)
    @rule(who=by("leader", "hr"), person=people, peer=peers, agree=reasons)
    def agree_to_peer(self, who: str, person: str, peer: str, agree: bool) -> None:
        name = self.who(who, person)

        def deed(session: Session, actor: Actor, review: Review) -> None:
            there = [each for each in requests_of(session, review) if each.rating == "peers"]
            found = (each.public_id for each in there if each.rater and each.rater.code == peer)
            policy = policy_of(review.cycle)
            answer_peer(
                session, actor, self.year.now, review, policy, next(found, "-"), agree=agree
            )

        expected = ratings.agree_to_peer(self.year, name, person, peer, agree=agree)
        self.does_to(name, person, expected, deed)

    @precondition(rating)
    @rule(who=by("leader", "hr"), person=people)
    def finish_ratings(self, who: str, person: str) -> None:
        name = self.who(who, person)

        def deed(session: Session, actor: Actor, review: Review) -> None:
            policy = policy_of(review.cycle)
            finish_ratings(session, actor, self.year.now, review.cycle, policy, [review])

        self.does_to(name, person, ratings.finish(self.year, name, person), deed)

    @precondition(rating)
    @rule(who=by("leader", "hr"), person=people, reason=reasons)
    def send_ratings_back(self, who: str, person: str, reason: bool) -> None:
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            ratings.send_back(self.year, name, person, reason=reason),
            lambda session, actor, review: send_back(
                session, actor, self.year.now, review, policy_of(review.cycle), said[reason]
            ),
        )
