"""A step in agreeing a goal: the offer goes on once, the step is kept, told and logged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.base.clock import day_of
from workflows.base.conditional import change_if
from workflows.goals.offered import Amounts, texts
from workflows.goals.tables import GoalOffer, GoalStep
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.leading import manager_of


def move_offer(
    session: Session,
    offer: GoalOffer,
    before: Sequence[str],
    after: str,
    now: datetime,
    **values: object,
) -> None:
    """Let an offer go on, once: CONFLICT where it does not wait for that, or somebody was first."""
    moved = change_if(
        session,
        update(GoalOffer)
        .where(
            GoalOffer.id == offer.id,
            GoalOffer.state.in_(before),
            GoalOffer.state == offer.state,
            GoalOffer.since == offer.since,
        )
        .values(state=after, since=now, **values),
    )
    session.refresh(offer)
    if not moved:
        raise refuse(
            "goals.offer_state",
            N_("This goal does not wait for that any more, or not yet."),
            N_("Look at where it is now: somebody may have been first."),
            kind=Kind.CONFLICT,
        )


def keep_step(
    session: Session,
    offer: GoalOffer,
    deed: str,
    amounts: Amounts,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what was done, with its figures and its reason."""
    session.execute(
        insert(GoalStep),
        [
            {
                "offer_id": offer.id,
                "deed": deed,
                "amounts": texts(amounts),
                "reason": reason,
                "actor_id": actor.account_id,
                "done_at": now,
            }
        ],
    )


def tell_person(session: Session, now: datetime, offer: GoalOffer, message: str) -> None:
    """Tell the person whose goal it is."""
    year = offer.goal_version.plan.year
    notify(
        session, now, offer.person_id, f"goal:{offer.id}:{offer.state}:{now.isoformat()}", message,
        link=f"/goals/{year}/mine", year=year, goal=offer.goal.title,
    )  # fmt: skip


def tell_manager(session: Session, now: datetime, offer: GoalOffer) -> None:
    """Tell whoever leads the person that it is theirs to settle."""
    manager = manager_of(session, offer.person_id, day_of(session, now))
    if manager is None:
        return
    year = offer.goal_version.plan.year
    notify(
        session, now, manager.id, f"goal:{offer.id}:{offer.state}:{now.isoformat()}",
        N_("A goal of {person} for {year} waits for you to settle it: {goal}."),
        link=f"/goals/{year}/team", tone="warn", year=year, goal=offer.goal.title,
        person=offer.person.name,
    )  # fmt: skip


def log_offer(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    offer: GoalOffer,
    amounts: Amounts,
    *,
    answer: str | None = None,
    reason: str | None = None,
) -> None:
    """Log what was done with a goal; figures and reasons are personal."""
    personal = {"amounts": ", ".join(texts(amounts))} | ({"reason": reason} if reason else {})
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("person", offer.person.public_id),
        at=now,
        details={
            "goal": offer.goal.code,
            "seq": offer.goal_version.seq,
            "year": offer.goal_version.plan.year,
            **({"answer": answer} if answer else {}),
        },
        personal=personal,
    )
