"""When credit lines hold: a line ends where the next day's lines of its record begin."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.measures import Mark
from workflows.sources.tables import ALWAYS, CreditLine

Span = tuple[date | None, date | None]


def marks_of(
    session: Session,
    lines: Sequence[tuple[int, date]],
    late: Mapping[int, tuple[str, ...]],
    elsewhere: Mapping[int, tuple[str, ...]],
) -> list[Mark] | None:
    """Return a mark for each line, given its record's version and its first day.

    ``late`` and ``elsewhere`` are measures by version. None where no line has anything, as nearly
    always.
    """
    days = _days(session)
    if not days and not late and not elsewhere:
        return None
    return [
        Mark(
            *_span(days.get(version, []), since),
            late.get(version, ()),
            elsewhere.get(version, ()),
        )
        for version, since in lines
    ]


def _days(session: Session) -> dict[int, list[date]]:
    """Return the days after the start from which versions of records are somebody else's.

    All of them: whoever asks for one person's lines must know when the next one's begin.
    """
    rows = session.execute(
        select(CreditLine.record_version_id, CreditLine.since)
        .where(CreditLine.since > ALWAYS)
        .distinct()
        .order_by(CreditLine.since)
    )
    found: dict[int, list[date]] = defaultdict(list)
    for version, since in rows:
        found[version].append(since)
    return found


def _span(days: list[date], since: date) -> Span:
    later = bisect_right(days, since)
    until = days[later] if later < len(days) else None
    return (None if since == ALWAYS else since), until
