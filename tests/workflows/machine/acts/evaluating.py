"""Self reports are submitted and returned; people are rated."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from tests.workflows.machine.acts.stages import said
from tests.workflows.machine.machine import Machine, by, for_some, reasons, someone
from tests.workflows.machine.model import ratings, reports
from tests.workflows.machine.model.people import LEADERS
from tests.workflows.machine.model.state import Year
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
points = st.sampled_from((60, 80, 88, 80, 40, 100, 72, None))
peers = st.sampled_from(("S11", "S12", "S21", "S22", "M1", "M2"))


def to_report(year: Year, person: str) -> bool:
    review = year.reviews[person]
    return review.stage in ratings.OPEN_IN and review.report != "submitted"


def returnable(year: Year, person: str) -> bool:
    review = year.reviews[person]
    return review.stage not in reports.TOO_LATE and review.report == "submitted"


def is_rated_now(year: Year, person: str) -> bool:
    review = year.reviews[person]
    return review.stage in ratings.OPEN_IN and not review.rated


def is_peer_asked(year: Year, person: str) -> bool:
    return is_rated_now(year, person) and bool(_peers_in(year, person, "asked"))


def is_peer_proposed(year: Year, person: str) -> bool:
    return is_rated_now(year, person) and bool(_peers_in(year, person, "proposed"))


def _peers_in(year: Year, person: str, state: str) -> list[str]:
    forms = year.reviews[person].forms.items()
    return [rater for (kind, rater), form in forms if kind == "peers" and form.state == state]


def to_finish(year: Year, person: str) -> bool:
    boss = year.reviews[person].forms.get(("boss", LEADERS[person]))
    is_given = boss is not None and boss.state == "given"
    at = year.reviews[person].stage == "assessing"
    return at and is_rated_now(year, person) and is_given


def is_finished(year: Year, person: str) -> bool:
    return year.reviews[person].stage == "assessing" and year.reviews[person].rated


class Evaluating(Machine):
    """What people write of themselves, and what others think of them."""

    @precondition(for_some(to_report))
    @rule(who=by("owner"), one=someone, whole=st.booleans())
    def submit_report(self, who: str, one: int | str, whole: bool) -> None:
        person = self.pick(one, to_report)
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

    @precondition(for_some(returnable))
    @rule(who=by("leader", "hr"), one=someone, reason=reasons)
    def return_report(self, who: str, one: int | str, reason: bool) -> None:
        person = self.pick(one, returnable)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            reports.send_back(self.year, name, person, reason=reason),
            lambda session, actor, review: return_report(
                session, actor, self.year.now, review, policy_of(review.cycle), said[reason]
            ),
        )

    @precondition(for_some(is_rated_now))
    @rule(
        who=by("leader", "owner"),
        one=someone,
        own=st.booleans(),
        points=points,
        words=st.booleans(),
    )
    def rate(self, who: str, one: int | str, own: bool, points: int | None, words: bool) -> None:
        """Rate somebody as who leads them, or oneself."""
        person = self.pick(one, is_rated_now)
        name = person if own and who == "leader" else self.who(who, person)
        self.gives(name, person, "self" if own else "boss", points, words=words)

    @precondition(for_some(is_peer_asked))
    @rule(who=by("asked", "asked", "asked", "M1 for M2"), one=someone, points=points)
    def rate_as_peer(self, who: str, one: int | str, points: int | None) -> None:
        person = self.pick(one, is_peer_asked)
        asked = _peers_in(self.year, person, "asked") or ["S22"]
        name = asked[0] if who == "asked" else self.who(who, person)
        self.gives(name, person, "peers", points, words=True)

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

    @precondition(for_some(is_rated_now))
    @rule(who=by("owner", "leader"), one=someone, peer=peers)
    def ask_peer(self, who: str, one: int | str, peer: str) -> None:
        person = self.pick(one, is_rated_now)
        name = self.who(who, person)

        def deed(session: Session, actor: Actor, review: Review) -> None:
            policy = policy_of(review.cycle)
            asked = rating_named(policy, "peers")
            ask_peers(session, actor, self.year.now, review, policy, asked, [peer])

        self.does_to(name, person, ratings.ask(self.year, name, person, peer), deed)

    @precondition(for_some(is_peer_proposed))
    @rule(who=by("leader", "hr"), one=someone, peer=peers, agree=reasons)
    def agree_to_peer(self, who: str, one: int | str, peer: str, agree: bool) -> None:
        person = self.pick(one, is_peer_proposed)
        peer = (_peers_in(self.year, person, "proposed") or [peer])[0]
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

    @precondition(for_some(to_finish))
    @rule(who=by("leader", "hr"), one=someone)
    def finish_ratings(self, who: str, one: int | str) -> None:
        person = self.pick(one, to_finish)
        name = self.who(who, person)

        def deed(session: Session, actor: Actor, review: Review) -> None:
            policy = policy_of(review.cycle)
            finish_ratings(session, actor, self.year.now, review.cycle, policy, [review])

        self.does_to(name, person, ratings.finish(self.year, name, person), deed)

    @precondition(for_some(is_finished))
    @rule(who=by("leader", "hr"), one=someone, reason=reasons)
    def send_ratings_back(self, who: str, one: int | str, reason: bool) -> None:
        person = self.pick(one, is_finished)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            ratings.send_back(self.year, name, person, reason=reason),
            lambda session, actor, review: send_back(
                session, actor, self.year.now, review, policy_of(review.cycle), said[reason]
            ),
        )
