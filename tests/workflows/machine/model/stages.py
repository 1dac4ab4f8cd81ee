"""The way of a review from stage to stage, and the lock: docs/stages.md, docs/confirming.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tests.workflows.machine.model import sealing, times
from tests.workflows.machine.model.people import PEOPLE, accounts_behind, may, stands
from tests.workflows.machine.model.records import standing
from tests.workflows.machine.model.results import revenue_now
from tests.workflows.machine.model.state import DENIED, Reasons, Review, Year, refusals


@dataclass(frozen=True)
class Step:
    """A transition: from where to where, by whom, whether it wants a reason, what must be there."""

    start: str
    to: str
    by: frozenset[str] = frozenset()
    reason: bool = False
    requires: str = ""


LINE = frozenset({"manager", "hr"})
BOTH = LINE | {"owner"}
STEPS = {
    "submit_goals": Step("goal_setting", "goal_approval", BOTH),
    "return_goals": Step("goal_approval", "goal_setting", LINE, reason=True),
    "approve_goals": Step("goal_approval", "tracking", LINE, requires="goals_agreed"),
    "check": Step("tracking", "checked", frozenset({"owner", "hr"}), requires="records_confirmed"),
    "lock": Step("checked", "self_report"),
    "report": Step("self_report", "assessing", BOTH, requires="self_report"),
    "rate": Step("assessing", "calibration", LINE | {"hr_region"}, requires="ratings"),
    "reassess": Step("calibration", "assessing", frozenset({"hr", "sales_director"}), reason=True),
    "submit_result": Step(
        "calibration", "result_approval", frozenset({"hr", "hr_region", "sales_director"})
    ),
    "return_result": Step(
        "result_approval", "calibration", frozenset({"hr", "sales_director"}), reason=True
    ),
    "approve": Step("result_approval", "feedback"),
    "close": Step("feedback", "closed", BOTH, requires="feedback"),
}
JUDGED = ("assessing", "calibration", "result_approval")


def move(
    year: Year, who: str, person: str, code: str, *, reason: bool, seen: int | None
) -> Reasons:
    step, review = STEPS[code], year.reviews[person]
    as_what = stands(who, person)
    refused = refusals(
        year,
        who,
        (not as_what, DENIED),
        (not step.by, "invalid reviews.moved_by_cycle"),
        (bool(step.by) and not step.by & as_what, "denied reviews.not_yours_to_move"),
        (step.reason and not reason, "invalid reviews.reason_needed"),
        (seen is not None and seen != review.version, "conflict reviews.changed_meanwhile"),
        (review.stage != step.start, "conflict reviews.moved_already"),
        *((True, each) for each in missing(year, person, step.requires)),
    )
    if not refused:
        if step.start in JUDGED:
            review.judges |= accounts_behind(who)
        go(year, person, step.to, year.now)
    return refused


def by_silence(year: Year, person: str, code: str, at: datetime) -> bool:
    """Move a review on because nobody said a word in time; what is required has to be there."""
    step = STEPS[code]
    if missing(year, person, step.requires):
        return False
    go(year, person, step.to, at)
    return True


def missing(year: Year, person: str, requirement: str) -> Reasons:
    """Return what a transition asks for and is not there."""
    review = year.reviews[person]
    match requirement:
        case "goals_agreed":
            plan = year.plan_in_force
            goal = plan.goals.get(person)
            agreed = goal is not None and (goal.state, goal.amount) == (
                "agreed",
                plan.amounts[person],
            )
            return set() if agreed else {"invalid goals.not_agreed"}
        case "records_confirmed":
            state = standing(year, person)
            return set() if state == "confirmed" else {f"invalid confirming.{state}"}
        case "self_report":
            there = review.report == "submitted"
            return set() if there else {"invalid selfreports.to_be_submitted"}
        case "ratings":
            return set() if review.rated else {"invalid ratings.to_be_finished"}
        case "feedback":
            return _of_talk(review)
    return set()


def lock(year: Year, who: str, *, reason: bool) -> Reasons:
    """Lock the data: everybody is checked, and whoever has not confirmed is named in a reason."""
    states = {standing(year, person) for person in PEOPLE} - {"confirmed"}
    refused = refusals(
        year,
        who,
        (not may(who, "run the cycle"), DENIED),
        (year.state != "open", "conflict cycles.not_in_state"),
        (elsewhere(year, "checked", set()), "conflict reviews.not_there_yet"),
        *((not reason, f"conflict confirming.{state}") for state in sorted(states)),
    )
    if not refused:
        year.state = "locked"
        year.measured = {person: revenue_now(year, person) for person in PEOPLE}
        for person in PEOPLE:
            go(year, person, "self_report", year.now)
    return refused


def elsewhere(year: Year, stage: str, apart: set[str]) -> bool:
    return any(year.reviews[each].stage != stage for each in PEOPLE if each not in apart)


def go(year: Year, person: str, stage: str, at: datetime) -> None:
    """Bring a review to a stage; at the end it is sealed if nothing is pending for it."""
    review = year.reviews[person]
    review.stage, review.version = stage, review.version + 1
    times.entered(year, person, at)
    if stage == "closed":
        sealing.arrive(year, person, at)


def _of_talk(review: Review) -> Reasons:
    if review.talk is None or not review.talk.held:
        return {"invalid feedback.not_held"}
    return set() if review.talk.acknowledged else {"invalid feedback.not_acknowledged"}
