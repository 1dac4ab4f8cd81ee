"""From which day a version may be in force, and which periods it then governs."""

from __future__ import annotations

from datetime import date

from engine.errors import N_, refuse
from engine.model import Policy
from engine.periods import Period, PeriodKind, containing

# In how many years at most a version begins: a year typed wrongly would not be noticed.
MOST_AHEAD = 10
# How many begun periods a version may still be published for: each has its effect computed.
MOST_BEGUN = 12


def next_first_day(policy: Policy, today: date) -> date:
    """Return the first day of the policy's next period: the first that has not begun."""
    return containing(today, PeriodKind(policy.period)).next.start


def first_governed(policy: Policy, effective_on: date) -> Period:
    """Return the first period that begins on ``effective_on`` or later."""
    period = containing(effective_on, PeriodKind(policy.period))
    return period if period.start == effective_on else period.next


def begun(policy: Policy, effective_on: date, today: date) -> list[Period]:
    """Return the periods that a version governs and that have begun, the oldest first.

    A period has begun on its first day, at the organisation's midnight. Refuses a day that
    reaches back over more than ``MOST_BEGUN`` of them.
    """
    found: list[Period] = []
    period = first_governed(policy, effective_on)
    while period.start <= today:
        if len(found) == MOST_BEGUN:
            raise refuse(
                "publishing.too_far_back",
                N_("From {day} on, more than {most} periods have begun."),
                N_("Choose a later first day."),
                day=effective_on.isoformat(),
                most=MOST_BEGUN,
            )
        found.append(period)
        period = period.next
    return found


def require_said(policy: Policy, effective_on: date, today: date, is_said: bool) -> bool:
    """Return whether a first day reaches into a begun period; refuse where nobody said so."""
    if effective_on.year > today.year + MOST_AHEAD:
        raise refuse(
            "publishing.too_far_ahead",
            N_("{day} is more than {most} years ahead."),
            N_("Choose an earlier first day."),
            day=effective_on.isoformat(),
            most=MOST_AHEAD,
        )
    periods = begun(policy, effective_on, today)
    if periods and not is_said:
        raise refuse(
            "publishing.retroactive",
            N_("{period} began on {began}: from {day} on the version would be retroactive."),
            N_("Choose {next} or later, or say that it is meant to be retroactive."),
            period=periods[0].label,
            began=periods[0].start.isoformat(),
            day=effective_on.isoformat(),
            next=next_first_day(policy, today).isoformat(),
        )
    return bool(periods)
