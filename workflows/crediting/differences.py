"""Sources that say other credits than were agreed: listed, and decided by HR."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from engine.errors import N_, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, may_everywhere, refuse_oneself
from workflows.base.conditional import change_if
from workflows.crediting.overriding import from_kept
from workflows.crediting.tables import CreditDifference
from workflows.crediting.versions import AGREED, entry_of, standing_of, write_version
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.sources.importing import claim
from workflows.sources.tables import RecordVersion, SourceImport
from workflows.tasks.task import Task

OPEN, KEPT, TAKEN = "open", "kept", "taken"


def open_differences(session: Session, actor: Actor) -> list[CreditDifference]:
    """Return what waits for a decision, the newest of each record, the oldest record first."""
    allow_everywhere(actor, "decide_credit_difference")
    return _open(session)


def find_difference(session: Session, public_id: str) -> CreditDifference:
    """Return a difference that waits for a decision; refuse with ``MISSING``."""
    found = next((each for each in _open(session) if each.public_id == public_id), None)
    if found is None:
        raise refuse(
            "crediting.no_difference",
            N_("There is no such difference to decide on."),
            N_("It may be decided already: look at the list again."),
            kind=Kind.MISSING,
        )
    return found


def decide_difference(
    session: Session,
    actor: Actor,
    now: datetime,
    difference: CreditDifference,
    *,
    take: bool,
    reason: str,
) -> None:
    """Take what the source says now, or keep what was agreed, with a reason; those concerned are
    told. Raises ``KaohengError``: ``DENIED``, also for somebody whom either side credits,
    ``INVALID`` without a reason, ``CONFLICT``.
    """
    allow_everywhere(actor, "decide_credit_difference")
    for person_id in _concerned(session, difference):
        refuse_oneself(actor, "decide_credit_difference", person_id)
    said = _reason_given(reason)
    _decide_once(
        session,
        difference,
        state=TAKEN if take else KEPT,
        reason=said,
        decided_by=actor.account_id,
        decided_at=now,
    )
    if take:
        _take(session, actor, now, difference)
    _tell(session, now, difference)
    append(
        session,
        action="decide_credit_difference",
        actor=actor,
        subject=Subject("record", difference.record.code),
        at=now,
        details={"kind": difference.record.kind, "state": difference.state},
        personal={"reason": said},
    )


def _reason_given(reason: str) -> str:
    if said := reason.strip():
        return said
    raise refuse(
        "crediting.reason_needed",
        N_("Deciding whose credits hold needs a reason."),
        N_("Say why: those concerned are told of it."),
        place=Place(path="reason"),
    )


def _decide_once(session: Session, difference: CreditDifference, **decision: object) -> None:
    """Write what was decided; refuse with ``CONFLICT`` where somebody was first."""
    first = change_if(
        session,
        update(CreditDifference)
        .where(CreditDifference.id == difference.id, CreditDifference.state == OPEN)
        .values(**decision),
    )
    session.refresh(difference)
    if not first:
        raise refuse(
            "crediting.decided_already",
            N_("Somebody has decided on this difference already."),
            N_("Reload the page."),
            kind=Kind.CONFLICT,
        )


def difference_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return the differences that the actor may decide on: none that credits themselves."""
    if not may_everywhere(actor, "decide_credit_difference"):
        return []
    found = _open(session)
    own = own_differences(session, actor, found)
    return [
        Task(
            N_("The source says otherwise whose {code} is: decide"),
            "/differences/",
            each.version.source_import.started_at,
            params={"code": each.record.code},
        )
        for each in found
        if each.id not in own
    ]


def own_differences(
    session: Session, actor: Actor, found: Sequence[CreditDifference]
) -> frozenset[int]:
    """Return the ids of those of ``found`` that credit the actor, whose they are not to decide."""
    own = {actor.oneself, actor.own_person_id} - {None}
    if not own or not found:
        return frozenset()
    codes = set(session.scalars(select(Person.code).where(Person.id.in_(own))))
    return frozenset(each.id for each in found if codes & _credited(each))


def _open(session: Session) -> list[CreditDifference]:
    later = aliased(CreditDifference)
    news = aliased(RecordVersion)
    done = aliased(SourceImport)
    newer = exists().where(
        later.record_id == CreditDifference.record_id,
        later.id > CreditDifference.id,
        news.id == later.version_id,
        done.id == news.import_id,
        done.state == "done",
    )
    return list(
        session.scalars(
            select(CreditDifference)
            .join(RecordVersion, RecordVersion.id == CreditDifference.version_id)
            .join(SourceImport, SourceImport.id == RecordVersion.import_id)
            .where(CreditDifference.state == OPEN, SourceImport.state == "done", ~newer)
            .options(
                joinedload(CreditDifference.record),
                joinedload(CreditDifference.version).joinedload(RecordVersion.source_import),
            )
            .order_by(CreditDifference.id)
        )
    )


def _take(session: Session, actor: Actor, now: datetime, difference: CreditDifference) -> None:
    standing = standing_of(session, difference.record)
    entry = entry_of(now, AGREED, actor.account_id, state="running")
    claim(session, entry)
    write_version(session, entry, standing, credits=None)
    entry.state = "done"
    session.flush()


def _tell(session: Session, now: datetime, difference: CreditDifference) -> None:
    for person_id in _concerned(session, difference):
        notify(
            session,
            now,
            person_id,
            f"credit-difference/{difference.public_id}",
            N_("HR has decided whose {number} is, where the source and the agreement differ."),
            number=difference.record.code,
        )


def _concerned(session: Session, difference: CreditDifference) -> list[int]:
    """Return the ids of everybody whom either side credits."""
    credited = Person.code.in_(_credited(difference))
    return list(session.scalars(select(Person.id).where(credited).order_by(Person.id)))


def _credited(difference: CreditDifference) -> set[str]:
    lines = (*from_kept(difference.said), *from_kept(difference.agreed))
    return {line.person for line in lines}
