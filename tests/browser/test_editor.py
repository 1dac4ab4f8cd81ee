"""The editor by hand: as text, by the keyboard, after a reload, after a session's end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_rulebook import POLICY, REVENUE, begin_anew, checked

pytestmark = [pytest.mark.browser, pytest.mark.shares]

CAP = "[name='total.cap']"
TEXT = ".code[data-of=text] .cm-content"
KEPT = "textarea[name=text]"


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """The page of a new draft, opened by HR."""
    visitor.sign_in("hr")
    begin_anew(visitor.page)
    return visitor.page


def to(page: Page, tab: str) -> None:
    page.locator(".tabs button[data-carries]").click()
    page.wait_for_url(re.compile(f"{tab}$"))


def text_of(page: Page) -> str:
    return str(page.locator(KEPT).input_value())


def type_over(page: Page, old: str, new: str) -> None:
    """Find ``old`` in the text as one does in an editor, and type ``new`` in its place."""
    page.locator(TEXT).focus()
    page.keyboard.press("Control+f")
    page.keyboard.type(old)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    with page.expect_response(re.compile("/text/check$")):
        page.keyboard.insert_text(new)


def test_a_fault_in_the_text_is_told_at_its_line(visitor: Visitor, page: Page) -> None:
    to(page, "/text/open")
    line = next(
        number for number, each in enumerate(text_of(page).splitlines(), 1) if "cap: 130" in each
    )
    visitor.check()
    type_over(page, "cap: 130", "cap: viel")
    told = page.locator("#told-text li.error button")
    expect(told).to_have_attribute("data-line", str(line))
    expect(page.locator(".cm-lintRange-error, .cm-lint-marker-error").first).to_be_attached()
    visitor.check()
    told.click()
    expect(page.locator(".cm-activeLine").first).to_contain_text("viel")


def test_from_the_form_to_the_text_and_back_every_byte_that_nobody_touched_stays(
    visitor: Visitor, page: Page
) -> None:
    page.goto(f"/rulebook/{POLICY}/draft/text")
    before = text_of(page)
    page.goto(f"/rulebook/{POLICY}/draft")
    checked(page, REVENUE, "35%")
    to(page, "/text/open")
    carried = text_of(page)
    changed = [
        pair
        for pair in zip(before.splitlines(), carried.splitlines(), strict=True)
        if pair[0] != pair[1]
    ]
    assert [(old.strip(), new.strip()) for old, new in changed] == [("weight: 40%", "weight: 35%")]
    page.locator(TEXT).focus()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# 本季试行\n")
    to(page, "/draft/form")
    assert page.input_value(REVENUE) == "35%"
    expect(page.locator("#weights")).to_contain_text("95%")
    visitor.check()
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile("/draft$"))
    page.goto(f"/rulebook/{POLICY}/draft/text")
    assert text_of(page) == f"# 本季试行\n{carried}"
    page.goto(f"/rulebook/{POLICY}/draft/edits")
    expect(page.locator("#edit-1 ins").first).to_have_text("35%")
    visitor.check()
    page.locator("#edit-0 button").click()
    page.wait_for_url(re.compile("/draft$"))
    assert page.input_value(REVENUE) == "40%"


def test_typing_is_offered_back_after_a_reload(visitor: Visitor, page: Page) -> None:
    checked(page, REVENUE, "35%")
    page.reload()
    assert page.input_value(REVENUE) == "40%"
    expect(page.locator("#kept")).to_be_visible()
    visitor.check()
    page.locator("[data-put-back]").click()
    assert page.input_value(REVENUE) == "35%"
    expect(page.locator("#weights")).to_contain_text("95%")
    page.locator(".bar button.primary").click()
    page.wait_for_load_state()
    expect(page.locator("#kept")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_session_that_ends_takes_nothing_with_it(visitor: Visitor, page: Page) -> None:
    # An answer still on its way would bring the session back; the doubts are asked for last, and
    # those of the page before must not be taken for them.
    page.reload(wait_until="commit")
    with page.expect_response(re.compile("/lint$")):
        page.wait_for_load_state()
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="kaoheng_session")
    with page.expect_response(re.compile("/check$")):
        page.fill(CAP, "140")
    expect(page.locator("#signed-out")).to_be_visible()
    # The browser itself says that the answer was a 401.
    assert all("401" in line for line in visitor.said)
    visitor.said.clear()
    visitor.check()
    page.locator("#signed-out a").click()
    page.fill("[name=username]", "hr")
    page.fill("[name=password]", visitor.passwords["hr"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(f"/rulebook/{POLICY}/draft$"))
    with page.expect_response(re.compile("/check$")):
        page.locator("[data-put-back]").click()
    assert page.input_value(CAP) == "140"

    with page.expect_request(re.compile("/lint$")) as last:
        page.wait_for_load_state()
    last.value.response()
    page.context.clear_cookies(name="kaoheng_session")
    page.locator(".bar button.primary").click()
    page.fill("[name=username]", "hr")
    page.fill("[name=password]", visitor.passwords["hr"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(f"/rulebook/{POLICY}/draft$"))
    page.locator("[data-put-back]").click()
    assert page.input_value(CAP) == "140"


def test_a_block_is_pasted_and_cells_are_walked_as_in_a_spreadsheet(
    visitor: Visitor, page: Page
) -> None:
    cells = page.locator(
        "#part-grades td input[name$='.from'], #part-grades td input[name$='.coefficient']"
    )
    before = [cell.input_value() for cell in cells.all()]
    cells.nth(2).focus()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "106\\t1.3\\n90\\t1.1\\n");
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    after = [cell.input_value() for cell in cells.all()]
    assert after == [*before[:2], "106", "1.3", "90", "1.1", *before[6:]]
    cells.nth(2).focus()
    page.keyboard.press("Control+z")
    cells.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(cells.nth(2)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cells.nth(3)).to_be_focused()
    page.keyboard.press("Enter")
    expect(cells.nth(5)).to_be_focused()
    visitor.check()


def test_a_curve_is_drawn_again_as_its_cap_is_typed(visitor: Visitor, page: Page) -> None:
    curve = page.locator("#curve-kpis-revenue svg")
    expect(curve).to_have_count(1)
    before = curve.locator("polyline").get_attribute("points")
    with page.expect_response(re.compile("/curves$")):
        page.fill("[name='kpis.revenue.cap']", "105")
    expect(curve.locator("polyline")).not_to_have_attribute("points", before or "")
    expect(curve.locator("desc")).to_contain_text("105")
    visitor.check()


def test_a_warning_comes_to_its_field(visitor: Visitor, page: Page) -> None:
    page.fill("[name='grades.0.from']", "140")
    page.locator("[id^=slot-grades-0] .doubt").first.wait_for()
    expect(page.locator("#warnings .badge.warn")).to_be_visible()
    visitor.check()
