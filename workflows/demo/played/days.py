"""The codes and the days of the played year's second half."""

from __future__ import annotations

from datetime import date

from workflows.demo.calendar import QUARTERS, SALES

MONTHLY, HALF_YEARLY = "demo-monthly", "demo-half-yearly"
SECOND_HALF = date(2025, 7, 1)

FIRST, SECOND, THIRD, FOURTH = QUARTERS
Q3, Q4 = THIRD.cycle(SALES), FOURTH.cycle(SALES)
HALF = f"{HALF_YEARLY}@2025-H2"
OCTOBER, NOVEMBER, DECEMBER = (f"{MONTHLY}@2025-{month}" for month in (10, 11, 12))
