"""Recording what was held with employees about a draft, and answering their opinions."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.conditional import change_if
from workflows.consultation.files import Attachment
from workflows.consultation.tables import Consultation, ConsultationFile, Opinion
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.operations import sha256
from workflows.rulebook.tables import PolicyDraft

KINDS = ("discussion", "opinions", "negotiation", "publicity")
VERDICTS = ("accepted", "partly", "declined")
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Record:
    """What HR types of one step: its kind and day, who took part, the minutes."""

    kind: str
    held_on: date | None
    participants: str
    text: str


def record_consultation(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    record: Record,
    files: Sequence[Attachment],
    today: date,
) -> Consultation:
    """Keep a step of the consultation with a draft; it is never changed afterwards.

    ``today`` is the organisation's day: nothing is recorded before it was held. Raises
    ``KaohengError`` with everything that is missing.
    """
    allow_everywhere(actor, "record_consultation")
    if faults := _faults(record, files, today):
        raise KaohengError(faults)
    kept = Consultation(
        public_id=uuid.uuid4().hex,
        draft_id=draft.id,
        kind=record.kind,
        held_on=record.held_on,
        participants=record.participants.strip(),
        text=record.text.strip(),
        recorder_id=actor.account_id,
        recorded_at=now,
        files=[ConsultationFile(**each.columns) for each in files],
    )
    session.add(kept)
    session.flush()
    _log(
        session,
        "record_consultation",
        actor,
        now,
        draft,
        consultation=kept.public_id,
        kind=kept.kind,
        held_on=kept.held_on.isoformat(),
        text_sha256=sha256(kept.text),
        participants_sha256=sha256(kept.participants),
        files=[each.sha256 for each in files],
    )
    return kept


def add_opinion(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    consultation: Consultation,
    *,
    said_by: str,
    text: str,
) -> Opinion:
    """Keep an opinion that was given at a consultation, to be answered."""
    allow_everywhere(actor, "record_consultation")
    given = _text(text, N_("An opinion needs its words."))
    opinion = Opinion(consultation_id=consultation.id, said_by=said_by.strip()[:200], text=given)
    session.add(opinion)
    session.flush()
    _log(
        session,
        "add_opinion",
        actor,
        now,
        draft,
        consultation=consultation.public_id,
        opinion=opinion.id,
        text_sha256=sha256(given),
    )
    return opinion


def answer_opinion(
    session: Session,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    opinion: Opinion,
    *,
    verdict: str,
    answer: str,
) -> None:
    """Answer an opinion, once: whether it was taken up, and why. CONFLICT for a second answer."""
    allow_everywhere(actor, "record_consultation")
    if verdict not in VERDICTS:
        raise refuse(
            "consultation.verdict",
            N_("An answer says whether the opinion is accepted, partly accepted or declined."),
            N_("Choose one of them."),
        )
    said = _text(answer, N_("An answer needs its reason."))
    first = change_if(
        session,
        update(Opinion)
        .where(Opinion.id == opinion.id, Opinion.verdict.is_(None))
        .values(verdict=verdict, answer=said, answerer_id=actor.account_id, answered_at=now),
    )
    session.refresh(opinion)
    if not first:
        raise refuse(
            "consultation.answered",
            N_("This opinion has been answered meanwhile."),
            N_("Look at the answer; it stays as it was given."),
            kind=Kind.CONFLICT,
        )
    _log(
        session,
        "answer_opinion",
        actor,
        now,
        draft,
        opinion=opinion.id,
        verdict=verdict,
        text_sha256=sha256(said),
    )


def _faults(record: Record, files: Sequence[Attachment], today: date) -> list[Fault]:
    faults = []
    if record.kind not in KINDS:
        faults.append(_fault("kind", N_("It is not said what kind of consultation this was.")))
    if record.held_on is None or record.held_on > today:
        faults.append(_fault("held_on", N_("The day is missing, or has not come yet.")))
    if not record.participants.strip():
        faults.append(_fault("participants", N_("It is not said who took part.")))
    if not record.text.strip() and not files:
        faults.append(_fault("text", N_("There are neither minutes nor a file.")))
    if max(len(record.participants), len(record.text)) > LONGEST:
        faults.append(_fault("text", N_("The text is too long to be kept here.")))
    return faults


def _fault(field: str, message: str) -> Fault:
    return Fault(
        f"consultation.{field}",
        message,
        N_("Fill it in; longer minutes go into a file."),
        place=Place(path=field),
    )


def _text(text: str, missing: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise refuse("consultation.text", missing, N_("Write it down, at most 20,000 characters."))
    return said


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    draft: PolicyDraft,
    **details: object,
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("policy", draft.policy.code),
        at=now,
        details={"draft": draft.id, **details},
    )


def find_consultation(session: Session, draft: PolicyDraft, public_id: str) -> Consultation:
    """Return a record of this draft; refuse with ``MISSING``."""
    found = session.scalar(
        select(Consultation).where(
            Consultation.draft_id == draft.id, Consultation.public_id == public_id
        )
    )
    if found is None:
        raise _unknown()
    return found


def find_opinion(session: Session, draft: PolicyDraft, opinion_id: int) -> Opinion:
    """Return an opinion about this draft; refuse with ``MISSING``."""
    found = session.scalar(
        select(Opinion)
        .join(Consultation, Consultation.id == Opinion.consultation_id)
        .where(Consultation.draft_id == draft.id, Opinion.id == opinion_id)
    )
    if found is None:
        raise _unknown()
    return found


def _unknown() -> KaohengError:
    return refuse(
        "consultation.unknown",
        N_("There is no such record of this policy's draft."),
        N_("Reload the page."),
        kind=Kind.MISSING,
    )
