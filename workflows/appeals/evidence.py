"""What is attached to an appeal: kept with it, and found by whoever may read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.accounts.tables import Account
from workflows.appeals.reading import visible_appeals
from workflows.appeals.tables import Appeal, AppealFile
from workflows.consultation.files import Attachment


def keep_files(
    session: Session, actor: Actor, now: datetime, appeal: Appeal, files: Sequence[Attachment]
) -> None:
    """Keep files with an appeal; part of the operation that they came with."""
    session.add_all(
        AppealFile(appeal_id=appeal.id, account_id=actor.account_id, added_at=now, **each.columns)
        for each in files
    )
    session.flush()


def files_of(session: Session, appeal: Appeal) -> list[AppealFile]:
    """Return what is attached to an appeal, the first first, without the content."""
    return list(
        session.scalars(
            select(AppealFile)
            .where(AppealFile.appeal_id == appeal.id)
            .options(joinedload(AppealFile.account).joinedload(Account.person))
            .order_by(AppealFile.id)
        )
    )


def find_evidence(session: Session, actor: Actor, public_id: str, file_id: int) -> AppealFile:
    """Return a file with its content, for whoever reads the appeal; refuse with ``MISSING``.

    Whether it is the appeal or the file that is not there is not told: some may not know of it.
    """
    allow(actor, "read_appeals")
    appeal = visible_appeals(actor).where(Appeal.public_id == public_id)
    found = session.scalar(
        select(AppealFile)
        .where(
            AppealFile.id == file_id,
            AppealFile.appeal_id.in_(appeal.with_only_columns(Appeal.id)),
        )
        .options(undefer(AppealFile.content))
    )
    if found is None:
        raise refuse(
            "appeals.no_such_file",
            N_("There is no such file of an appeal that is yours to see."),
            N_("Start again from the page of the appeal: its files are listed there."),
            kind=Kind.MISSING,
        )
    return found
