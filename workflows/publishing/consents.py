"""Consents: who was asked, what they answer, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, allow_person, people
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.tables import Person
from workflows.publishing.tables import MONEY_PLACES, Consent, CycleMove, Submission
from workflows.rulebook.tables import PolicyVersion
from workflows.simulation.effect import Effect, OneEffect

ANSWERS = ("given", "declined")
Subjects = Submission | CycleMove


@dataclass(frozen=True, slots=True)
class WorseOff:
    """Somebody of a period whom a change makes worse off, or may: a figure is still awaited."""

    period: str
    currency: str
    effect: OneEffect


def worse_off(period: str, effect: Effect) -> list[WorseOff]:
    """Return those of a period's people who lose money, a grade or a coefficient.

    With them those of whom it cannot be said yet: a rating, say, comes at the period's end, and
    until then everybody would pass for not worse off.
    """
    return [
        WorseOff(period, effect.currency, each)
        for each in effect.people
        if each.worse_off or (each.undecided and each.before.money is not None)
    ]


def ask(session: Session, now: datetime, subject: Subjects, found: Sequence[WorseOff]) -> int:
    """Ask everybody in ``found`` who was not asked yet; return how many that are."""
    asked = {(each.period, each.person.code) for each in consents_of(session, subject)}
    new = [each for each in found if (each.period, each.effect.person) not in asked]
    codes = {each.effect.person for each in new}
    ids = dict(session.execute(select(Person.code, Person.id).where(Person.code.in_(codes))).all())
    session.add_all(_consent(subject, ids[each.effect.person], each, now) for each in new)
    session.flush()
    return len(new)


def require_given(session: Session, subject: Subjects, found: Iterable[WorseOff]) -> None:
    """Refuse unless everybody who is made worse off consented, naming each who did not."""
    answers = {
        (each.period, each.person.code): each.answer or "asked"
        for each in consents_of(session, subject)
    }
    faults = [
        _fault(each, answer)
        for each in found
        if (answer := answers.get((each.period, each.effect.person))) != "given"
    ]
    # Who declined holds it up also where today's figures would not hurt them any more.
    held = {(each.params["period"], each.params["person"]) for each in faults}
    faults += [
        _declined(period, person)
        for (period, person), answer in answers.items()
        if answer == "declined" and (period, person) not in held
    ]
    if faults:
        raise KaohengError(faults, Kind.CONFLICT)


def answer_consent(
    session: Session,
    actor: Actor,
    now: datetime,
    consent: Consent,
    *,
    answer: str,
    reason: str = "",
) -> None:
    """Give or decline a consent, once, each for oneself; declining needs a reason."""
    allow_person(session, actor, "answer_consent", consent.person_id)
    if answer not in ANSWERS:
        raise refuse("publishing.unknown_answer", N_("A consent is given or declined."))
    if answer == "declined" and not reason.strip():
        raise refuse(
            "publishing.decline_reason", N_("Declining needs a reason."), N_("Say why not.")
        )
    answered = is_waited_for(consent) and change_if(
        session,
        update(Consent)
        .where(Consent.id == consent.id, Consent.answer.is_(None))
        .values(answer=answer, answered_at=now, reason=reason.strip() or None),
    )
    session.refresh(consent)
    if not answered:
        raise refuse(
            "publishing.answered",
            N_("This is answered, or nobody waits for it any more."),
            N_("Look at your consents again."),
            kind=Kind.CONFLICT,
        )
    append(
        session,
        action="answer_consent",
        actor=actor,
        subject=Subject("person", consent.person.public_id),
        at=now,
        details={
            "consent": consent.id,
            "period": consent.period,
            "answer": answer,
            "version": version_of_consent(consent).digest,
        },
        personal={"reason": consent.reason} if consent.reason else None,
    )


def is_waited_for(consent: Consent) -> bool:
    """Say whether what the consent is about is still to be decided."""
    if consent.submission is not None:
        return consent.submission.state == "open"
    assert consent.move is not None, "a consent is about a submission or a move"
    return consent.move.state == "prepared"


def version_of_consent(consent: Consent) -> PolicyVersion:
    """Return the version that somebody is asked to consent to."""
    if consent.submission is not None:
        return consent.submission.frozen
    assert consent.move is not None, "a consent is about a submission or a move"
    return consent.move.after


def consents_of(session: Session, subject: Subjects) -> list[Consent]:
    """Return everybody who was asked about a submission or a move, by person and period."""
    found = session.scalars(
        select(Consent)
        .join(Consent.person)
        .where(_about(subject))
        .options(joinedload(Consent.person))
        .order_by(Person.code, Consent.period)
    )
    return list(found)


def read_consents(session: Session, actor: Actor, subject: Subjects) -> list[Consent]:
    """Return ``consents_of`` for whoever may read submissions."""
    allow_everywhere(actor, "read_submissions")
    return consents_of(session, subject)


def own_consents(session: Session, actor: Actor) -> list[Consent]:
    """Return what somebody was asked themselves: what waits first, then the newest."""
    found = session.scalars(
        select(Consent)
        .join(Consent.person)
        .where(people(actor, "answer_consent"))
        .options(
            joinedload(Consent.person),
            selectinload(Consent.submission),
            selectinload(Consent.move),
        )
        .order_by(Consent.id.desc())
    ).all()
    return sorted(found, key=lambda each: not waits(each))


def waits(consent: Consent) -> bool:
    """Say whether somebody is still to answer."""
    return consent.answer is None and is_waited_for(consent)


def find_consent(session: Session, actor: Actor, consent_id: int) -> Consent:
    """Return one's own consent; refuse with ``MISSING`` what is not there or not one's own."""
    found = session.scalar(
        select(Consent)
        .join(Consent.person)
        .where(Consent.id == consent_id, people(actor, "answer_consent"))
    )
    if found is None:
        raise refuse(
            "publishing.no_consent",
            N_("You were not asked for consent number {number}."),
            N_("See your own with `kaoheng consent list`."),
            kind=Kind.MISSING,
            number=consent_id,
        )
    return found


def _about(subject: Subjects) -> ColumnElement[bool]:
    if isinstance(subject, Submission):
        return Consent.submission_id == subject.id
    return Consent.move_id == subject.id


def _consent(subject: Subjects, person_id: int, each: WorseOff, now: datetime) -> Consent:
    before, after = each.effect.before, each.effect.after
    known = not each.effect.undecided
    return Consent(
        submission_id=subject.id if isinstance(subject, Submission) else None,
        move_id=subject.id if isinstance(subject, CycleMove) else None,
        period=each.period,
        person_id=person_id,
        currency=each.currency,
        money_before=_kept(before.money) if known else None,
        money_after=_kept(after.money) if known else None,
        grade_before=before.grade,
        grade_after=after.grade,
        asked_at=now,
    )


def _kept(money: Decimal | None) -> Decimal | None:
    """Return an amount as it is shown to whoever is asked; what is paid is computed elsewhere."""
    unit = Decimal(1).scaleb(-MONEY_PLACES)
    return None if money is None else money.quantize(unit, ROUND_HALF_UP)


def _fault(each: WorseOff, answer: str | None) -> Fault:
    if answer == "declined":
        return _declined(each.period, each.effect.person)
    remedy = (
        N_("They find the question under “Consents”; wait for their answer, or withdraw.")
        if answer
        else N_("They were not asked yet: ask again, then wait for their answer.")
    )
    message = (
        N_("{person} still waits for a figure in {period}, and has not consented.")
        if each.effect.undecided
        else N_("{person} is worse off in {period} and has not consented.")
    )
    return Fault(
        "publishing.consent_missing",
        message,
        remedy,
        {"person": each.effect.person, "period": each.period},
        Place(path=each.effect.person),
    )


def _declined(period: str, person: str) -> Fault:
    return Fault(
        "publishing.consent_declined",
        N_("{person} declined for {period}."),
        N_("Withdraw it, and choose a day from which nobody's begun period is touched."),
        {"person": person, "period": period},
        Place(path=person),
    )
