"""Opening a calibration session: over whom, who is asked, who is left out of the distribution."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_, Fault, KaohengError, Kind, refuse
from engine.model import Policy
from engine.stages import has_stage_for
from workflows.access.actors import Actor
from workflows.access.decide import allow, denied, may_everywhere
from workflows.access.policy import Role, reaches
from workflows.accounts.tables import Account, AccountRole
from workflows.base.states import state_named
from workflows.calibration.reaching import reaches_units
from workflows.calibration.tables import (
    CalibrationCard,
    CalibrationEvent,
    CalibrationParticipant,
    CalibrationSession,
    CalibrationUnit,
)
from workflows.cycles.operations import policy_of
from workflows.cycles.presence import days_of, stays
from workflows.cycles.scored import scored
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.tables import Membership, Person, Unit
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


@dataclass(frozen=True, slots=True)
class Asked:
    """What HR says of a session: its name (empty: its units'), units, participants, budget."""

    units: Sequence[str]
    participants: Sequence[str] = ()
    name: str = ""
    budget: Decimal | None = None


def open_calibration(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, asked: Asked
) -> CalibrationSession:
    """Open a session over everybody of the cycle in the asked units and below them.

    HR of a region opens one over units of that region alone, and takes part in it.

    Raises ``KaohengError``: ``CONFLICT`` for a cycle that is not locked, whose policy has no
    stage for calibration, or with somebody on another board; ``INVALID`` for units without
    anybody, unknown codes, or a budget below zero.
    """
    allow(actor, "hold_calibration")
    policy = policy_of(cycle)
    _require_calibration(cycle, policy)
    units = _units(session, asked.units)
    if not reaches_units(session, actor, [unit.id for unit in units]):
        raise denied("hold_calibration")
    accounts = _with_opener(session, actor, eligible_accounts(session, asked.participants))
    require_budget(asked.budget)
    reviews = _reviews(session, cycle, units)
    sitting = _sitting(actor, now, cycle, asked, units, accounts)
    session.add(sitting)
    session.flush()
    session.add_all(_cards(session, cycle, policy, sitting, reviews))
    _tell(session, now, sitting, accounts)
    append(
        session,
        action="open_calibration",
        actor=actor,
        subject=Subject("calibration", sitting.public_id),
        at=now,
        details={
            "cycle": cycle.code,
            "units": [unit.code for unit in units],
            "participants": [each.public_id for each in accounts],
            "people": len(reviews),
        },
    )
    return sitting


def _sitting(
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    asked: Asked,
    units: Sequence[Unit],
    accounts: Sequence[Account],
) -> CalibrationSession:
    return CalibrationSession(
        public_id=uuid.uuid4().hex,
        cycle_id=cycle.id,
        name=asked.name.strip() or "、".join(unit.name for unit in units),
        state="open",
        version=0,
        budget=asked.budget,
        minutes="",
        opened_at=now,
        units=[CalibrationUnit(unit_id=unit.id) for unit in units],
        participants=[CalibrationParticipant(account_id=each.id) for each in accounts],
        events=[CalibrationEvent(deed="opened", actor_id=actor.account_id, happened_at=now)],
    )


def _with_opener(session: Session, actor: Actor, asked: list[Account]) -> list[Account]:
    """Add whoever opens the session of a region: they move people on its board as one asked."""
    opener = session.get(Account, actor.account_id) if actor.account_id else None
    if opener is None or opener in asked or may_everywhere(actor, "calibrate_in_session"):
        return asked
    return [*asked, opener]


def eligible_accounts(session: Session, usernames: Iterable[str]) -> list[Account]:
    """Return the accounts of these names; refuse those that are not there or may not take part."""
    asked = list(dict.fromkeys(usernames))
    found = {account.username: account for account in may_take_part(session)}
    if missing := [name for name in asked if name not in found]:
        raise refuse(
            "calibration.no_participant",
            N_("These cannot take part: {names}."),
            N_("Ask managers, HR and the sales director, by the names that they sign in with."),
            names=", ".join(missing),
        )
    return [found[name] for name in asked]


def may_take_part(session: Session) -> list[Account]:
    """Return the accounts that can be asked to a session, by name."""
    roles = [role.value for role in Role if reaches("calibrate_in_session", role)]
    accounts = session.scalars(
        select(Account)
        .where(Account.active.is_(True), Account.roles.any(AccountRole.role.in_(roles)))
        .options(joinedload(Account.person))
        .order_by(Account.username)
    )
    return list(accounts)


def require_budget(budget: Decimal | None) -> None:
    """Refuse a budget below zero, or one finer than it can be kept."""
    if budget is None:
        return
    exponent = budget.as_tuple().exponent
    if budget < 0 or not isinstance(exponent, int) or exponent < -4 or budget >= 10**14:
        raise refuse(
            "calibration.budget",
            N_("{budget} cannot be a budget."),
            N_("Write an amount of money from 0 up, with at most four decimals."),
            budget=str(budget)[:40],
        )


def cards_on_boards(session: Session, reviews: Iterable[int]) -> list[CalibrationCard]:
    """Return the cards that these reviews have on a board."""
    asked = CalibrationCard.review_id.in_(list(reviews)) & CalibrationCard.left_out.is_(None)
    loads = joinedload(CalibrationCard.sitting), joinedload(CalibrationCard.review)
    return list(session.scalars(select(CalibrationCard).where(asked).options(*loads)))


def _require_calibration(cycle: Cycle, policy: Policy) -> None:
    if not has_stage_for(policy, "calibration"):
        raise refuse(
            "calibration.no_stage",
            N_("{policy} has no stage for calibration."),
            N_("Add one to its workflow, and publish that for the next cycle."),
            kind=Kind.CONFLICT,
            policy=policy.policy,
        )
    if cycle.state != "locked":
        raise refuse(
            "calibration.not_locked",
            N_("{cycle} is {state}: grades are calibrated between the lock and the approval."),
            N_("Lock the data first; what is approved is corrected by an appeal."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
            state=state_named("cycles", cycle.state),
        )


def _units(session: Session, codes: Sequence[str]) -> list[Unit]:
    found = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.in_(codes)))}
    unknown = [code for code in codes if code not in found]
    if unknown or not codes:
        raise refuse(
            "calibration.units",
            N_("There are no such teams: {codes}.")
            if unknown
            else N_("Nobody was chosen: a session is over one team or more."),
            N_("Choose teams, a region or the company."),
            codes=", ".join(unknown),
        )
    return [found[code] for code in dict.fromkeys(codes)]


