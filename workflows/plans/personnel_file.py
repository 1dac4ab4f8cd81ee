"""What the law asks for before a result may count against somebody's employment, with dates.

A poor result alone ends no employment: where somebody is not up to the work, training or another
post comes first, and then another appraisal (劳动合同法 第四十条). The file shows which of these
there are. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_, Kind, refuse
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.agreements.tables import Agreement
from workflows.base.clock import today
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.incentives.tables import LedgerEntry
from workflows.org.tables import Person
from workflows.plans.past import COUNTED
from workflows.plans.tables import Plan, PlanNote
from workflows.reviews.tables import Review, ReviewMove
from workflows.rulebook.tables import PolicyVersion
from workflows.tracking.tables import CheckIn


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is on file: its day, what it is, the path of its page, if it has one, and
    the cycle that it is of, if of one.
    """

    day: date
    text: str
    link: str | None = None
    cycle: Cycle | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A thing that the law asks for: ``title`` and ``about`` are msgids; none of it: missing."""

    code: str
    title: str
    about: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PersonnelFile:
    """A person's file: each thing that is asked for, in the order in which it comes."""

    person: Person
    headings: tuple[Heading, ...]

    @property
    def missing(self) -> tuple[Heading, ...]:
        return tuple(each for each in self.headings if not each.facts)


def personnel_file(session: Session, actor: Actor, code: str, zone: ZoneInfo) -> PersonnelFile:
    """Return the file of the person with this code; refuse with ``MISSING`` one not reached.

    Days are those of the organisation's time ``zone``.
    """
    allow(actor, "read_plans")
    person = session.scalar(select(Person).where(Person.code == code, people(actor, "read_plans")))
    if person is None:
        raise refuse(
            "plans.nobody",
            N_("There is no such person."),
            N_("They may not be yours to see. Start again from the list of reviews."),
            kind=Kind.MISSING,
        )
    notes = session.scalars(
        select(PlanNote)
        .join(Plan, Plan.id == PlanNote.plan_id)
        .where(Plan.person_id == person.id)
        .order_by(PlanNote.happened_on, PlanNote.id)
    ).all()
    reviews = _reviews(session, person)
    return PersonnelFile(
        person,
        (
            _standard(session, person, zone),
            _results(reviews, zone),
            _explained(session, reviews, zone),
            _plans(session, person, zone),
            _training(session, person, notes, zone),
            _post(notes),
            _reappraisal(reviews, notes, zone),
            _evidence(session, person, notes),
        ),
    )


def file_rows(file: PersonnelFile) -> list[dict[str, Any]]:
    """Return a row for each fact, and one for each thing of which there is none."""
    rows = []
    for each in file.headings:
        for fact in each.facts or (None,):
            rows.append(
                {
                    "person": file.person.code,
                    "item": each.code,
                    "there": fact is not None,
                    "day": fact.day if fact else None,
                    "what": _said(fact) if fact else None,
                }
            )
    return rows


def _said(fact: Fact) -> str:
    return " · ".join(part for part in (fact.cycle and fact.cycle.code, fact.text) if part)


def _reviews(session: Session, person: Person) -> Sequence[Review]:
    return session.scalars(
        select(Review)
        .join(Cycle, Cycle.id == Review.cycle_id)
        .where(Review.person_id == person.id, Cycle.state.in_(COUNTED))
        .order_by(Cycle.ends_on, Cycle.id)
        .options(
            joinedload(Review.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy)
        )
    ).all()


def _is_lowest(review: Review) -> bool:
    grades = [grade.code for grade in policy_of(review.cycle).grades]
    grade = review.calibrated_grade or review.grade
    return bool(grades) and grade == grades[-1]


def _standard(session: Session, person: Person, zone: ZoneInfo) -> Heading:
    signed = session.scalars(
        select(Agreement)
        .where(Agreement.person_id == person.id, Agreement.answer == "signed")
        .order_by(Agreement.answered_at)
    )
    return Heading(
        "standard",
        N_("The standard was known"),
        N_("The person signed what they are appraised by."),
        tuple(
            Fact(today(each.answered_at, zone), each.period, f"/agreements/{each.public_id}")
            for each in signed
            if each.answered_at is not None
        ),
    )


def _results(reviews: Sequence[Review], zone: ZoneInfo) -> Heading:
    return Heading(
        "result",
        N_("Results in the lowest grade"),
        N_("Approved results; without any, nothing of this file is asked for."),
        tuple(_of_review(each, zone) for each in reviews if _is_lowest(each)),
    )


