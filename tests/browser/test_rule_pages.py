"""The pages around a policy's editor, each with what the demo's year has left on it."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_rulebook import CAP, POLICY

pytestmark = pytest.mark.browser

WAITING = "demo-managers"
# Whose page, its address, and what has to be on it.
PAGES = (
    ("hr", f"/rulebook/{POLICY}/draft", "#verdict ins"),
    ("hr", f"/rulebook/{POLICY}/draft/text", ".code[data-of=text] .cm-line"),
    ("hr", f"/rulebook/{POLICY}/draft/edits", "#edit-1 ins"),
    ("hr", f"/rulebook/{POLICY}/comments", "main h1"),
    ("hr", f"/rulebook/{POLICY}/consultation", "main h1"),
    ("hr", f"/rulebook/{POLICY}/agreements", "main table td"),
    ("hr", "/rulebook/bulk?field=total.cap", "input[name^=value-]"),
    ("hr", "/rulebook/coverage", "main table td"),
    ("hr", "/rulebook/new?template=account-manager-b2b", ".chosen form"),
    ("hr", "/rule-files", "main form"),
    ("hr", "/simulations/", "a.row-link"),
    ("finance", f"/rulebook/{WAITING}/submission", "form[action$='/approve']"),
    ("finance", f"/versions/{WAITING}", "main ins"),
    ("finance", f"/versions/{WAITING}/value?field=constants.bonus_base.value", "main"),
    ("m01", "/consents/", "main h1"),
    ("m01", "/", "a.button[href^='/agreements/']"),
    ("s0301", "/agreements/", "a.row-link"),
)


def test_every_page_has_something_true_on_it(visitor: Visitor) -> None:
    page, signed_in = visitor.page, ""
    for user, address, has in PAGES:
        if user != signed_in:
            visitor.sign_in(user)
            signed_in = user
        page.goto(address)
        page.locator(has).first.wait_for()
        page.wait_for_load_state("networkidle")
        visitor.check()


@pytest.mark.shares
def test_a_simulation_is_opened_from_what_it_argued_for(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("finance")
    page.goto(f"/rulebook/{WAITING}/submission")
    page.locator("#simulations a[href^='/simulations/']").first.click()
    page.locator("#people").wait_for()
    visitor.check()


def test_a_copy_is_opened_and_signed(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("m01")
    page.locator("a.button[href^='/agreements/']").first.click()
    page.locator("form[action$='/open'] button").click()
    sign = page.locator("form[action$='/sign']")
    sign.wait_for()
    visitor.check()
    sign.locator("[name=name]").fill("somebody else")
    sign.locator("button").click()
    expect(page.locator(".notice.bad")).to_be_visible()
    # The browser itself says that the answer was a 400.
    assert all("400" in line for line in visitor.said)
    visitor.said.clear()
    visitor.check()


def test_a_workbook_and_the_draft_say_two_things_of_one_cell(
    visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.page
    visitor.sign_in("hr")
    sent = tmp_path / "policy.xlsx"
    sent.write_bytes(page.request.get(f"/rulebook/{POLICY}/draft/workbook.xlsx").body())
    book = openpyxl.load_workbook(sent)
    cell = next(
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if sheet.title in ("总分", "Total") and cell.value == 120
    )
    cell.value = 125
    book.save(sent)
    page.goto(f"/rulebook/{POLICY}/draft")
    page.fill(CAP, "130")
    page.locator(".bar button.primary").click()
    page.wait_for_load_state()

    page.goto(f"/rulebook/{POLICY}/workbook")
    visitor.check()
    page.set_input_files("[name=file]", sent)
    page.locator("form[action$='/workbook'] button").click()
    choice = page.locator("[role=radiogroup]")
    expect(choice).to_contain_text("125")
    expect(choice).to_contain_text("130")
    visitor.check()
    choice.locator("input[value=mine]").check()
    page.locator("form[action$='/take'] button").click()
    page.wait_for_url(re.compile("/draft$"))
    assert page.input_value(CAP) == "125"
