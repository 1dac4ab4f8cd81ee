"""A manager takes six people from goals to feedback, by what the overview says comes next."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import LOOKS, Company, Visitor
from tests.browser.founding import NAMES, NOW, PEOPLE, TEAM
from tests.browser.year import CODE, Year

pytestmark = pytest.mark.browser

FIVE, SIXTH = TEAM[:5], TEAM[5]
OTHERS = tuple(code for code in PEOPLE if code not in TEAM)
TARGETS = "/goals/2026/team"


def test_a_manager_takes_six_people_from_goals_to_feedback(
    company: Company, browser: Browser
) -> None:
    with company.visited(browser, LOOKS[0]) as visitor:
        visitor.sign_in("m1")
        agree_on_goals(visitor, company.year)
        move_goals_on(visitor, company.year)
        hold_a_check_in(visitor)
        hand_over_for_ratings(visitor, company.year)
        rate(visitor, company.year)
        give_feedback(visitor, company.year)


def agree_on_goals(visitor: Visitor, year: Year) -> None:
    """Propose the goals, and settle the one that is countered; others answer and approve."""
    page = visitor.page
    year.plan_goals()
    year.propose(*OTHERS)
    visitor.follow(TARGETS)
    visitor.check_both()
    expect(page.locator("[name=chosen]:checked")).to_have_count(6)
    page.click("button[form=proposing]")
    expect(page.locator("[name=chosen]")).to_have_count(0)
    year.accept(*FIVE, *OTHERS)
    year.counter(SIXTH, Decimal(450_000), "两家老客户合并了")

    visitor.follow(TARGETS)
    settling = page.locator("form[action$='/settle']")
    visitor.check_both()
    expect(page.locator("main")).to_contain_text("两家老客户合并了")
    settling.locator("[name=amount-0]").fill("480000")
    settling.locator("[name=reason]").fill("取中，差额由预留承担")
    settling.get_by_role("button").click()
    # The others have accepted theirs: who could take the difference is said, and nothing is lost.
    expect(page.get_by_role("alert")).to_contain_text("预留")
    expect(settling.locator("[name=amount-0]")).to_have_value("480000")
    visitor.was_refused()
    settling.locator("[name=taken]").select_option("reserve")
    settling.get_by_role("button").click()
    expect(settling).to_have_count(0)


def move_goals_on(visitor: Visitor, year: Year) -> None:
    """Move all six on at once: one cannot go yet, and the page says who and why."""
    year.agree(*FIVE, *OTHERS)
    year.approve_goals()
    year.open()
    visitor.page.goto("/")
    group = _move_all(visitor, "submit_goals", moved=5)
    expect(group.page.locator("#waiting [role=alert]")).to_contain_text(NAMES[SIXTH])
    visitor.check_both()
    year.agree(SIXTH)
    _move_all(visitor, "submit_goals", moved=1)
    _move_all(visitor, "approve_goals", moved=6)
    expect(group.page.locator("#waiting [role=alert]")).to_have_count(0)


def _move_all(visitor: Visitor, transition: str, *, moved: int) -> Locator:
    """Tick everybody in the group that has this step, and take it."""
    page = visitor.page
    group = page.locator("#waiting article", has=page.locator(f"button[value={transition}]"))
    everybody = group.locator("[data-choose-all]")
    if everybody.count():
        everybody.check()
    group.locator(f"button[value={transition}]").click()
    expect(page.locator("#waiting [role=status]")).to_contain_text(f"{moved} /")
    return group


def hold_a_check_in(visitor: Visitor) -> None:
    """Plan one from the team's page, and record it with a measure."""
    page = visitor.page
    page.goto("/team/")
    page.locator("tbody a.row-link", has_text=NAMES[SIXTH]).click()
    page.locator(".tabs a[href$='/tracking']").click()
    visitor.check_both()
    page.fill("[name=planned_on]", NOW.date().isoformat())
    page.click("form[action$='/check-ins'] button.primary")
    page.goto("/")
    page.locator("#waiting a[href^='/check-ins/']").click()
    visitor.check_both()
    page.fill("[name=summary]", "新客户拜访不够")
    page.fill("[name=praise]", "老客户续约全部拿下")
    page.fill("[name=measure-1-what]", "每周拜访三家新客户")
    page.fill("[name=measure-1-due]", "2026-04-30")
    page.locator("form[action$='/hold'] button.primary").click()
    expect(page.locator("main")).to_contain_text("每周拜访三家新客户")
    visitor.check_both()


