"""When credit lines hold: a line ends where the next day's lines of its record begin."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from engine.measures import Mark
from workflows.sources.tables import ALWAYS

Span = tuple[date | None, date | None]


def spans_of(lines: Sequence[tuple[int, date]]) -> list[Span] | None:
    """Return since and until of each line, given its record's version and its first day.

    None where all of them held from the start, as nearly always.
    """
    if all(since == ALWAYS for _, since in lines):
        return None
    days: dict[int, set[date]] = defaultdict(set)
    for version, since in lines:
        days[version].add(since)
    ordered = {version: sorted(each) for version, each in days.items()}
    return [_span(ordered[version], since) for version, since in lines]


def _span(days: list[date], since: date) -> Span:
    later = bisect_right(days, since)
    until = days[later] if later < len(days) else None
    return (None if since == ALWAYS else since), until


def marks_of(
    spans: Sequence[Span] | None,
    versions: Sequence[int],
    late: Mapping[int, tuple[str, ...]],
    elsewhere: Mapping[int, tuple[str, ...]],
) -> list[Mark] | None:
    """Return a mark for each line, by its record's version; None where no line has anything."""
    if spans is None and not late and not elsewhere:
        return None
    held: Sequence[Span] = spans or [(None, None)] * len(versions)
    return [
        Mark(since, until, late.get(version, ()), elsewhere.get(version, ()))
        for (since, until), version in zip(held, versions, strict=True)
    ]
