"""The service under gunicorn, in Chromium: sign in and open every list, with an empty console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.admin.routes import LIST_NAMES
from tests.factories import PASSWORD
from tests.serving import serving

pytestmark = pytest.mark.browser


@pytest.fixture
def url(home: Path) -> Iterator[str]:
    with serving(home) as address:
        yield address


def test_sign_in_and_every_list_in_both_languages(browser: Browser, url: str) -> None:
    for language, width in (("中文", 1440), ("English", 390)):
        page, said = _page(browser, url, width)
        _press(page, language)
        page.fill("[name=username]", "auditor")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{url}/")
        for name in LIST_NAMES:
            page.goto(f"/{name}/")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            page.locator("a.row-link").first.click()
            page.wait_for_url(f"{url}/{name}/**")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert said == []
        page.context.close()


def test_the_menu_and_signing_out_on_a_telephone(browser: Browser, url: str) -> None:
    page, said = _page(browser, url, 390)
    page.fill("[name=username]", "hr")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.locator(".drawer > summary").click()
    # By the keyboard: the section opens, and what is in it comes next.
    page.locator(".drawer details:has(a[href='/ledger/']) > summary").press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".drawer a[href='/ledger/']")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/ledger/")
    page.locator(".drawer > summary").click()
    page.locator(".drawer form[action='/logout'] button").click()
    page.goto("/ledger/")
    assert page.url == f"{url}/login?next=/ledger/"
    assert said == []
    page.context.close()


def _page(browser: Browser, url: str, width: int) -> tuple[Page, list[str]]:
    """Return a sign-in page and the list that its console writes to."""
    context = browser.new_context(base_url=url, viewport={"width": width, "height": 844})
    page = context.new_page()
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/login")
    return page, said


def _press(page: Page, choice: str) -> None:
    page.get_by_role("button", name=choice, exact=True).click()
    page.wait_for_load_state()
