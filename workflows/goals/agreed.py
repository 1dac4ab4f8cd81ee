"""The requirement ``goals_agreed``: a review moves on when its person's goals are agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, Place
from engine.model import Policy
from workflows.goals.offered import amounts_of, read
from workflows.goals.plans import approved_version
from workflows.goals.tables import Goal, GoalNode, GoalOffer, GoalVersion
from workflows.reviews.requirements import requirement
from workflows.reviews.tables import Review


@requirement("goals_agreed")
def goals_agreed(session: Session, review: Review, policy: Policy) -> Iterator[Fault]:
    """Give a fault for each goal of the policy's targets that is not agreed with the person."""
    year = review.cycle.starts_on.year
    version = approved_version(session, year)
    if version is None:
        yield Fault(
            "goals.none_approved",
            N_("No goal plan of {year} is approved yet."),
            N_("HR submits the plan and a director approves it."),
            {"year": year},
            Place(path=review.person.code),
        )
        return
    shared_out = amounts_of(session, version, review.person_id)
    offers = _offers(session, version, review.person_id)
    for goal in _goals(session, version, policy):
        amounts = shared_out.get(goal.id)
        offer = offers.get(goal.id)
        if amounts is None:
            yield _fault(
                review, goal.title, N_("{goal} has no figure for {person} in the plan."),
                N_("HR shares it out to them in a new version of the plan."),
            )  # fmt: skip
        elif offer is None or read(offer.amounts) != amounts:
            yield _fault(
                review, goal.title, N_("{goal} is not proposed to {person} as it is now."),
                N_("The manager proposes it on the team's goals page."),
            )  # fmt: skip
        elif offer.state != "agreed":
            yield _fault(review, goal.title, *_WAITS[offer.state])


_WAITS = {
    "proposed": (
        N_("{person} has not answered {goal} yet."),
        N_("They accept it, or counter it with a figure and a reason."),
    ),
    "countered": (
        N_("{person} has countered {goal}."),
        N_("The manager settles it, with a reason."),
    ),
    "returned": (
        N_("{goal} of {person} was sent back to the manager."),
        N_("The manager settles it again."),
    ),
    "accepted": (
        N_("{goal} of {person} waits for its approval."),
        N_("The level above the manager approves it."),
    ),
    "settled": (
        N_("{goal} of {person} waits for its approval."),
        N_("The level above the manager approves it."),
    ),
}


def _goals(session: Session, version: GoalVersion, policy: Policy) -> Sequence[Goal]:
    """Return the goals of a version that the policy's targets are of."""
    names = [rule.code for rule in policy.targets]
    in_it = select(GoalNode.goal_id).where(GoalNode.version_id == version.id)
    return session.scalars(
        select(Goal).where(Goal.code.in_(names), Goal.id.in_(in_it)).order_by(Goal.id)
    ).all()


def _offers(session: Session, version: GoalVersion, person_id: int) -> dict[int, GoalOffer]:
    rows = session.scalars(
        select(GoalOffer).where(
            GoalOffer.version_id == version.id, GoalOffer.person_id == person_id
        )
    )
    return {each.goal_id: each for each in rows}


def _fault(review: Review, goal: str, message: str, remedy: str) -> Fault:
    return Fault(
        "goals.not_agreed",
        message,
        remedy,
        {"goal": goal, "person": review.person.name},
        Place(path=review.person.code),
    )
