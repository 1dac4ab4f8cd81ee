"""One person's values by name, worked out when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Way = Callable[["Row"], Any]
Ways = dict[str, Way]


class Row(dict[str, Any]):
    """The facts of a person (or of a segment), and what follows from them."""

    def __init__(self, facts: Mapping[str, Any], ways: Mapping[str, Way]) -> None:
        super().__init__(facts)
        self.given, self.ways = tuple(facts), ways

    def __missing__(self, name: str) -> Any:
        self[name] = found = self.ways[name](self)
        return found

    def rewarded(self, name: str) -> Any:
        """Look a name up as what rewards people does: the grade is the calibrated one."""
        return self["final_grade" if name == "grade" else name]
