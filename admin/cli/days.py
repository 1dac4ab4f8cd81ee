"""A day on the command line, as every command that takes one reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

import click


class Day(click.ParamType[date]):
    """A day as ISO writes it."""

    name = "day"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return how a day is written; an argument keeps its own name."""
        return "YYYY-MM-DD" if isinstance(param, click.Option) else super().get_metavar(param, ctx)

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """Return the day, or end with how a day is written."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2026-01-31", param, ctx)


DAY = Day()
