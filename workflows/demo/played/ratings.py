"""Ratings: by oneself, the manager, peers without a name, and customers as HR enters them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.model import Policy
from workflows.demo.played import texts
from workflows.demo.played.play import Play
from workflows.ratings.asking import answer_peer, ask_peers
from workflows.ratings.customers import enter_customer
from workflows.ratings.finishing import finish_ratings
from workflows.ratings.giving import give_rating, save_answers
from workflows.ratings.standing import rating_named
from workflows.ratings.tables import RatingRequest
from workflows.reviews.tables import Review

KPI = "teamwork"
_CUSTOMERS = ("苏州恒达机械有限公司", "宁波瑞通物流有限公司", "深圳嘉和信息有限公司")


def rate_oneself(play: Play, code: str, but: Sequence[str] = ()) -> None:
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        for review in _evaluated(reviews, but):
            person = review.person.code
            _give(play, session, person, "self", policy, review, (78, 95))


def propose_peers(play: Play, code: str, whom: Mapping[str, Sequence[str]]) -> None:
    """Have people propose who rates them, and their managers agree."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        peers = rating_named(policy, "peers")
        for review in reviews:
            names = whom.get(review.person.code)
            if names is None:
                continue
            person = play.who(review.person.code)
            asked = ask_peers(session, person, play.now(), review, policy, peers, names)
            manager = play.manager_of(session, review.person_id)
            for each in asked:
                answer_peer(
                    session, manager, play.now(), review, policy, each.public_id, agree=True
                )


def rate_peers(play: Play, code: str, but: Sequence[str] = ()) -> None:
    """Have everybody who was asked rate their colleague, but those who have not yet."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        asked = select(RatingRequest).where(
            RatingRequest.rating == "peers",
            RatingRequest.state == "asked",
            RatingRequest.review_id.in_([each.id for each in reviews]),
        )
        requests = [each for each in session.scalars(asked) if each.rater is not None]
        for request in sorted(requests, key=lambda each: (each.review.person.code, _rater(each))):
            if _rater(request) not in but:
                _give(play, session, _rater(request), "peers", policy, request.review, (72, 97))


def enter_customers(play: Play, code: str, *people: str) -> None:
    """Enter what customers said of some, as the survey has it."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        customers = rating_named(policy, "customers")
        for review in reviews:
            if review.person.code in people:
                chance = play.chance(f"{code}/customers/{review.person.code}")
                for name in _CUSTOMERS[: chance.randint(1, 3)]:
                    answers = {KPI: _answers(chance, (75, 98))}
                    enter_customer(
                        session, play.who("hr"), play.now(), review, policy, customers, name,
                        answers,
                    )  # fmt: skip


def rate_team(play: Play, code: str, *, but: Sequence[str] = (), teams: Sequence[str] = ()) -> None:
    """Have managers rate their people, or those of ``teams`` only."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        for review in _evaluated(reviews, but):
            manager = play.manager_code(session, review.person_id)
            if not teams or manager in teams:
                _give(play, session, manager, "boss", policy, review, (66, 96))


def begin_team(play: Play, code: str, *people: str) -> None:
    """Have a manager type points of some and leave the form for another day."""
    with play.writing() as session:
        _, policy, reviews = play.cycle(session, code)
        for review in reviews:
            if review.person.code in people:
                manager = play.manager_of(session, review.person_id)
                save_answers(
                    session, manager, play.now(), review, policy, rating_named(policy, "boss"),
                    {KPI: {"points": "82"}},
                )  # fmt: skip


def finish(play: Play, code: str, *, teams: Sequence[str] = ()) -> None:
    """Have managers finish their people's ratings and submit the evaluation."""
    with play.writing() as session:
        cycle, policy, reviews = play.cycle(session, code)
        for manager, team in play.by_manager(session, _evaluated(reviews, ())):
            if teams and play.manager_code(session, team[0].person_id) not in teams:
                continue
            finish_ratings(session, manager, play.now(), cycle, policy, team)
            play.move(session, manager, team, "submit_evaluation")


def _evaluated(reviews: Sequence[Review], but: Sequence[str]) -> list[Review]:
    return [each for each in reviews if each.stage == "evaluation" and each.person.code not in but]


def _give(
    play: Play,
    session: Session,
    rater: str,
    kind: str,
    policy: Policy,
    review: Review,
    between: tuple[int, int],
) -> None:
    chance = play.chance(f"{review.cycle.code}/{kind}/{rater}/{review.person.code}")
    give_rating(
        session,
        play.who(rater),
        play.now(),
        review,
        policy,
        rating_named(policy, kind),
        {KPI: _answers(chance, between)},
    )


def _answers(chance: Random, between: tuple[int, int]) -> dict[str, str]:
    """Return a form; one of the lowest has its case and advice, as it must."""
    points = chance.randint(*between)
    found = {"points": str(points), "praise": texts.one(chance, texts.PRAISE)}
    if points < 70:
        found |= {
            "criticism": "交接给实施的资料两次不全",
            "case": "八月的一单，验收清单在进场当天才补齐",
            "advice": texts.one(chance, texts.ADVICE),
        }
    return found


def _rater(request: RatingRequest) -> str:
    assert request.rater is not None, "a peer is a person"
    return request.rater.code
