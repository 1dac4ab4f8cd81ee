"""Who may handle an appeal: nobody who scored, approved or leads the person, or is them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault
from engine.stages import purpose_of
from workflows.access.policy import Role, reaches
from workflows.accounts.tables import Account
from workflows.appeals.tables import Appeal
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle, CycleApproval
from workflows.meetings.tables import PanelScore
from workflows.org.tables import Membership, Unit
from workflows.ratings.tables import RatingRequest
from workflows.reviews.moves import cycle_step
from workflows.reviews.tables import GradeChange, Review, ReviewMove

# Whoever moved a review out of one of these has judged it.
_JUDGED = ("evaluation", "calibration", "result_approval")


def reasons_against(session: Session, appeal: Appeal, account: Account) -> list[Fault]:
    """Return why an account may not handle an appeal; nothing where it may."""
    return list(_reasons(session, appeal, account))


def may_handle_one(session: Session, appeal: Appeal, account: Account) -> bool:
    return not reasons_against(session, appeal, account)


def handlers_for(session: Session, appeal: Appeal) -> list[Account]:
    """Return the accounts that may be asked to handle an appeal, by name."""
    accounts = session.scalars(select(Account).where(Account.active).order_by(Account.username))
    return [account for account in accounts if may_handle_one(session, appeal, account)]


def _reasons(session: Session, appeal: Appeal, account: Account) -> Iterator[Fault]:
    review = appeal.review
    roles = {Role(role.role) for role in account.roles}
    if not account.active or not any(reaches("handle_appeal", role) for role in roles):
        yield _because(account, N_("{account} has no role that handles appeals."))
    if account.person_id == review.person_id:
        yield _because(account, N_("{account} is the one who appeals."))
    whose = _accounts_of(session, account)
    if _judged(session, review, whose) or _rated(session, review, account.person_id):
        yield _because(account, N_("{account} scored or graded this review."))
    if _approved(session, review.cycle, whose):
        yield _because(account, N_("{account} approved the results of this cycle."))
    if account.person_id is not None and _leads(session, review, account.person_id):
        yield _because(account, N_("{account} leads, or led in this period, the one who appeals."))


def _because(account: Account, message: str) -> Fault:
    return Fault(
        "appeals.not_independent",
        message,
        N_("Name somebody who did not score, approve or lead them."),
        {"account": account.username},
    )


@dataclass(frozen=True, slots=True)
class _Whose:
    """An account with all others of the same person: their ids and their public ids.

    What a stand-in did in somebody's name was done by both.
    """

    ids: list[int]
    public_ids: list[str]

    def did(self, table: type[GradeChange | ReviewMove]) -> ColumnElement[bool]:
        return or_(table.actor_id.in_(self.ids), table.on_behalf_of.in_(self.public_ids))


def _accounts_of(session: Session, account: Account) -> _Whose:
    same = Account.person_id == account.person_id if account.person_id is not None else false()
    mine = Account.id == account.id
    rows = session.execute(select(Account.id, Account.public_id).where(or_(mine, same))).all()
    return _Whose([row.id for row in rows], [row.public_id for row in rows])


def _rated(session: Session, review: Review, person_id: int | None) -> bool:
    """Say whether somebody sat on the review's panel, or was asked to rate it.

    Asked is enough: whether they answered would tell of an anonymous rating.
    """
    asked = select(RatingRequest.id).where(
        RatingRequest.review_id == review.id,
        RatingRequest.rater_id == person_id,
        RatingRequest.state.in_(("asked", "given")),
    )
    scored = select(PanelScore.id).where(
        PanelScore.review_id == review.id, PanelScore.person_id == person_id
    )
    return any(session.scalar(each.limit(1)) is not None for each in (asked, scored))


def _judged(session: Session, review: Review, whose: _Whose) -> bool:
    changed = select(GradeChange.id).where(
        GradeChange.review_id == review.id, whose.did(GradeChange)
    )
    if session.scalar(changed.limit(1)) is not None:
        return True
    policy = policy_of(review.cycle)
    moves = session.scalars(
        select(ReviewMove.from_stage).where(
            ReviewMove.review_id == review.id, whose.did(ReviewMove)
        )
    )
    return any(purpose_of(policy, stage) in _JUDGED for stage in moves)


def _approved(session: Session, cycle: Cycle, whose: _Whose) -> bool:
    given = select(CycleApproval.id).where(
        CycleApproval.cycle_id == cycle.id,
        or_(
            CycleApproval.account_id.in_(whose.ids),
            CycleApproval.on_behalf_of.in_(whose.public_ids),
        ),
    )
    step = cycle_step(policy_of(cycle), "approve").code
    moved = (
        select(ReviewMove.id)
        .join(Review, Review.id == ReviewMove.review_id)
        .where(
            Review.cycle_id == cycle.id,
            ReviewMove.transition == step,
            whose.did(ReviewMove),
        )
    )
    found = (session.scalar(each.limit(1)) for each in (given, moved))
    return cycle.approver_id in whose.ids or any(each is not None for each in found)


def _leads(session: Session, review: Review, person_id: int) -> bool:
    """Say whether somebody manages, or managed since the cycle began, a unit above the person."""
    since = review.cycle.starts_on
    units = {unit.id: unit.parent_id for unit in session.scalars(select(Unit))}
    there = or_(Membership.valid_to.is_(None), Membership.valid_to > since)
    own = session.scalars(
        select(Membership.unit_id).where(Membership.person_id == review.person_id, there)
    )
    above: set[int] = set()
    for unit_id in (*own, *([review.team_id] if review.team_id else [])):
        at: int | None = unit_id
        while at is not None and at not in above:
            above.add(at)
            at = units[at]
    managed = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.role == "manager",
        Membership.unit_id.in_(above),
        there,
    )
    return session.scalar(managed.limit(1)) is not None
