"""What people may read of copies: one's own, those of one's people, and how far a team is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.accounts.tables import Account
from workflows.agreements.tables import Agreement
from workflows.org.tables import Person, Unit
from workflows.rulebook.tables import PolicyRow

# Where a copy is, from its delivery to an answer, or to its end.
STATE: ColumnElement[str] = case(
    (Agreement.ending.is_not(None), Agreement.ending),
    (Agreement.answer.is_not(None), Agreement.answer),
    (Agreement.opened_at.is_not(None), "opened"),
    else_="delivered",
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the copies of a team are; ``late`` came after the period had begun.

    ``unreachable`` are of people without an account to open them with.
    """

    team: Unit | None
    copies: int
    opened: int
    signed: int
    declined: int
    late: int
    unreachable: int


def state_of(agreement: Agreement) -> str:
    """Return where a copy is, as ``STATE`` says it of a row."""
    opened = "opened" if agreement.opened_at else "delivered"
    return agreement.ending or agreement.answer or opened


def visible_agreements(actor: Actor) -> Select[Any]:
    """Return the statement of all copies that ``actor`` may read."""
    return (
        select(Agreement)
        .join(Agreement.person)
        .join(Agreement.policy)
        .outerjoin(Agreement.team)
        .where(people(actor, "read_agreements"))
    )


def find_agreement(session: Session, actor: Actor, public_id: str) -> Agreement:
    """Return a copy; refuse with ``MISSING`` one that the actor does not reach."""
    allow(actor, "read_agreements")
    found: Agreement | None = session.scalar(
        visible_agreements(actor)
        .where(Agreement.public_id == public_id)
        .options(
            contains_eager(Agreement.person),
            contains_eager(Agreement.policy),
            joinedload(Agreement.terms),
            joinedload(Agreement.version),
        )
    )
    if found is None:
        raise refuse(
            "agreements.unknown",
            N_("There is no such copy."),
            N_("It may not be yours to see. Start again from the list of copies."),
            kind=Kind.MISSING,
        )
    return found


def newer_copy(session: Session, agreement: Agreement) -> Agreement | None:
    """Return the copy that counts instead of one that has ended, if there is one."""
    return session.scalar(
        select(Agreement).where(
            Agreement.policy_id == agreement.policy_id,
            Agreement.period == agreement.period,
            Agreement.person_id == agreement.person_id,
            Agreement.ending.is_(None),
            Agreement.id != agreement.id,
        )
    )


def copies_to_answer(session: Session, actor: Actor) -> Sequence[Agreement]:
    """Return the actor's own current copies without an answer, the oldest first."""
    found: Sequence[Agreement] = session.scalars(
        visible_agreements(actor)
        .where(
            Agreement.person_id == actor.person_id,
            Agreement.ending.is_(None),
            Agreement.answer.is_(None),
        )
        .options(contains_eager(Agreement.policy))
        .order_by(Agreement.id)
    ).all()
    return found


def periods_followed(session: Session, actor: Actor, code: str) -> Sequence[str]:
    """Return the periods that a policy has copies for among the actor's people, latest first."""
    allow(actor, "follow_agreements")
    return session.scalars(
        _followed(select(Agreement.period), actor, code)
        .group_by(Agreement.period)
        .order_by(func.max(Agreement.starts_on).desc())
    ).all()


def progress(
    session: Session, actor: Actor, code: str, period: str, begins: datetime
) -> list[Progress]:
    """Return how far each team's current copies are, for a period that begins at ``begins``."""
    allow(actor, "follow_agreements")
    has_account = select(Account.id).where(Account.person_id == Person.id, Account.active).exists()
    counted = (
        Agreement.opened_at.is_not(None),
        Agreement.answer == "signed",
        Agreement.answer == "declined",
        Agreement.delivered_at >= begins,
        ~has_account,
    )
    counts = (func.sum(case((condition, 1), else_=0)) for condition in counted)
    chosen: Any = select(Agreement.team_id, func.count(), *counts)
    rows = session.execute(
        _followed(chosen, actor, code)
        .where(Agreement.period == period, Agreement.ending.is_(None))
        .group_by(Agreement.team_id)
    ).all()
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    found = [Progress(units.get(team_id), *map(int, numbers)) for team_id, *numbers in rows]
    return sorted(found, key=lambda each: each.team.code if each.team else "")


def agreement_rows(session: Session, actor: Actor, of: str) -> list[dict[str, object]]:
    """Return the current copies of a policy or a cycle (``<policy>@<period>``), by person."""
    allow(actor, "read_agreements")
    code, _, period = of.partition("@")
    _known(session, code)
    chosen = visible_agreements(actor).where(PolicyRow.code == code, Agreement.ending.is_(None))
    if period:
        chosen = chosen.where(Agreement.period == period)
    rows = session.execute(
        chosen.with_only_columns(Agreement, Person.code, Unit.code, STATE).order_by(
            Agreement.starts_on, Person.code
        )
    )
    return [
        {
            "person": person,
            "team": team,
            "period": each.period,
            "copy": each.copy,
            "state": state,
            "delivered": each.delivered_at.isoformat(),
            "opened": each.opened_at and each.opened_at.isoformat(),
            "answered": each.answered_at and each.answered_at.isoformat(),
            "reason": each.reason,
            "sha256": each.sha256,
        }
        for each, person, team, state in rows
    ]


def _followed(chosen: Select[Any], actor: Actor, code: str) -> Select[Any]:
    return (
        chosen.select_from(Agreement)
        .join(Agreement.person)
        .join(Agreement.policy)
        .where(PolicyRow.code == code, people(actor, "follow_agreements"))
    )


def _known(session: Session, code: str) -> None:
    if session.scalar(select(PolicyRow.id).where(PolicyRow.code == code)) is None:
        raise refuse(
            "agreements.unknown_policy",
            N_("There is no policy {code!r}."),
            N_("Name a policy, or a cycle as <policy>@<period>: see `kaoheng rules list`."),
            kind=Kind.MISSING,
            code=code,
        )
