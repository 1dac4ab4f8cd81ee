"""What somebody does with their own copy: open it, sign it, decline it. Nobody else can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_person
from workflows.agreements.tables import Agreement
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject


def open_agreement(session: Session, actor: Actor, now: datetime, agreement: Agreement) -> None:
    """Note that its person has opened a copy: the proof of receipt. Again changes nothing."""
    allow_person(session, actor, "sign_agreement", agreement.person_id)
    first = change_if(
        session,
        update(Agreement)
        .where(Agreement.id == agreement.id, Agreement.opened_at.is_(None))
        .values(opened_at=now),
    )
    session.refresh(agreement)
    if first:
        _log(session, "open_agreement", actor, now, agreement)


def sign_agreement(
    session: Session, actor: Actor, now: datetime, agreement: Agreement, *, seen: str, name: str
) -> None:
    """Sign one's own copy by typing one's name; signing again changes nothing.

    ``seen`` is the digest of the copy that was read. A copy that was declined may still be
    signed. Raises ``KaohengError``: CONFLICT for a copy that has ended or was not opened.
    """
    allow_person(session, actor, "sign_agreement", agreement.person_id)
    if agreement.answer == "signed":
        return
    if " ".join(name.split()) != agreement.person.name:
        raise refuse(
            "agreements.name",
            N_("What you typed is not your name as this copy has it."),
            N_("Type {name}, exactly as it is written there."),
            name=agreement.person.name,
        )
    unsigned = or_(Agreement.answer.is_(None), Agreement.answer == "declined")
    changes = {"answer": "signed", "signature": agreement.person.name, "reason": None}
    if _answer(session, actor, now, agreement, seen, unsigned, changes):
        _log(session, "sign_agreement", actor, now, agreement, name=agreement.person.name)


def decline_agreement(
    session: Session, actor: Actor, now: datetime, agreement: Agreement, *, seen: str, reason: str
) -> None:
    """Decline one's own copy, saying why; declining again changes nothing.

    Raises ``KaohengError``: CONFLICT for a copy that is signed, has ended or was not opened.
    """
    allow_person(session, actor, "sign_agreement", agreement.person_id)
    if agreement.answer == "declined":
        return
    said = reason.strip()
    if not said:
        raise refuse(
            "agreements.reason_needed",
            N_("Declining needs a reason."),
            N_("Say what you do not agree with; HR reads it and answers you."),
        )
    changes = {"answer": "declined", "reason": said}
    if _answer(session, actor, now, agreement, seen, Agreement.answer.is_(None), changes):
        _log(session, "decline_agreement", actor, now, agreement, reason=said)


def _answer(
    session: Session,
    actor: Actor,
    now: datetime,
    agreement: Agreement,
    seen: str,
    unanswered: ColumnElement[bool],
    changes: Mapping[str, str | None],
) -> bool:
    """Keep an answer to a current copy as it was read; False where the same answer is there."""
    done = seen == agreement.sha256 and change_if(
        session,
        update(Agreement)
        .where(
            Agreement.id == agreement.id,
            Agreement.ending.is_(None),
            Agreement.opened_at.is_not(None),
            unanswered,
        )
        .values(answered_at=now, answerer_id=actor.account_id, **changes),
    )
    session.refresh(agreement)
    if not done and agreement.answer != changes["answer"]:
        raise _changed(agreement)
    return done


def _changed(agreement: Agreement) -> Exception:
    if agreement.opened_at is None:
        return refuse(
            "agreements.unopened",
            N_("You have not opened this copy yet."),
            N_("Open it, read it, then answer."),
            kind=Kind.CONFLICT,
        )
    return refuse(
        "agreements.not_open",
        N_("This copy can no longer be answered: it was signed, replaced or withdrawn meanwhile."),
        N_("Look at it again; a newer copy is in your list."),
        kind=Kind.CONFLICT,
    )


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    agreement: Agreement,
    **personal: str,
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("agreement", agreement.public_id),
        at=now,
        details={
            "sha256": agreement.sha256,
            "terms": agreement.terms.sha256,
            "version": agreement.version.digest,
            "period": agreement.period,
        },
        personal=personal,
        person=agreement.person.public_id,
    )
