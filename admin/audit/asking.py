"""What a search of the history asks for, from an address; what makes no sense asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.history.changes import Asked

LONGEST = 100


def asked_of(args: Mapping[str, str], timezone: ZoneInfo, code: str | None = None) -> Asked:
    """Return the search; days are the organisation's, the last one included."""
    text = {name: args.get(name, "").strip()[:LONGEST] for name in ("by", "field", "words")}
    return Asked(
        code,
        **text,
        since=_midnight(args.get("since", ""), timezone),
        until=_midnight(args.get("until", ""), timezone, days=1),
    )


def _midnight(day: str, timezone: ZoneInfo, days: int = 0) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), timezone)
    except (ValueError, OverflowError):
        return None
