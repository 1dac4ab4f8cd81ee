"""Attaching evidence 证据 to an open appeal, as the one who appeals or as its handler."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, denied
from workflows.accounts.tables import Account
from workflows.appeals.evidence import keep_files
from workflows.appeals.operations import require_handler
from workflows.appeals.steps import advance_appeal, log_appeal
from workflows.appeals.tables import OPEN, Appeal, AppealFile
from workflows.consultation.files import Attachment
from workflows.notices.operations import notify

# Together, of both sides: an appeal is read by people.
MOST_OF_AN_APPEAL = 20


def attach_evidence(
    session: Session,
    actor: Actor,
    now: datetime,
    appeal: Appeal,
    files: Sequence[Attachment],
    *,
    note: str = "",
) -> None:
    """Attach files to an open appeal, as the one who appeals or as its handler.

    Whoever looks at the appeal as it was before has to look again: it is another version of it.
    Raises ``KaohengError``: ``DENIED`` for anybody else, ``INVALID`` without a file or for too
    many, ``CONFLICT`` once the appeal has its answer.
    """
    if not files:
        raise refuse(
            "appeals.no_file",
            N_("No file was chosen."),
            N_("Choose what shows it: the contract, the mail, the statement."),
            place=Place(path="files"),
        )
    told = _other_side(session, actor, appeal)
    _refuse_too_many(session, appeal, len(files))
    names = ", ".join(each.name for each in files)
    text = "\n".join(filter(None, (note.strip(), names)))
    state, seen = appeal.state, appeal.version
    advance_appeal(session, actor, now, appeal, OPEN, state, seen, "attached", text=text)
    keep_files(session, actor, now, appeal, files)
    if told is not None:
        message = N_("A file was attached to an appeal that you take part in.")
        key = f"appeal {appeal.public_id} attached {appeal.version}"
        notify(session, now, told, key, message, link=f"/appeals/{appeal.public_id}")
    sha256 = [each.sha256 for each in files]
    log_appeal(session, "attach_evidence", actor, now, appeal, note or None, files=sha256)


def _other_side(session: Session, actor: Actor, appeal: Appeal) -> int | Account | None:
    """Return who is to be told, where the actor is the handler or the one who appeals."""
    if actor.account_id is not None and actor.account_id == appeal.handler_id:
        require_handler(session, actor, appeal)
        return appeal.review.person_id
    allow_person(session, actor, "submit_appeal", appeal.review.person_id)
    if actor.on_behalf_of is not None:
        raise denied("submit_appeal")
    return appeal.handler


def _refuse_too_many(session: Session, appeal: Appeal, more: int) -> None:
    there = session.scalar(select(func.count()).where(AppealFile.appeal_id == appeal.id)) or 0
    if there + more > MOST_OF_AN_APPEAL:
        raise refuse(
            "appeals.too_many_files",
            N_("{count} files are attached already; at most {most} are kept with an appeal."),
            N_("Put what belongs together into one file."),
            place=Place(path="files"),
            count=there,
            most=MOST_OF_AN_APPEAL,
        )
