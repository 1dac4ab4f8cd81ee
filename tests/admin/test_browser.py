"""The service under gunicorn, in Chromium: every page there is, and the menu on a telephone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.admin.routes import ALL, ROUTES, Route
from tests.browser.conftest import LONG, LOOKS, Look, visiting
from tests.factories import PASSWORD
from tests.serving import serving

pytestmark = pytest.mark.browser

# Who opens a page here: the first of them that may.
READERS = ("hr", "salesperson", "auditor", "finance", "administrator")


def _address(route: Route, role: str) -> str:
    """Return an address of a page that a role opens, or nothing."""
    if role not in route.open_to or not route.page or (route.method, route.answers) != ("GET", 200):
        return ""
    if route.plain:
        return route.plain
    theirs = (route.row.format(code) for code in sorted(ALL) if route.may(role, code))
    return next(theirs, "") if route.row else ""


def pages_of(role: str) -> list[str]:
    """Return the addresses of all pages that nobody before this role opens."""
    before = READERS[: READERS.index(role)]
    return [
        address
        for route in ROUTES
        if (address := _address(route, role)) and not any(_address(route, each) for each in before)
    ]


@pytest.fixture
def url(home: Path) -> Iterator[str]:
    with serving(home) as address:
        yield address


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_is_in_order(browser: Browser, url: str, look: Look) -> None:
    """Every page on both widths; whole in one look by turns, or in each where there is time."""
    turn = slice(None) if LONG else slice(LOOKS.index(look), None, len(LOOKS))
    with visiting(browser, url, look, defaultdict(lambda: PASSWORD)) as visitor:
        for role in READERS:
            visitor.sign_in(role)
            for path in pages_of(role)[turn]:
                visitor.page.goto(path)
                visitor.check_widths()


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
