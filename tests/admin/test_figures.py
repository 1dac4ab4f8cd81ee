"""Values of the engine as a reader sees them, also where they were kept as texts."""

from __future__ import annotations

import pytest
from flask import Flask

from admin.people.figures import kept_figure


@pytest.mark.parametrize(
    ("kept", "unit", "told"),
    [
        ("1234.5", "money", "¥1,234.50"),
        ("0.734", "ratio", "73.4%"),
        ("81", "points", "81"),
        ("True", "number", "是"),  # whether a pool pays is a step like any other
        ("False", "truth", "否"),
        ("appraised", "number", "已考核"),
        ("suzhou", "label", "suzhou"),
        ("2026", "label", "2026"),
        ("B", "", "B"),
        (None, "money", "–"),
    ],
)
def test_what_an_appeal_keeps_is_told_in_its_unit(
    app: Flask, kept: str | None, unit: str, told: str
) -> None:
    with app.test_request_context(headers={"Cookie": "language=zh"}):
        assert kept_figure(kept, unit, "CNY") == told
