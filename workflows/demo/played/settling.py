"""After the results: appeals granted, refused and open, reviews held back and opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.appeals.corrections import Correction
from workflows.appeals.operations import (
    accept_appeal,
    assign_appeal,
    propose_correction,
    reject_appeal,
    submit_appeal,
    withdraw_appeal,
)
from workflows.appeals.posting import approve_correction, effect_of_proposal
from workflows.appeals.tables import Appeal
from workflows.closing.holding import hold_review, release_review
from workflows.closing.late import approve_late
from workflows.closing.reopening import decide_reopening, find_reopening, propose_reopening
from workflows.consultation.files import Attachment
from workflows.cycles.operations import find_cycle
from workflows.cycles.relocking import decide_relock, find_relock, propose_relock
from workflows.cycles.sealing import close_cycle
from workflows.demo.played.play import Play
from workflows.org.tables import Person
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Appealed:
    """An appeal of somebody in a cycle: against which numbers, why, and what shows it."""

    cycle: str
    person: str
    names: tuple[str, ...]
    reason: str
    evidence: tuple[Attachment, ...] = ()


def appeal(play: Play, wanted: Appealed) -> None:
    """Have somebody appeal against numbers of their result."""
    with play.writing() as session:
        review = find_review(session, find_cycle(session, wanted.cycle), wanted.person)
        submit_appeal(
            session, play.who(wanted.person), play.now(), review, names=wanted.names,
            reason=wanted.reason, files=wanted.evidence,
        )  # fmt: skip


def withdraw(play: Play, wanted: Appealed) -> None:
    with play.writing() as session:
        found = _appeal(session, wanted)
        withdraw_appeal(session, play.who(wanted.person), play.now(), found, seen=found.version)


def assign(play: Play, wanted: Appealed, handler: str) -> None:
    """Have HR name who handles the appeal; they take it up."""
    with play.writing() as session:
        found = _appeal(session, wanted)
        assign_appeal(
            session, play.who("hr"), play.now(), found, handler=handler, seen=found.version
        )
        accept_appeal(session, play.who(handler), play.now(), found, seen=found.version)


def refuse_it(play: Play, wanted: Appealed, handler: str, answer: str) -> None:
    """Answer that the result stands, with an explanation."""
    with play.writing() as session:
        found = _appeal(session, wanted)
        reject_appeal(
            session, play.who(handler), play.now(), found, answer=answer, seen=found.version
        )


def correct(
    play: Play, wanted: Appealed, handler: str, corrections: Sequence[Correction], answer: str
) -> None:
    """Propose a correction; whoever approves it sees everybody whom it moves."""
    with play.writing() as session:
        found = _appeal(session, wanted)
        propose_correction(
            session, play.who(handler), play.now(), found, corrections=corrections,
            answer=answer, seen=found.version,
        )  # fmt: skip


def grant(play: Play, wanted: Appealed) -> None:
    """Have finance grant the correction, as they see its effect."""
    with play.writing() as session:
        found = _appeal(session, wanted)
        effect = effect_of_proposal(session, found).digest
        approve_correction(
            session, play.who("finance"), play.now(), found, seen=found.version, effect=effect
        )


def hold_back(play: Play, code: str, person: str, reason: str) -> None:
    with play.writing() as session:
        review = find_review(session, find_cycle(session, code), person)
        hold_review(session, play.who("hr"), play.now(), review, reason=reason)


def release(play: Play, code: str, person: str, reason: str) -> None:
    with play.writing() as session:
        review = find_review(session, find_cycle(session, code), person)
        release_review(session, play.who("hr"), play.now(), review, reason=reason)


def approve_rest(play: Play, code: str) -> None:
    """Have the director approve those who were held back, and finance where both are needed."""
    needed = play.stage.app.settings.approvals
    for each in needed:
        name = each.split("|")[0].removeprefix("sales_")
        with play.writing() as session:
            approve_late(session, play.who(name), play.now(), find_cycle(session, code), needed)


def close(play: Play, code: str) -> None:
    """Have HR close whoever is at the end of their appeal window, and what can be sealed."""
    with play.writing() as session:
        cycle, _, reviews = play.cycle(session, code)
        play.move(session, play.who("hr"), [r for r in reviews if r.stage == "appeal"], "close")
        if cycle.state != "sealed":
            close_cycle(session, play.who("hr"), play.now(), cycle)


def propose_to_reopen(play: Play, code: str, person: str, reason: str) -> None:
    with play.writing() as session:
        review = find_review(session, find_cycle(session, code), person)
        propose_reopening(session, play.who("hr"), play.now(), review, reason=reason)


def reopen(play: Play, code: str, person: str, *, approve: bool, reason: str) -> None:
    with play.writing() as session:
        review = find_review(session, find_cycle(session, code), person)
        finance = play.who("finance")
        proposed = find_reopening(session, finance, review)
        decide_reopening(session, finance, play.now(), proposed, approve=approve, reason=reason)


def propose_to_measure_anew(play: Play, code: str, reason: str) -> None:
    with play.writing() as session:
        propose_relock(
            session, play.who("hr"), play.now(), find_cycle(session, code), reason=reason
        )


def measure_anew(play: Play, code: str, reason: str) -> None:
    with play.writing() as session:
        relock = find_relock(session, find_cycle(session, code))
        decide_relock(session, play.who("finance"), play.now(), relock, approve=True, reason=reason)


def _appeal(session: Session, wanted: Appealed) -> Appeal:
    """Return the last appeal of the person in the cycle."""
    cycle = find_cycle(session, wanted.cycle)
    query = (
        select(Appeal)
        .join(Appeal.review)
        .join(Review.person)
        .where(Review.cycle_id == cycle.id, Person.code == wanted.person)
        .order_by(Appeal.seq.desc())
    )
    return session.scalars(query).first() or _none(wanted)


def _none(wanted: Appealed) -> Appeal:
    raise AssertionError(f"{wanted.person} has appealed in {wanted.cycle}")
