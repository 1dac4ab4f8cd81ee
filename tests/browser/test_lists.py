"""Every list and its first row, in each look."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.shares]

LISTS = {
    "hr": ("reviews", "cycles", "policies", "ledger", "records", "imports", "quarantine", "people"),
    "auditor": ("log",),
}


@pytest.mark.parametrize("user", LISTS)
def test_lists_are_in_order(visitor: Visitor, user: str) -> None:
    visitor.sign_in(user)
    visitor.check()
    for name in LISTS[user]:
        visitor.page.goto(f"/{name}/")
        visitor.check()
        visitor.page.locator("a.row-link").first.click()
        visitor.page.wait_for_url(re.compile(f"/{name}/.+"))
        visitor.check()