def _of_review(review: Review, zone: ZoneInfo) -> Fact:
    approved = review.cycle.approved_at
    day = today(approved, zone) if approved else review.cycle.ends_on
    grade = review.calibrated_grade or review.grade or "–"
    return Fact(day, grade, f"/reviews/{review.public_id}", review.cycle)


def _explained(session: Session, reviews: Sequence[Review], zone: ZoneInfo) -> Heading:
    moves = session.scalars(
        select(ReviewMove)
        .where(ReviewMove.review_id.in_([each.id for each in reviews if _is_lowest(each)]))
        .order_by(ReviewMove.id)
    ).all()
    by_id = {each.id: each for each in reviews}
    facts = [
        Fact(
            today(move.moved_at, zone),
            "",
            f"/reviews/{by_id[move.review_id].public_id}",
            by_id[move.review_id].cycle,
        )
        for move in moves
        if purpose_of(policy_of(by_id[move.review_id].cycle), move.from_stage) == "feedback"
    ]
    return Heading(
        "explained",
        N_("The result was explained"),
        N_("The feedback conversation about such a result was held."),
        tuple(facts),
    )


def _plans(session: Session, person: Person, zone: ZoneInfo) -> Heading:
    plans = session.scalars(
        select(Plan)
        .where(Plan.person_id == person.id, Plan.kind == "improvement")
        .order_by(Plan.starts_on, Plan.id)
    )
    facts = [
        Fact(today(agreed, zone), plan.goal, f"/plans/{plan.public_id}")
        for plan in plans
        if (agreed := _agreed(plan)) is not None
    ]
    return Heading(
        "plan",
        N_("An improvement plan was agreed"),
        N_("Person and manager agreed to goals, help and dates."),
        tuple(facts),
    )


def _agreed(plan: Plan) -> datetime | None:
    if plan.person_agreed_at is None or plan.manager_agreed_at is None:
        return None
    return max(plan.person_agreed_at, plan.manager_agreed_at)


def _training(
    session: Session, person: Person, notes: Sequence[PlanNote], zone: ZoneInfo
) -> Heading:
    granted = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.person_id == person.id, LedgerEntry.kind == "training")
        .order_by(LedgerEntry.id)
    )
    facts = [
        *(Fact(today(each.entered_at, zone), each.rule, f"/ledger/{each.id}") for each in granted),
        *_noted(notes, "training"),
    ]
    return Heading(
        "training",
        N_("Training was given"),
        N_("Training, or another post below: the law asks for one of the two."),
        tuple(sorted(facts, key=lambda fact: fact.day)),
    )


def _post(notes: Sequence[PlanNote]) -> Heading:
    return Heading(
        "post",
        N_("Another post was offered"),
        N_("Another post, or training above: the law asks for one of the two."),
        tuple(_noted(notes, "post")),
    )


def _reappraisal(reviews: Sequence[Review], notes: Sequence[PlanNote], zone: ZoneInfo) -> Heading:
    """Give what was appraised after the training or the other post, if there was any."""
    helped = [note.happened_on for note in notes if note.kind in ("training", "post")]
    again = [each for each in reviews if helped and each.cycle.starts_on >= min(helped)]
    facts = [*(_of_review(each, zone) for each in again), *_noted(notes, "reappraisal")]
    return Heading(
        "reappraisal",
        N_("Appraised again afterwards"),
        N_("A result of a whole period that began after training or another post."),
        tuple(sorted(facts, key=lambda fact: fact.day)),
    )


def _evidence(session: Session, person: Person, notes: Sequence[PlanNote]) -> Heading:
    held = session.scalars(
        select(CheckIn)
        .join(Review, Review.id == CheckIn.review_id)
        .where(Review.person_id == person.id, CheckIn.state == "held")
        .order_by(CheckIn.held_on)
    )
    facts = [
        *(
            Fact(each.held_on, each.summary or "", f"/check-ins/{each.public_id}")
            for each in held
            if each.held_on is not None
        ),
        *_noted(notes, "evidence"),
        *_noted(notes, "follow_up"),
    ]
    return Heading(
        "evidence",
        N_("Evidence of what was done"),
        N_("Check-ins held, and what was noted while plans ran."),
        tuple(sorted(facts, key=lambda fact: fact.day)),
    )


def _noted(notes: Sequence[PlanNote], kind: str) -> Iterator[Fact]:
    for note in notes:
        if note.kind == kind:
            yield Fact(note.happened_on, note.text, note.link)
