"""My team on a telephone: a row is readable without moving the page aside."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.shares]


def test_a_team_is_read_without_scrolling_aside(visitor: Visitor) -> None:
    visitor.sign_in("m01")
    page = visitor.page
    page.goto("/team/")
    visitor.check()
    width = 390
    page.set_viewport_size({"width": width, "height": 900})
    row = page.locator(".team tbody tr").first
    cells = row.locator(":scope > td:visible").all()
    assert cells
    for cell in cells:
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
