"""Goals: the year's plan and what is agreed of it with each person: docs/goals.md."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction

from tests.workflows.machine.model.people import (
    LEADERS,
    LED,
    account_of,
    accounts_behind,
    may,
    persons_behind,
    reached,
)
from tests.workflows.machine.model.state import DENIED, NOTHING, Goal, Plan, Reasons, Year, refusals

NO_OFFER, ELSEWHERE = "missing goals.no_offer", "conflict goals.offer_state"
AGREED = ("accepted", "settled", "agreed")


def propose(year: Year, who: str, person: str) -> Reasons:
    """Propose a goal as the plan has it; whoever has it in this very amount is passed over."""
    plan = year.plan
    refused = refusals(
        year,
        who,
        (person not in reached(who, "lead"), DENIED),
        (plan.state == "submitted", "conflict goals.version_waits"),
    )
    if refused:
        return refused
    goal = plan.goals.get(person)
    if goal is not None and goal.amount == plan.amounts[person]:
        return NOTHING
    plan.goals[person] = Goal("proposed", plan.amounts[person])
    return refused


def answer(year: Year, who: str, person: str, *, counter: int | None, reason: bool) -> Reasons:
    """Accept one's own goal, or counter it with an amount and a reason."""
    goal = year.plan.goals.get(person)
    refused = refusals(
        year,
        who,
        (not may(who, "be oneself"), DENIED),
        (goal is None or person not in reached(who, "be oneself"), NO_OFFER),
        (counter is not None and not reason, "invalid goals.reason"),
        (goal is not None and goal.state != "proposed", ELSEWHERE),
    )
    if goal is not None and not refused:
        goal.state = "accepted" if counter is None else "countered"
        goal.settler = None if counter is None else goal.settler
    return refused


def settle(year: Year, who: str, person: str, amount: int, *, reason: bool) -> Reasons:
    """Settle a goal; the other of the team takes the difference, unless it is agreed or by hand."""
    plan, goal = year.plan, year.plan.goals.get(person)
    other = next(iter(LED[LEADERS[person]] - {person}))
    changes = amount != plan.amounts[person]
    theirs = plan.goals.get(other)
    fixed = other in plan.by_hand or (theirs is not None and theirs.state in AGREED)
    refused = refusals(
        year,
        who,
        (not may(who, "lead"), DENIED),
        (goal is None or person not in reached(who, "lead"), NO_OFFER),
        (not reason, "invalid goals.reason"),
        (changes and plan.state != "draft", "conflict goals.not_draft"),
        (changes and fixed, "conflict goals.no_way"),
        (
            goal is not None and goal.state not in ("countered", "returned", "proposed"),
            ELSEWHERE,
        ),
    )
    if goal is not None and not refused:
        if changes:
            plan.amounts[other] -= amount - plan.amounts[person]
            plan.amounts[person] = amount
            plan.by_hand.add(person)
        goal.state, goal.amount, goal.settler = "settled", amount, account_of(who)
    return refused


def agree(year: Year, who: str, person: str) -> Reasons:
    """Approve what was accepted or settled, as the level above."""
    goal = year.plan.goals.get(person)
    refused = refusals(
        year,
        who,
        *_next_level(year, who, person, goal),
        (
            goal is not None and goal.amount != year.plan.amounts[person],
            "conflict goals.stale",
        ),
    )
    if goal is not None and not refused:
        goal.state = "agreed"
    return refused


def send_back(year: Year, who: str, person: str, *, reason: bool) -> Reasons:
    goal = year.plan.goals.get(person)
    refused = refusals(
        year,
        who,
        *_next_level(year, who, person, goal),
        (not reason, "invalid goals.reason"),
    )
    if goal is not None and not refused:
        goal.state = "returned"
    return refused


def _next_level(
    year: Year, who: str, person: str, goal: Goal | None
) -> tuple[tuple[bool, str], ...]:
    """Whoever leads the person, or settled the goal, is not the level above; nor for another."""
    own = goal is not None and goal.settler in accounts_behind(who)
    leads = bool({person, LEADERS[person]} & persons_behind(who))
    return (
        (not may(who, "lead"), DENIED),
        (goal is None or person not in reached(who, "lead"), NO_OFFER),
        (own or leads, "denied goals.next_level"),
        (goal is not None and goal.state not in ("accepted", "settled"), ELSEWHERE),
    )


def change(year: Year, who: str, *, reason: bool) -> Reasons:
    """Begin a new version of an approved plan; what was agreed stays so while figures stay."""
    refused = refusals(
        year,
        who,
        (not may(who, "plan"), DENIED),
        (not reason, "invalid goals.reason"),
        (year.plan.state != "approved", "conflict goals.version_open"),
    )
    if not refused:
        now = year.plan
        year.plans.append(Plan("draft", dict(now.amounts), deepcopy(now.goals), set(now.by_hand)))
    return refused


def submit(year: Year, who: str) -> Reasons:
    refused = _of_plan(year, who, "plan", "draft")
    if not refused:
        year.plan.state, year.plan.submitter = "submitted", account_of(who)
    return refused


def withdraw(year: Year, who: str) -> Reasons:
    refused = _of_plan(year, who, "plan", "submitted")
    if not refused:
        year.plan.state, year.plan.submitter = "draft", None
    return refused


def approve(year: Year, who: str) -> Reasons:
    """Approve a version that somebody else handed in; it takes the place of the one in force."""
    refused = _of_plan(year, who, "approve", "submitted")
    if year.acts(who) and year.plan.submitter in accounts_behind(who):
        refused.add("denied goals.own_plan")
    if not refused:
        year.plan_in_force.state = "superseded"
        year.plan.state = "approved"
    return refused


def take(year: Year, who: str) -> Reasons:
    """Give an open cycle the figures of the plan in force; one that is locked keeps its own."""
    refused = refusals(
        year,
        who,
        (not may(who, "plan"), DENIED),
        (year.state != "open", "conflict cycles.not_in_state"),
    )
    if not refused:
        amounts = year.plan_in_force.amounts
        year.targets = {person: Fraction(amount, 4) for person, amount in amounts.items()}
    return refused


def _of_plan(year: Year, who: str, right: str, state: str) -> Reasons:
    return refusals(
        year,
        who,
        (not may(who, right), DENIED),
        (year.plan.state != state, "conflict goals.version_state"),
    )
