"""HR calibrates thirty-five people: by drag and by keys, to the director's approval and minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.calibrating import CYCLE, bring_to_calibration
from tests.browser.conftest import Visitor

UP, DOWN, WHY = "独立拿下战略客户", "回款逾期", "大区超额来自新签客户"
PATIENCE = 20_000  # milliseconds


@pytest.mark.each_look  # a wide board is dragged over, a narrow one walked by keys
def test_a_calibration_of_thirty_five(visitor: Visitor, home: Path) -> None:
    people, page = bring_to_calibration(home), visitor.page
    visitor.sign_in("hr")
    page.goto("/calibrations/open")
    visitor.check()
    page.select_option("[name=cycle]", CYCLE)
    page.check("[name=unit][value=yunfan]")
    page.check("[name=participant][value=m01]")
    page.fill("[name=budget]", "400000")
    page.click("main button.primary")
    expect(page.locator(".board-card[data-url]")).to_have_count(people)
    cost = page.locator("#cost-now")
    before = cost.inner_text()
    visitor.check()

    raised = _name(page, "B")
    if visitor.look.width > 1000:
        _drag(page, _card(page, raised), page.locator("[data-grade=A]"))
    else:
        _card(page, raised).locator("a").press("ArrowLeft")
    _give_reason(page, "A", UP)
    expect(page.locator("[data-grade=A]")).to_contain_text(raised, timeout=PATIENCE)
    expect(cost).not_to_have_text(before, timeout=PATIENCE)

    lowered = _name(page, "B")
    _card(page, lowered).locator("a").press("ArrowRight")
    _give_reason(page, "C", DOWN)
    expect(page.locator("[data-grade=C]")).to_contain_text(lowered, timeout=PATIENCE)
    expect(_card(page, lowered).locator("a")).to_be_focused()
    visitor.check()
    board = page.url
    page.goto(f"{board}/projector")
    expect(page.locator("#cost")).to_have_count(0)
    visitor.check()

    page.goto(f"{board}/close")
    visitor.check()
    page.fill("form[action$='/close'] [name=reason]", WHY)
    page.click("form[action$='/close'] button")
    page.wait_for_url(board)
    expect(page.locator(".board-card[data-url]")).to_have_count(0)
    visitor.sign_in("director")
    page.locator("#waiting a[href^='/calibrations/']").click()
    expect(page.locator("main")).to_contain_text(WHY)
    page.click("form[action$='/approve'] button")
    expect(page.locator("form[action$='/approve']")).to_have_count(0, timeout=PATIENCE)
    page.goto(f"{board}/minutes")
    for said in (raised, UP, lowered, DOWN, WHY):
        expect(page.locator("main")).to_contain_text(said)
    visitor.check()


def _name(page: Page, grade: str) -> str:
    return page.locator(f"[data-grade={grade}] .card-name").first.inner_text()


def _card(page: Page, name: str) -> Locator:
    return page.locator(".board-card", has_text=name)


def _drag(page: Page, card: Locator, column: Locator) -> None:
    start, end = card.bounding_box(), column.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 60, steps=5)
    page.mouse.up()


def _give_reason(page: Page, grade: str, reason: str) -> None:
    """Answer the question that a move opens, by keys alone."""
    expect(page.locator("#move-dialog [name=grade]")).to_have_value(grade)
    expect(page.locator("#move-dialog [name=reason]")).to_be_focused()
    page.keyboard.type(reason)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