def hand_over_for_ratings(visitor: Visitor, year: Year) -> None:
    """Send all six to confirm their records; when they have reported, move on whoever has."""
    page = visitor.page
    page.goto("/")
    _move_all(visitor, "to_confirm", moved=6)
    for transition in ("submit_goals", "approve_goals", "to_confirm"):
        year.move(transition, *OTHERS)
    year.confirm(*PEOPLE)
    year.lock()
    year.report(*FIVE, *OTHERS)
    page.goto("/")
    _move_all(visitor, "report", moved=5)
    expect(page.locator("#waiting [role=alert]")).to_contain_text(NAMES[SIXTH])
    year.report(SIXTH)
    _move_all(visitor, "report", moved=1)
    year.move("report", *OTHERS)


def rate(visitor: Visitor, year: Year) -> None:
    """Rate six people in the grid: pasted and typed, by keys; a bare top mark is sent back."""
    page = visitor.page
    year.rate("self", "80", *PEOPLE)
    visitor.follow(f"/ratings/{CODE}")
    visitor.check_both()
    cells = page.locator(".rating-grid input[name*=':']")
    expect(cells).to_have_count(12)
    _paste(cells.first, "80\t85\n75\t70\n82\t80\n78\t81\n66\t72")
    page.keyboard.press("Enter")
    last = cells.nth(10)
    last.focus()
    page.keyboard.type("88")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("101")
    expect(page.locator("#grid-state li")).to_contain_text("0")
    visitor.check_both()
    page.keyboard.press("Control+A")
    page.keyboard.type("80")
    expect(page.locator("#grid-state li")).to_have_count(0)
    page.locator("button[value=finish]").click()
    expect(page.locator("[role=status]").first).to_contain_text("6")
    visitor.check_both()

    page.goto("/")
    _move_all(visitor, "rate", moved=6)
    year.rate("boss", "80", *OTHERS)
    year.finish("m2", *OTHERS)
    year.move("rate", *OTHERS)
    year.move("calibrate")
    year.approve()


def _paste(cell: Locator, text: str) -> None:
    cell.focus()
    cell.evaluate(
        """(cell, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true}));
        }""",
        text,
    )


def give_feedback(visitor: Visitor, year: Year) -> None:
    """Prepare and hold six conversations; all move on when they are acknowledged."""
    page = visitor.page
    page.goto("/")
    waiting = page.locator("#waiting a[href$='/feedback']")
    expect(waiting).to_have_count(6)
    visitor.check_both()
    for place, code in enumerate(TEAM):
        page.goto("/")
        waiting.first.click()
        _talk(visitor, code, first=place == 0)
    page.goto("/")
    expect(waiting).to_have_count(0)
    _move_all(visitor, "talk", moved=0)
    year.acknowledge(*TEAM)
    _move_all(visitor, "talk", moved=6)
    assert {year.stages()[code] for code in TEAM} == {"appeal"}
    page.goto("/")
    visitor.check_both()


def _talk(visitor: Visitor, code: str, *, first: bool) -> None:
    page = visitor.page
    prepare, hold = (page.locator(f"form[action$='/{step}']") for step in ("prepare", "hold"))
    expect(page.locator("main")).to_contain_text(NAMES[code])
    if first:
        prepare.locator("[name=criticism]").fill("新客户少")
        prepare.locator("button").click()
        expect(prepare.locator(".field-fault")).to_have_count(2)
        expect(prepare.locator("[name=criticism]")).to_have_value("新客户少")
        visitor.was_refused()
        visitor.check_both()
        prepare.locator("[name=example]").fill("二月只拜访了一家新客户")
    prepare.locator("[name=praise]").fill("老客户续约稳")
    prepare.locator("[name=advice]").fill("每周排三次新客户拜访")
    prepare.locator("button").click()
    hold.locator("[name=held_on]").fill(NOW.date().isoformat())
    hold.locator("[name=note]").fill("一起看了数字，说好下季度怎么做")
    hold.locator("button").click()
    expect(hold).to_have_count(0)
    if first:
        visitor.check_both()
