"""HR tries a draft on a cycle, and looks at the cycle's fairness."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def test_hr_tries_a_draft_on_a_cycle(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("hr")
    page.goto("/rulebook/demo-managers")
    begin = page.locator("form[action$='/start'] button")
    if begin.count():
        begin.first.click()
        page.wait_for_url(re.compile("/draft"))
    page.goto("/rulebook/demo-managers/simulate")
    visitor.check()
    page.select_option("[name=cycle]", "demo-managers@2025-Q3")
    page.fill("[name=budget]", "500,000")
    page.locator("form.ask button.primary").click()
    page.wait_for_url(re.compile(r"/simulations/\w+$"))
    page.locator("#people").wait_for()
    assert page.locator(".pairs-chart").count() == 2
    visitor.check()
    folded = page.locator("details.numbers:not([open]) td").first
    expect(folded).not_to_be_visible()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()


@pytest.mark.shares
def test_hr_looks_at_fairness(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("hr")
    page.goto("/cycles/demo-quarterly@2025-Q3")
    page.locator("a[href$='/fairness']").click()
    page.wait_for_url(re.compile("/fairness$"))
    visitor.check()
