"""A manager names a stand-in for some days, who approves in the browser; the log names both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import LOOKS, Company, Visitor
from tests.browser.founding import NAMES, NOW, TEAM
from tests.browser.year import up_to_goals

pytestmark = pytest.mark.browser

OWN, REST = TEAM[0], TEAM[1:]
GROUP = "#waiting article:has(button[value=approve_goals])"


def test_a_stand_in_approves(company: Company, browser: Browser) -> None:
    desk, telephone = LOOKS
    year = company.year
    up_to_goals(year)
    year.move("submit_goals")
    with company.visited(browser, desk) as manager, company.visited(browser, telephone) as deputy:
        name_a_stand_in(manager)
        approve_as_the_stand_in(deputy)
        assert {year.stages()[code] for code in REST} == {"tracking"}
        own_review_is_nobody_elses_to_hand_on(manager, deputy)
        assert year.stages()[OWN] == "goal_approval"
        look_at_the_log(manager)


def name_a_stand_in(visitor: Visitor) -> None:
    """Whoever is led by somebody does not stand in for them: it would be their own review."""
    page = visitor.page
    visitor.sign_in("m1")
    page.goto("/stand-ins/")
    visitor.check_both()
    _name(visitor, OWN.lower())
    expect(page.get_by_role("alert")).to_contain_text("涉及本人")
    expect(page.locator("[name=reason]")).to_have_value("出差")
    visitor.was_refused()
    _name(visitor, "m2")
    expect(page.locator("tbody tr")).to_contain_text(NAMES["M2"])
    visitor.check_both()


def approve_as_the_stand_in(visitor: Visitor) -> None:
    """The overview says that something waits for somebody else; acting for them, it is approved."""
    page = visitor.page
    visitor.sign_in("m2")
    visitor.check_both()
    page.locator("section[aria-labelledby=on-behalf] article form button").click()
    expect(page.locator(".notice.acting")).to_contain_text(NAMES["M1"])
    visitor.check_both()
    group = page.locator(GROUP)
    for code in REST:
        group.locator("li", has_text=code).locator("input").check()
    group.locator("button[value=approve_goals]").click()
    expect(page.locator("#waiting [role=status]")).to_contain_text(str(len(REST)))
    expect(group.locator("li")).to_have_count(1)


def own_review_is_nobody_elses_to_hand_on(director: Visitor, visitor: Visitor) -> None:
    """Somebody who stands in for one who may approve everybody's finds all but their own."""
    director.sign_in("director")
    director.page.goto("/stand-ins/")
    _name(director, OWN.lower())
    expect(director.page.locator("tbody tr")).to_contain_text(NAMES[OWN])

    page = visitor.page
    visitor.sign_in(OWN.lower())
    page.locator("section[aria-labelledby=on-behalf] article form button").click()
    waiting = page.locator(GROUP)
    expect(waiting).to_contain_text(NAMES["S21"])
    expect(waiting).not_to_contain_text(NAMES[OWN])
    page.goto("/reviews/")
    expect(page.locator("tbody")).to_contain_text(NAMES["S21"])
    expect(page.locator("tbody")).not_to_contain_text(NAMES[OWN])
    visitor.check_both()


def look_at_the_log(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("auditor")
    page.goto("/log/?action=move_review")
    latest = page.locator("tbody tr").first
    for username in ("m1", "m2"):
        expect(latest).to_contain_text(username)
    visitor.check_both()


def _name(visitor: Visitor, stand_in: str) -> None:
    page = visitor.page
    page.fill("[name=stand_in]", stand_in)
    page.fill("[name=last_day]", (NOW + timedelta(days=4)).date().isoformat())
    page.fill("[name=reason]", "出差")
    page.locator("form[action='/stand-ins/'] button.primary").click()