def _reviews(session: Session, cycle: Cycle, units: Sequence[Unit]) -> list[Review]:
    below = select(Unit.id).where(Unit.id.in_([unit.id for unit in units])).cte(recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    reviews = list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, Review.team_id.in_(select(below.c.id)))
            .options(joinedload(Review.team), joinedload(Review.person))
            .order_by(Person.code)
        )
    )
    if not reviews:
        raise refuse(
            "calibration.nobody",
            N_("Nobody of {cycle} is in these teams."),
            N_("Choose others, or another cycle."),
            cycle=cycle_called(cycle),
        )
    if taken := cards_on_boards(session, [review.id for review in reviews]):
        raise KaohengError(
            [
                Fault(
                    "calibration.on_another_board",
                    N_("{person} is on the board of “{name}” already."),
                    N_("Leave them out there first, or choose other teams."),
                    {"person": card.review.person.code, "name": card.sitting.name},
                )
                for card in taken
            ],
            Kind.CONFLICT,
        )
    return reviews


def _cards(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    sitting: CalibrationSession,
    reviews: Sequence[Review],
) -> Iterable[CalibrationCard]:
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    leaders = _leaders(session, cycle)
    apart = _apart(session, cycle, policy, reviews)
    level = policy.calibration.group if policy.calibration else "team"
    for review in reviews:
        yield CalibrationCard(
            session_id=sitting.id,
            review_id=review.id,
            unit_id=_unit_of(units, review, level),
            manager_id=_leader_of(units, leaders, review),
            apart=apart.get(review.id),
        )


def _unit_of(units: Mapping[int, Unit], review: Review, level: str) -> int | None:
    """Return the unit that the review is grouped in: its team's own where none above is it."""
    unit = units.get(review.team_id) if review.team_id is not None else None
    while unit is not None and unit.kind != level and unit.parent_id is not None:
        unit = units.get(unit.parent_id)
    return unit.id if unit is not None and unit.kind == level else review.team_id


def _leaders(session: Session, cycle: Cycle) -> dict[int, int]:
    last = cycle.ends_on - timedelta(days=1)
    rows = session.execute(
        select(Membership.unit_id, Membership.person_id)
        .where(
            Membership.role == "manager",
            Membership.valid_from <= last,
            or_(Membership.valid_to.is_(None), Membership.valid_to > last),
        )
        .order_by(Membership.valid_from.desc(), Membership.id.desc())
    )
    return dict(rows.all())  # of several the one who has led longest


def _leader_of(units: Mapping[int, Unit], leaders: Mapping[int, int], review: Review) -> int | None:
    """Return who leads the review's team, or the nearest unit above that somebody else leads."""
    unit = units.get(review.team_id) if review.team_id is not None else None
    while unit is not None:
        leader = leaders.get(unit.id)
        if leader is not None and leader != review.person_id:
            return leader
        unit = units.get(unit.parent_id) if unit.parent_id is not None else None
    return None


def _apart(
    session: Session, cycle: Cycle, policy: Policy, reviews: Sequence[Review]
) -> dict[int, str]:
    """Say of reviews why they are left out of the distribution, if they are."""
    rows = scored(session, cycle).rows
    least = policy.calibration.least_days if policy.calibration else 0
    there = stays(session, policy.scope.role, cycle.starts_on, cycle.ends_on) if least else {}
    found: dict[int, str] = {}
    for review in reviews:
        if rows.get(review.person.code, {}).get("protected"):
            found[review.id] = "protected"
        elif review.grade is None:
            found[review.id] = "ungraded"
        elif least and days_of(there.get(review.person_id, ())) < least:
            found[review.id] = "newcomer"
    return found


def _tell(
    session: Session, now: datetime, sitting: CalibrationSession, accounts: Iterable[Account]
) -> None:
    for account in accounts:
        notify(
            session,
            now,
            account,
            f"calibration/{sitting.public_id}/opened",
            N_("You are asked to the calibration session “{name}”."),
            link=f"/calibrations/{sitting.public_id}",
            name=sitting.name,
        )
