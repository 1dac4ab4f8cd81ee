"""Preparing the conversation, holding it, noting it on both sides, and acknowledging it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.stages import answer_time
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, denied, may, people
from workflows.base.conditional import change_if
from workflows.closing.arriving import seal_when_ready
from workflows.closing.sealed import is_sealed_now, opened_since
from workflows.cycles.claiming import claim_cycle
from workflows.cycles.latest import approved_at
from workflows.cycles.operations import policy_of
from workflows.feedback.silence import await_answer, no_more_silence
from workflows.feedback.tables import FeedbackNote, FeedbackTalk
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.stages.answering import answer_until
from workflows.stages.naming import cycle_name

CHANNELS = ("face_to_face", "mail", "im")
MANAGER, PERSON = "manager", "person"
# What a conversation that is still to be held says of how it was held and answered.
_NOT_HELD = MappingProxyType(
    dict.fromkeys(
        ("held_on", "channel", "silent_after", "agrees", "comment", "acknowledged_at"), None
    )
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What somebody means to say: praise, criticism with its example, and advice."""

    praise: str = ""
    criticism: str = ""
    example: str = ""
    advice: str = ""


def prepare_talk(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    said: Prepared,
    *,
    seen: int | None = None,
) -> FeedbackTalk:
    """Write down what is to be said; again, until the conversation was held.

    A review that was opened again since has another conversation: what was noted of the first
    stays, and nothing of it is held or answered any more. Criticism needs a case and advice with
    it. Raises ``KaohengError``: ``DENIED``, ``INVALID`` with what is missing, ``CONFLICT`` before
    the approval, after the seal or after the talk.
    """
    allow_person(session, actor, "hold_feedback", review.person_id)
    _require_open(session, review)
    if faults := list(_bare(said)):
        raise KaohengError(faults)
    talk = talk_of(session, review)
    if talk is None:
        talk = FeedbackTalk(review_id=review.id, version=0, prepared_at=now, **_words(said))
        session.add(talk)
        session.flush()
    else:
        before = talk.silent_after
        _change(
            session, talk, seen, _may_be_prepared(), **_words(said), **_NOT_HELD, prepared_at=now
        )
        no_more_silence(session, now, review, before)
    _log(session, "prepare_feedback", actor, now, review, None, **_words(said))
    return talk


def hold_talk(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    *,
    held_on: date,
    channel: str,
    note: str,
    today: date,
    seen: int | None = None,
) -> None:
    """Record that the conversation took place, how, and what was said, on the leading side.

    The person is asked to acknowledge it; silence beyond the time that
    the policy gives for an answer counts as taken note.
    """
    allow_person(session, actor, "hold_feedback", review.person_id)
    _require_open(session, review)
    talk = _require_prepared(
        session, review, N_("Write down first what went well and what would help.")
    )
    faults = list(_of_talk(held_on, channel, note, today))
    if faults:
        raise KaohengError(faults)
    time = answer_time(policy_of(review.cycle), "feedback")
    silent_after = answer_until(session, now, time)
    not_held = FeedbackTalk.held_on.is_(None)
    _change(
        session,
        talk,
        seen,
        not_held,
        held_on=held_on,
        channel=channel,
        silent_after=silent_after,
    )
    session.add(_note(actor, now, review, MANAGER, note))
    await_answer(session, review, silent_after)
    message = N_("Please acknowledge the conversation about your result of {cycle}.")
    link = f"/reviews/{review.public_id}/feedback"
    key = f"feedback {review.public_id} {talk.version}"
    name = cycle_name(review.cycle)
    notify(session, now, review.person_id, key, message, link=link, cycle=name)
    _log(session, "hold_feedback", actor, now, review, {"channel": channel}, note=note.strip())


def note_talk(session: Session, actor: Actor, now: datetime, review: Review, *, text: str) -> None:
    """Add a note of the conversation: the person's own, or the leading side's."""
    side = side_of(session, actor, review)
    if side is None:
        raise denied("hold_feedback")
    _require_open(session, review)
    if not text.strip():
        raise _empty("text")
    session.add(_note(actor, now, review, side, text))
    _log(session, "note_feedback", actor, now, review, {"side": side}, note=text.strip())


def acknowledge_talk(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    *,
    agrees: bool,
    comment: str,
    seen: int | None = None,
) -> None:
    """Take note of the conversation about one's own result; disagreeing is not an appeal.

    The comment is their side of what was said. Raises ``KaohengError`` for anybody but the person,
    before it was held, where it was acknowledged already, or after the seal.
    """
    allow_person(session, actor, "answer_feedback", review.person_id)
    if actor.on_behalf_of is not None:
        raise denied("answer_feedback")
    claim_cycle(session, review.cycle)
    talk = _require_prepared(
        session, review, N_("Wait until whoever leads you has held it and recorded that.")
    )
    _require_open(session, review)
    if not comment.strip():
        raise _empty("comment")
    _change(
        session,
        talk,
        seen,
        FeedbackTalk.held_on.is_not(None) & FeedbackTalk.agrees.is_(None),
        agrees=agrees,
        comment=comment.strip(),
        acknowledged_at=now,
    )
    session.add(_note(actor, now, review, PERSON, comment))
    no_more_silence(session, now, review, talk.silent_after)
    details = {"agrees": agrees}
    _log(session, "acknowledge_feedback", actor, now, review, details, comment=comment.strip())
    seal_when_ready(session, actor, now, [review])


