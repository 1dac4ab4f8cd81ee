"""The days of the demo's year, and what calibration changes in each quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SALES, MANAGERS = "demo-quarterly", "demo-managers"
START = date(2025, 1, 2)


@dataclass(frozen=True, slots=True)
class Change:
    """A grade to change in calibration, of the best or else the weakest who has it."""

    grade: str
    to: str
    best: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter's days, and what calibration changes in it."""

    label: str
    opened: date
    ended: date
    locked: date
    changes: tuple[Change, ...] = ()

    def cycle(self, policy: str) -> str:
        return f"{policy}@{self.label}"


_NEWCOMER = Change("D", "C", False, "入职首季尚无成交，按新人保护期约定评定")
QUARTERS = (
    Quarter(
        "2025-Q1",
        date(2025, 1, 6),
        date(2025, 3, 31),
        date(2025, 4, 3),
        (_NEWCOMER, Change("B", "A", True, "带教两名新人并协助其推进商机，个人数字未体现")),
    ),
    Quarter(
        "2025-Q2",
        date(2025, 4, 7),
        date(2025, 6, 30),
        date(2025, 7, 3),
        (
            Change("C", "B", True, "季中接手离职同事的客户，交接期影响赢单率"),
            Change("S", "A", False, "两起客户投诉未按时回复，经核实"),
        ),
    ),
    Quarter(
        "2025-Q3",
        date(2025, 7, 7),
        date(2025, 9, 30),
        date(2025, 10, 10),
        (Change("B", "A", True, "牵头跨区域投标，协助两位同事签约"),),
    ),
    Quarter("2025-Q4", date(2025, 10, 13), date(2025, 12, 31), date(2026, 1, 6)),
)
