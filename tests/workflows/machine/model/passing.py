"""What happens by itself when a time has come: docs/stages.md, docs/settling.md."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.workflows.machine.model import sealing, stages
from tests.workflows.machine.model.people import ACCOUNTS, LEADERS
from tests.workflows.machine.model.state import Timer, Year

SILENCE = {"goal_setting": "submit_goals", "feedback": "close"}
FIRST_RETRY, LAST_RETRY = timedelta(minutes=1), timedelta(days=1)


def pass_time(year: Year, to: datetime) -> bool:
    """Let the time come to ``to`` and do what is due by then, in its order; say if anything was.

    What is held up is tried again later: after a minute, then twice as long each time.
    """
    year.now = to
    happened = False
    while due := [each for each in year.timers if each.next_at <= to]:
        first = min(due, key=lambda each: each.next_at)
        done = _DEEDS[first.kind](year, first)
        if done is None:
            wait = min(FIRST_RETRY * 2**first.attempts, LAST_RETRY)
            first.retry, first.attempts = to + wait, first.attempts + 1
        else:
            year.timers = [each for each in year.timers if each is not first]
            happened = happened or done
    return happened


def _deadline(year: Year, timer: Timer) -> bool | None:
    if timer.stage not in SILENCE:
        _tell(year, timer, LEADERS[timer.person])
        return False
    at = timer.next_at
    if not stages.by_silence(year, timer.person, SILENCE[timer.stage], at):
        return None
    year.told.add((timer.person, f"silence {timer.stage} {timer.day}"))
    return True


def _reminder(year: Year, timer: Timer) -> bool:
    _tell(year, timer, LEADERS[timer.person])
    return False


def _escalation(year: Year, timer: Timer) -> bool:
    _tell(year, timer, ACCOUNTS["director"][1] or "")
    return False


def _tell(year: Year, timer: Timer, who: str) -> None:
    """Tell somebody of a stage's time, once for all; what is held back waits for nobody."""
    if not year.reviews[timer.person].held:
        year.told.add((who, f"{timer.kind} {timer.stage} {timer.day}"))


def _silence(year: Year, timer: Timer) -> bool:
    """A talk that nobody answers in five working days counts as taken note of."""
    talk = year.reviews[timer.person].talk
    if talk is None or talk.acknowledged:
        return False
    talk.acknowledged, talk.version = True, talk.version + 1
    sealing.seal(year, [timer.person], timer.next_at)
    return True


def _window(year: Year, timer: Timer) -> bool:
    return sealing.seal(year, [timer.person], timer.next_at)


def _answer(year: Year, timer: Timer) -> bool:
    """An appeal without an answer in its time is escalated, once."""
    appeal = year.reviews[timer.person].appeal
    if appeal is None or appeal.escalated:
        return False
    appeal.escalated = True
    return True


_DEEDS = {
    "deadline": _deadline,
    "reminder": _reminder,
    "escalation": _escalation,
    "silence": _silence,
    "window": _window,
    "answer": _answer,
}
