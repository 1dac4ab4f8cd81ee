"""An appeal that has had no answer in its time: the director and HR are told, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import SYSTEM
from workflows.access.policy import Role
from workflows.accounts.holders import holders_of
from workflows.appeals.tables import OPEN, Appeal, AppealStep
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.timers.operations import drop_timer, set_timer
from workflows.timers.registry import timer

_ANSWER = "appeal_answer"
_TOLD = (Role.HR, Role.SALES_DIRECTOR)


def expect_answer(session: Session, appeal: Appeal) -> None:
    """Have the appeal escalate when its time for an answer is over."""
    set_timer(session, _ANSWER, appeal.public_id, appeal.answer_due, {"appeal": appeal.public_id})


def answer_given(session: Session, now: datetime, appeal: Appeal) -> None:
    """Let an appeal that has its answer escalate no more."""
    drop_timer(session, now, _ANSWER, appeal.public_id)


def tell(
    session: Session, now: datetime, roles: tuple[Role, ...], key: str, message: str, link: str
) -> None:
    """Tell everybody with one of these roles, once."""
    for account in holders_of(session, roles):
        notify(session, now, account, key, message, link=link, tone="warn")


@timer(_ANSWER)
def _escalate(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    appeal = session.scalars(select(Appeal).where(Appeal.public_id == about["appeal"])).one()
    late = change_if(
        session,
        update(Appeal)
        .where(Appeal.id == appeal.id, Appeal.state.in_(OPEN), Appeal.escalated_at.is_(None))
        .values(escalated_at=due_at),
    )
    if not late:
        return
    session.refresh(appeal)
    session.add(AppealStep(appeal_id=appeal.id, step="escalated", taken_at=due_at))
    message = N_("An appeal has had no answer in its time.")
    tell(
        session,
        due_at,
        _TOLD,
        f"appeal {appeal.public_id} late",
        message,
        f"/appeals/{appeal.public_id}",
    )
    append(
        session,
        action="escalate_appeal",
        actor=SYSTEM,
        subject=Subject("appeal", appeal.public_id),
        at=due_at,
    )
