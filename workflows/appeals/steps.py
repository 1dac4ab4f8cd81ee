"""A step of an appeal: the state that it must be in, the note of it, its entry in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.appeals.tables import Appeal, AppealStep
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.log.append import append
from workflows.log.leaf import Subject


def advance_appeal(
    session: Session,
    actor: Actor,
    now: datetime,
    appeal: Appeal,
    before: Sequence[str],
    state: str,
    seen: int,
    step: str | None = None,
    text: str | None = None,
    **values: Any,
) -> None:
    """Bring an appeal to ``state`` if it is as it was ``seen``; note the step.

    Raises ``CONFLICT`` where somebody was first, or it is in no state of ``before``.
    """
    moved = change_if(
        session,
        update(Appeal)
        .where(Appeal.id == appeal.id, Appeal.state.in_(before), Appeal.version == seen)
        .values(state=state, version=seen + 1, **values),
    )
    session.refresh(appeal)
    if not moved:
        raise _changed(appeal)
    session.add(
        AppealStep(
            appeal_id=appeal.id,
            step=step or state,
            text=text.strip() if text else None,
            actor_id=actor.account_id,
            taken_at=now,
        )
    )


def require_state(appeal: Appeal, before: Sequence[str], seen: int) -> None:
    """Refuse with ``CONFLICT`` an appeal that is not as ``seen``, before much is computed."""
    if appeal.state not in before or appeal.version != seen:
        raise _changed(appeal)


def _changed(appeal: Appeal) -> Exception:
    return refuse(
        "appeals.changed",
        N_("This appeal has changed since you opened it: it is {state} now."),
        N_("Look at it as it is now, then decide again."),
        kind=Kind.CONFLICT,
        state=state_named("appeals", appeal.state),
    )


def steps_of(session: Session, appeal: Appeal) -> list[AppealStep]:
    """Return what happened to an appeal, the first first."""
    return list(
        session.scalars(
            select(AppealStep).where(AppealStep.appeal_id == appeal.id).order_by(AppealStep.id)
        )
    )


def require_words(text: str, remedy: str, field: str = "reason") -> None:
    """Refuse an appeal or an answer without words."""
    if not text.strip():
        raise refuse(
            "appeals.words_needed",
            N_("Nothing is written here."),
            remedy,
            place=Place(path=field),
        )


def log_appeal(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    appeal: Appeal,
    text: str | None = None,
    **details: Any,
) -> None:
    """Append an entry about an appeal; its words are the person's, and sealed as such."""
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("appeal", appeal.public_id),
        at=now,
        details={"review": appeal.review.public_id, **details},
        personal={"text": text.strip()} if text else {},
        person=appeal.review.person.public_id,
    )
