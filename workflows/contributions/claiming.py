"""Claiming help that one gave, and confirming what somebody else claims."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person
from workflows.base.conditional import change_if
from workflows.contributions.tables import Contribution
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.sources.tables import CreditLine, Record, RecordVersion

KINDS = ("assist", "sharing")
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed: for an ``assist`` the deal's code, for a ``sharing`` the host's code."""

    kind: str
    what: str
    done_on: date | None
    deal: str = ""
    host: str = ""


def claim_contribution(session: Session, actor: Actor, now: datetime, claim: Claim) -> Contribution:
    """Claim an assist with a colleague's deal, or a sharing session; who can say so is asked.

    Raises ``KaohengError``: ``DENIED`` for somebody who is nobody in the organisation,
    ``INVALID`` with everything that is missing, a deal of one's own or of nobody's, oneself as
    the host.
    """
    allow_person(session, actor, "contribute", actor.person_id or 0)
    record, confirmer, faults = _who_confirms(session, actor, claim)
    if not 0 < len(claim.what.strip()) <= LONGEST:
        faults.append(_fault("what", N_("Say what you did.")))
    if claim.done_on is None:
        faults.append(_fault("done_on", N_("Say on which day it was.")))
    if faults:
        raise KaohengError(faults)
    assert confirmer is not None, "a claim that nobody can confirm is refused"
    assert claim.done_on is not None, "a claim without a day is refused"
    assert actor.person_id is not None, "who may claim is somebody"
    contribution = Contribution(
        public_id=uuid.uuid4().hex,
        kind=claim.kind,
        person_id=actor.person_id,
        confirmer_id=confirmer.id,
        record_id=record.id if record else None,
        what=claim.what.strip(),
        done_on=claim.done_on,
        state="claimed",
        claimed_at=now,
    )
    session.add(contribution)
    session.flush()
    notify(
        session,
        now,
        confirmer.id,
        f"contribution-{contribution.public_id}",
        N_("{person} asks you to confirm: {what}"),
        link="/contributions/",
        person=contribution.person.name,
        what=contribution.what[:100],
    )
    _log(session, actor, now, contribution, "claim_contribution")
    return contribution


def answer_contribution(
    session: Session,
    actor: Actor,
    now: datetime,
    contribution: Contribution,
    *,
    confirm: bool,
    note: str = "",
) -> None:
    """Confirm what somebody claims, or decline it with a note.

    Raises ``KaohengError``: ``DENIED`` for whoever is not the one to confirm it, ``INVALID``
    where it is declined without a note, ``CONFLICT`` a second time.
    """
    allow(actor, "contribute")
    own = contribution.person_id == actor.oneself
    if contribution.confirmer_id != actor.oneself or own:
        raise refuse(
            "contributions.not_yours",
            N_("This is not yours to confirm."),
            N_("The owner of the deal, or the host of the session, confirms it."),
            kind=Kind.DENIED,
        )
    said = note.strip()[:LONGEST]
    if not confirm and not said:
        raise refuse(
            "contributions.note_needed",
            N_("Say why you do not confirm it."),
            N_("A sentence is enough."),
            place=Place(path=contribution.public_id),
        )
    answered = change_if(
        session,
        update(Contribution)
        .where(Contribution.id == contribution.id, Contribution.state == "claimed")
        .values(state="confirmed" if confirm else "declined", note=said or None, answered_at=now),
    )
    session.refresh(contribution)
    if not answered:
        raise refuse(
            "contributions.answered",
            N_("It is answered already."),
            N_("Look at it again."),
            kind=Kind.CONFLICT,
        )
    action = "confirm_contribution" if confirm else "decline_contribution"
    _log(session, actor, now, contribution, action)


def _who_confirms(
    session: Session, actor: Actor, claim: Claim
) -> tuple[Record | None, Person | None, list[Fault]]:
    if claim.kind == "assist":
        return _owner(session, actor, claim.deal.strip())
    if claim.kind != "sharing":
        return None, None, [_fault("kind", N_("It is an assist, or a sharing session."))]
    host = session.scalar(select(Person).where(Person.code == claim.host.strip()))
    if host is None or host.id == actor.person_id:
        return None, None, [_fault("host", N_("Name who held the session, by their code."))]
    return None, host, []


def _owner(
    session: Session, actor: Actor, code: str
) -> tuple[Record | None, Person | None, list[Fault]]:
    """Return the deal and who owns it: whoever has the largest share of it as it is now."""
    record = session.scalar(select(Record).where(Record.kind == "deal", Record.code == code))
    owner = None
    if record is not None:
        owner = session.scalar(
            select(Person)
            .join(CreditLine, CreditLine.person_id == Person.id)
            .join(RecordVersion, RecordVersion.id == CreditLine.record_version_id)
            .where(RecordVersion.id == record.current_version_id)
            .order_by((CreditLine.role == "owner").desc(), CreditLine.share.desc(), Person.code)
            .limit(1)
        )
    if owner is None or owner.id == actor.person_id:
        message = N_("Name a colleague's deal by its code: there is none, or it is your own.")
        return None, None, [_fault("deal", message)]
    return record, owner, []


def _fault(field: str, message: str) -> Fault:
    return Fault("contributions.missing", message, "", {}, Place(path=field))


def _log(
    session: Session, actor: Actor, now: datetime, contribution: Contribution, action: str
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("contribution", contribution.public_id),
        at=now,
        details={"kind": contribution.kind, "day": contribution.done_on.isoformat()},
        personal={"what": contribution.what, "note": contribution.note or ""},
        person=contribution.person.public_id,
    )