def talk_of(session: Session, review: Review) -> FeedbackTalk | None:
    """Return the conversation about a review, if somebody has prepared it."""
    return session.scalar(select(FeedbackTalk).where(FeedbackTalk.review_id == review.id))


def is_to_prepare(session: Session, review: Review) -> bool:
    """Say whether the conversation is still to be held, for the first time or anew."""
    found = select(FeedbackTalk.id).where(FeedbackTalk.review_id == review.id)
    if session.scalar(found) is None:
        return True
    return session.scalar(found.where(_may_be_prepared())) is not None


def notes_of(session: Session, review: Review) -> list[FeedbackNote]:
    """Return both sides' notes, the first first."""
    return list(
        session.scalars(
            select(FeedbackNote)
            .where(FeedbackNote.review_id == review.id)
            .order_by(FeedbackNote.id)
        )
    )


def side_of(session: Session, actor: Actor, review: Review) -> str | None:
    """Return on which side of the conversation an actor is, or None."""
    for operation, side in (("answer_feedback", PERSON), ("hold_feedback", MANAGER)):
        if may(actor, operation):
            reached = select(Person.id).where(
                Person.id == review.person_id, people(actor, operation)
            )
            if session.scalar(reached) is not None:
                return side
    return None


def _may_be_prepared() -> ColumnElement[bool]:
    again = opened_since(FeedbackTalk.review_id, FeedbackTalk.prepared_at)
    return or_(FeedbackTalk.held_on.is_(None), again)


def _bare(said: Prepared) -> Iterator[Fault]:
    """Give what a bare criticism lacks: a case that shows it, and what would help."""
    if not any((said.praise.strip(), said.criticism.strip(), said.advice.strip())):
        yield Fault(
            "feedback.empty",
            N_("Nothing is prepared yet."),
            N_("Write what went well, or what would help next."),
            {},
            Place(path="praise"),
        )
    if not said.criticism.strip():
        return
    if not said.example.strip():
        yield Fault(
            "feedback.no_case",
            N_("A criticism is easier to take with a case that shows it."),
            N_("Name one: when it was, and what happened."),
            {},
            Place(path="example"),
        )
    if not said.advice.strip():
        yield Fault(
            "feedback.no_advice",
            N_("A criticism alone changes nothing."),
            N_("Say what would help next time."),
            {},
            Place(path="advice"),
        )


def _of_talk(held_on: date, channel: str, note: str, today: date) -> Iterator[Fault]:
    if held_on > today:
        message, remedy = (
            N_("The day is missing, or still to come."),
            N_("Record the talk once it was held."),
        )
        yield Fault("feedback.future", message, remedy, {}, Place(path="held_on"))
    if channel not in CHANNELS:
        message, remedy = N_("There is no such channel."), N_("Choose one of: {known}.")
        known = {"known": ", ".join(CHANNELS)}
        yield Fault("feedback.channel", message, remedy, known, Place(path="channel"))
    if not note.strip():
        message, remedy = N_("Nothing is written here."), N_("Note in a sentence what was said.")
        yield Fault("feedback.no_note", message, remedy, {}, Place(path="note"))


def _require_open(session: Session, review: Review) -> None:
    if approved_at(session, review, policy_of(review.cycle)) is None:
        raise refuse(
            "feedback.not_approved",
            N_("The result of {person} is not approved yet."),
            N_("Talk about it once it is: until then it may still change."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    if is_sealed_now(session, review):
        raise refuse(
            "feedback.sealed",
            N_("The review of {person} is closed."),
            N_("What was said is kept as it is; talk about the next period."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )


def _require_prepared(session: Session, review: Review, remedy: str) -> FeedbackTalk:
    talk = talk_of(session, review)
    if talk is None:
        raise refuse(
            "feedback.not_prepared",
            N_("The conversation with {person} is not prepared yet."),
            remedy,
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    return talk


def _change(
    session: Session, talk: FeedbackTalk, seen: int | None, where: Any, **values: Any
) -> None:
    changed = change_if(
        session,
        update(FeedbackTalk)
        .where(
            FeedbackTalk.id == talk.id,
            FeedbackTalk.version == (talk.version if seen is None else seen),
            where,
        )
        .values(version=FeedbackTalk.version + 1, **values),
    )
    session.refresh(talk)
    if not changed:
        raise refuse(
            "feedback.changed",
            N_("This conversation is at another point by now."),
            N_("Look at it again: somebody may have been first."),
            kind=Kind.CONFLICT,
        )


def _note(actor: Actor, now: datetime, review: Review, side: str, text: str) -> FeedbackNote:
    return FeedbackNote(
        review_id=review.id, side=side, text=text.strip(), noted_by=actor.account_id, noted_at=now
    )


def _words(said: Prepared) -> dict[str, str]:
    return {
        "praise": said.praise.strip(),
        "criticism": said.criticism.strip(),
        "example": said.example.strip(),
        "advice": said.advice.strip(),
    }


def _empty(field: str) -> Exception:
    return refuse(
        "feedback.words_needed",
        N_("Nothing is written here."),
        N_("Say it in a sentence: it helps whoever reads it next."),
        place=Place(path=field),
    )


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    review: Review,
    details: dict[str, Any] | None = None,
    **personal: str,
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details=details,
        personal={name: text for name, text in personal.items() if text},
        person=review.person.public_id,
    )
