"""The first half: two quarters as the plain year has them; in June the rules of the second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from workflows.demo.played import goals, organisation, rules
from workflows.demo.played.agenda import MORNING, Day, act, plain
from workflows.demo.played.days import FIRST, SECOND
from workflows.demo.played.exports import bring_in
from workflows.demo.quarter import lock_quarter, open_quarter, reviewing, setting_goals

_PLAN = goals.YEAR_2025


def days() -> Iterator[Day]:
    """Give what is done on which day."""
    for quarter in (FIRST, SECOND):
        yield from plain([(quarter.opened, partial(open_quarter, quarter=quarter))])
        yield from plain(setting_goals(quarter))
        yield Day(quarter.locked, (act(bring_in, quarter.ended),), MORNING)
        yield from plain([(quarter.locked, partial(lock_quarter, quarter=quarter))])
        yield from plain(reviewing(quarter))
    yield Day(date(2025, 6, 5), (rules.draft_quarterly,))
    yield Day(date(2025, 6, 9), (rules.publish_quarterly,))
    yield Day(date(2025, 6, 10), (rules.publish_others,))
    yield Day(date(2025, 6, 12), (organisation.everybody_signs_in,))
    yield Day(date(2025, 6, 16), (act(goals.cascade, _PLAN),))
    yield Day(date(2025, 6, 17), (act(goals.propose, _PLAN),))
    yield Day(date(2025, 6, 19), (act(goals.answer, _PLAN),))
    yield Day(date(2025, 6, 20), (act(goals.settle, _PLAN),))
    yield Day(date(2025, 6, 23), (act(goals.agree, _PLAN),))
    yield Day(date(2025, 6, 25), (act(goals.approve, _PLAN),))
