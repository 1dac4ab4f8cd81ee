"""Feedback: conversations prepared, held and acknowledged, and what is said back."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.demo.played import texts
from workflows.demo.played.play import Play
from workflows.feedback.operations import (
    Prepared,
    acknowledge_talk,
    hold_talk,
    note_talk,
    prepare_talk,
)
from workflows.feedback.upward import QUESTIONS, give_upward
from workflows.reviews.tables import Review


def prepare(play: Play, code: str) -> None:
    """Have managers write down what they mean to say to each of their people."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        for manager, team in play.by_manager(session, _up(reviews)):
            for review in team:
                chance = play.chance(f"{code}/talk/{review.person.code}")
                said = Prepared(
                    praise=texts.one(chance, texts.PRAISE),
                    criticism="报价后跟进不够及时",
                    example="八月有两单报价后一周才回访，客户已和别家谈妥",
                    advice=texts.one(chance, texts.ADVICE),
                )
                prepare_talk(session, manager, play.now(), review, said)


def hold(play: Play, code: str, *, but: Sequence[str] = (), only: Sequence[str] = ()) -> None:
    """Have managers record that the conversations took place, but those that are put off."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        for manager, team in play.by_manager(session, _up(reviews)):
            for review in team:
                if review.person.code in but or (only and review.person.code not in only):
                    continue
                chance = play.chance(f"{code}/held/{review.person.code}")
                hold_talk(
                    session,
                    manager,
                    play.now(),
                    review,
                    held_on=play.day,
                    channel=chance.choice(("face_to_face", "face_to_face", "im")),
                    note=texts.one(chance, texts.TALKED),
                    today=play.day,
                )


def acknowledge(
    play: Play, code: str, *, silent: Sequence[str] = (), disagree: Sequence[str] = ()
) -> None:
    """Have everybody take note of the conversation, but those who say nothing."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        for review in _up(reviews):
            person = review.person.code
            if person in silent:
                continue
            chance = play.chance(f"{code}/noted/{person}")
            agrees = person not in disagree
            comment = texts.one(chance, texts.TOOK_NOTE) if agrees else _DISAGREES
            acknowledge_talk(
                session, play.who(person), play.now(), review, agrees=agrees, comment=comment
            )


def add_notes(play: Play, code: str, *people: str) -> None:
    """Have some add their own note of the conversation."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        for review in reviews:
            if review.person.code in people:
                text = "补充：丢的那单客户换了采购负责人，已约下周重新拜访。"
                note_talk(session, play.who(review.person.code), play.now(), review, text=text)


def say_back(play: Play, code: str, *people: str) -> None:
    """Have people say what they think of whoever leads them."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        for review in reviews:
            if review.person.code in people:
                chance = play.chance(f"{code}/upward/{review.person.code}")
                give_upward(
                    session,
                    play.who(review.person.code),
                    play.now(),
                    review,
                    answers={name: chance.randint(3, 5) for name in QUESTIONS},
                    keep=texts.one(chance, texts.KEEP),
                    change=texts.one(chance, texts.CHANGE),
                )


def finish(play: Play, code: str, but: Sequence[str] = ()) -> None:
    """Have managers finish the feedback of everybody whose conversation is done."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        done = [each for each in _up(reviews) if each.person.code not in but]
        for manager, team in play.by_manager(session, done):
            play.move(session, manager, team, "confirm_feedback")


def _up(reviews: Sequence[Review]) -> list[Review]:
    """Return those whose results are approved and talked about now."""
    return [each for each in reviews if each.stage == "feedback"]


_DISAGREES = "周期里有一单是我和同事一起做的，没有算我的份，我会按流程申诉。"
