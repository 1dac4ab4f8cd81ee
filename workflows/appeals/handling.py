"""Who may handle an appeal: nobody who scored, approved or leads the person, or is led by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_, Fault
from engine.stages import purpose_of
from workflows.access.policy import Role, reaches
from workflows.accounts.tables import Account
from workflows.appeals.tables import Appeal
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle, CycleApproval
from workflows.meetings.tables import PanelScore
from workflows.org.tables import Membership, Unit, UnitMove
from workflows.ratings.tables import RatingRequest
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import GradeChange, Review, ReviewMove

# Whoever moved a review out of one of these has judged it.
_JUDGED = ("evaluation", "calibration", "result_approval")


@dataclass(frozen=True, slots=True)
class Involved:
    """Those who had a part in something: their accounts, and all others of the same people."""

    accounts: frozenset[int]
    people: frozenset[int]

    def __contains__(self, account: Account) -> bool:
        return account.id in self.accounts or account.person_id in self.people


@dataclass(frozen=True, slots=True)
class Parts:
    """Who had which part in a review: read once, asked of any number of accounts."""

    person_id: int
    judged: Involved
    approved: Involved
    leads: frozenset[int]
    led: frozenset[int]


def reasons_against(session: Session, appeal: Appeal, account: Account) -> list[Fault]:
    """Return why an account may not handle an appeal; nothing where it may."""
    return list(_reasons(_parts(session, appeal.review), account))


def handlers_for(session: Session, appeal: Appeal) -> list[Account]:
    """Return the accounts that may be asked to handle an appeal, by name."""
    parts = _parts(session, appeal.review)
    accounts = session.scalars(
        select(Account)
        .where(Account.active)
        .order_by(Account.username)
        .options(selectinload(Account.roles))
    )
    return [account for account in accounts if not any(_reasons(parts, account))]


def _reasons(parts: Parts, account: Account) -> Iterator[Fault]:
    roles = {Role(role.role) for role in account.roles}
    if not account.active or not any(reaches("handle_appeal", role) for role in roles):
        yield _because(account, N_("{account} has no role that handles appeals."))
    if account.person_id == parts.person_id:
        yield _because(account, N_("{account} is the one who appeals."))
    if account in parts.judged:
        yield _because(account, N_("{account} scored or graded this review, or was asked to."))
    if account in parts.approved:
        yield _because(account, N_("{account} approved the results of this cycle."))
    if account.person_id in parts.leads:
        yield _because(account, N_("{account} leads, or led in this period, the one who appeals."))
    if account.person_id in parts.led:
        yield _because(account, N_("{account} is, or was in this period, led by who appeals."))


def _because(account: Account, message: str) -> Fault:
    return Fault(
        "appeals.not_independent",
        message,
        N_("Name somebody who did not score, approve or lead them."),
        {"account": account.username},
    )


def _parts(session: Session, review: Review) -> Parts:
    parents = _parents(session, review.cycle)
    own = _units(session, review, Membership.person_id == review.person_id)
    above = _reached(own | ({review.team_id} if review.team_id else set()), parents)
    managed = _units(
        session, review, Membership.person_id == review.person_id, Membership.role == "manager"
    )
    children: dict[int, set[int]] = defaultdict(set)
    for unit, there in parents.items():
        for parent in there:
            children[parent].add(unit)
    below = _reached(managed, children)
    leads = _people(session, review, Membership.unit_id.in_(above), Membership.role == "manager")
    led = _people(session, review, Membership.unit_id.in_(below)) - {review.person_id}
    return Parts(
        review.person_id, _judged(session, review), _approved(session, review.cycle), leads, led
    )


def _judged(session: Session, review: Review) -> Involved:
    """Return who moved the review on, graded it, or was asked to rate or to score it.

    Whoever was asked, not who has answered: that is nobody's to learn of an anonymous rating.
    """
    policy = policy_of(review.cycle)
    moves = session.execute(
        select(ReviewMove.from_stage, ReviewMove.actor_id, ReviewMove.on_behalf_of).where(
            ReviewMove.review_id == review.id
        )
    )
    by = [(who, whose) for stage, who, whose in moves if purpose_of(policy, stage) in _JUDGED]
    graded = select(GradeChange.actor_id, GradeChange.on_behalf_of).where(
        GradeChange.review_id == review.id
    )
    asked = select(RatingRequest.rater_id).where(
        RatingRequest.review_id == review.id, RatingRequest.state.in_(("asked", "given"))
    )
    scored = select(PanelScore.person_id).where(PanelScore.review_id == review.id)
    raters = {*session.scalars(asked), *session.scalars(scored)}
    return _involved(session, [*by, *session.execute(graded).all()], raters)


def _approved(session: Session, cycle: Cycle) -> Involved:
    given = select(CycleApproval.account_id, CycleApproval.on_behalf_of).where(
        CycleApproval.cycle_id == cycle.id
    )
    step = cycle_step(policy_of(cycle), "approve").code
    moved = (
        select(ReviewMove.actor_id, ReviewMove.on_behalf_of)
        .join(Review, Review.id == ReviewMove.review_id)
        .where(Review.cycle_id == cycle.id, ReviewMove.transition == step)
        .distinct()
    )
    found = [*session.execute(given).all(), *session.execute(moved).all()]
    return _involved(session, [*found, (cycle.approver_id, None)])


def _involved(session: Session, by: Iterable[Any], people: Iterable[int | None] = ()) -> Involved:
    """Return who acted, and in whose name: pairs of an account's id and another's public id."""
    pairs = list(by)
    rows = session.execute(
        select(Account.id, Account.person_id).where(
            or_(
                Account.id.in_({who for who, _ in pairs if who is not None}),
                Account.public_id.in_({whose for _, whose in pairs if whose is not None}),
            )
        )
    ).all()
    persons = {person for _, person in rows} | set(people)
    return Involved(
        frozenset(account for account, _ in rows),
        frozenset(person for person in persons if person is not None),
    )


def _parents(session: Session, cycle: Cycle) -> dict[int, set[int]]:
    """Return what each unit is part of, or was at some time since the cycle began."""
    found = {
        unit: {parent} if parent is not None else set()
        for unit, parent in session.execute(select(Unit.id, Unit.parent_id))
    }
    moves = select(UnitMove.unit_id, UnitMove.from_id).where(UnitMove.day > cycle.starts_on)
    for unit, parent in session.execute(moves):
        if parent is not None:
            found[unit].add(parent)
    return found


def _reached(start: Iterable[int], next_to: dict[int, set[int]]) -> set[int]:
    """Return the units of ``start`` with everything that lies above (or below) them."""
    found: set[int] = set()
    waiting = list(start)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += next_to.get(unit, ())
    return found


def _units(session: Session, review: Review, *conditions: Any) -> set[int]:
    there = or_(Membership.valid_to.is_(None), Membership.valid_to > review.cycle.starts_on)
    return set(session.scalars(select(Membership.unit_id).where(*conditions, there)))


def _people(session: Session, review: Review, *conditions: Any) -> frozenset[int]:
    there = or_(Membership.valid_to.is_(None), Membership.valid_to > review.cycle.starts_on)
    return frozenset(session.scalars(select(Membership.person_id).where(*conditions, there)))
