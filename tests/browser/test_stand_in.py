"""A manager names a stand-in for some days, who approves in the browser; the log names both."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import LOOKS, Company, Visitor
from tests.browser.year import NAMES, NOW, TEAM, up_to_goals

pytestmark = pytest.mark.browser

DEPUTY, REST = TEAM[0], TEAM[1:]


def test_a_stand_in_approves(company: Company, browser: Browser) -> None:
    desk, telephone = LOOKS
    up_to_goals(company.year)
    company.year.move("submit_goals")
    with company.visited(browser, desk) as manager, company.visited(browser, telephone) as deputy:
        name_a_stand_in(manager)
        approve_as_the_stand_in(deputy)
        assert {company.year.stages()[code] for code in REST} == {"tracking"}
        own_result_is_refused(deputy)
        assert company.year.stages()[DEPUTY] == "goal_approval"
        look_at_the_log(manager)


def name_a_stand_in(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("m1")
    page.goto("/stand-ins/")
    visitor.check_both()
    page.fill("[name=stand_in]", "nobody")
    page.fill("[name=last_day]", (NOW + timedelta(days=4)).date().isoformat())
    page.fill("[name=reason]", "出差")
    page.locator("form[action='/stand-ins/'] button.primary").click()
    expect(page.get_by_role("alert")).to_contain_text("nobody")
    expect(page.locator("[name=reason]")).to_have_value("出差")
    visitor.was_refused()
    page.fill("[name=stand_in]", DEPUTY.lower())
    page.locator("form[action='/stand-ins/'] button.primary").click()
    expect(page.locator("tbody tr")).to_contain_text(NAMES[DEPUTY])
    visitor.check_both()


def approve_as_the_stand_in(visitor: Visitor) -> None:
    """The overview says that something waits for somebody else; acting for them, it is approved."""
    page = visitor.page
    visitor.sign_in(DEPUTY.lower())
    visitor.check_both()
    page.locator("#on-behalf ~ article form button").click()
    expect(page.locator(".notice.acting")).to_contain_text(NAMES["M1"])
    visitor.check_both()
    group = page.locator("#waiting article", has=page.locator("button[value=approve_goals]"))
    expect(group.locator("li")).to_have_count(len(REST))  # their own is not among them
    group.locator("[data-choose-all]").check()
    group.locator("button[value=approve_goals]").click()
    expect(page.locator("#waiting [role=status]")).to_contain_text(str(len(REST)))


def own_result_is_refused(visitor: Visitor) -> None:
    """On their own review the stand-in finds no button, and none that was kept open works."""
    page = visitor.page
    page.goto("/reviews/")
    assert DEPUTY not in page.locator("td .person code").all_inner_texts()
    page.locator(".notice.acting form button").click()
    expect(page.locator(".notice.acting")).to_have_count(0)
    page.goto("/reviews/")
    page.locator("tbody a.row-link", has_text=NAMES[DEPUTY]).click()
    expect(page.locator("main")).to_contain_text("Goal approval")
    expect(page.locator("main button[value=approve_goals]")).to_have_count(0)


def look_at_the_log(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("auditor")
    page.goto("/log/")
    moved = page.locator("tbody tr", has_text=re.compile(DEPUTY, re.IGNORECASE)).first
    expect(moved).to_contain_text("m1")
    visitor.check_both()
