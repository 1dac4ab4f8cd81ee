"""A salesperson reports, disagrees with the result and appeals: to the posted difference."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import LOOKS, Company, Visitor
from tests.browser.founding import NAMES, PEOPLE
from tests.browser.year import Year, up_to_confirmation

pytestmark = pytest.mark.browser

OWN, COLLEAGUE = "S11", "S12"
OTHERS = tuple(code for code in PEOPLE if code != OWN)
DISAGREES = "二月的单子只算了一半"


def test_a_salesperson_reports_disagrees_and_appeals(company: Company, browser: Browser) -> None:
    desk, telephone = LOOKS
    year = company.year
    up_to_confirmation(year)
    with company.visited(browser, telephone) as own, company.visited(browser, desk) as others:
        own.sign_in(OWN.lower())
        confirm_records(own, year)
        report_on_duty(own)
        rate_oneself(own)
        bring_results(year)
        appeal_against_a_number(own, year)
        handle_the_appeal(others)
        see_the_difference(own)


def confirm_records(visitor: Visitor, year: Year) -> None:
    page = visitor.page
    page.goto("/")
    page.locator("#waiting a[href$='/confirm']").click()
    visitor.check_both()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("form[action$='/confirm'] button.primary").click()
    expect(page.locator("form[action$='/confirm'] button")).to_have_count(0)
    year.confirm(*OTHERS)
    year.lock()


def report_on_duty(visitor: Visitor) -> None:
    """Without a section it is sent back and the section named; what is written is kept."""
    page = visitor.page
    page.goto("/")
    page.locator("#waiting a[href$='/self-report']").click()
    visitor.check_both()
    problems, plan = (page.locator(f"[name=text-{each}]") for each in ("problems", "plan"))
    submit = page.locator("button[formaction$='/submit']")
    problems.fill("新客户少")
    submit.click()
    expect(page.get_by_role("alert")).to_contain_text("Plan of the next quarter")
    expect(problems).to_have_value("新客户少")
    visitor.was_refused()
    visitor.check_both()
    plan.fill("每周拜访三家新客户")
    submit.click()
    expect(page.locator(".digest")).to_be_visible()
    visitor.check_both()
    page.goto("/")
    page.locator("#waiting button[value=report]").click()
    expect(page.locator("#waiting [role=status]")).to_be_visible()


def rate_oneself(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/")
    page.locator("#waiting a[href$='/ratings/self']").click()
    visitor.check_both()
    page.fill("[name='sharing.points']", "85")
    page.click("button[value=give]")
    page.goto("/")
    expect(page.locator("#waiting a[href$='/ratings/self']")).to_have_count(0)


def bring_results(year: Year) -> None:
    """The others report and rate; the results are approved, and talked about."""
    year.report(*OTHERS)
    year.move("report", *OTHERS)
    year.rate("self", "80", *OTHERS)
    year.rate("boss", "80", *PEOPLE)
    year.finish("m1", *(code for code in PEOPLE if code.startswith("S1")))
    year.finish("m2", *(code for code in PEOPLE if code.startswith("S2")))
    year.move("rate")
    year.move("calibrate")
    year.approve()
    year.talk(OWN)


def appeal_against_a_number(visitor: Visitor, year: Year) -> None:
    """Read how the result came about, disagree in the conversation, and appeal from a number."""
    page = visitor.page
    page.goto("/")
    page.locator("#waiting a[href$='/feedback']").click()
    visitor.check_both()
    page.locator("main a.button[href$='/why']").click()
    visitor.check_both()
    page.go_back()
    answer = page.locator("form[action$='/acknowledge']")
    answer.locator("[value=no]").check()
    answer.locator("[name=comment]").fill(DISAGREES)
    answer.locator("button.primary").click()
    expect(answer).to_have_count(0)
    expect(page.locator("main")).to_contain_text(DISAGREES)
    year.move("talk", OWN, by="m1")

    page.reload()
    page.locator("main a.button[href$='/why']").click()
    page.locator("[id='v-revenue'] a.dispute").first.click()
    expect(page.locator("[name=names]:checked")).to_have_count(1)
    visitor.check_both()
    page.fill("[name=reason]", DISAGREES)
    page.locator("form.card button.primary").click()
    page.wait_for_url(re.compile(r"/appeals/\w+$"))
    visitor.check_both()


def handle_the_appeal(visitor: Visitor) -> None:
    """Somebody who did not score shows whom a correction moves; the director grants it."""
    page = visitor.page
    visitor.sign_in("hr")
    page.locator("#waiting a[href^='/appeals/']").click()
    visitor.check_both()
    handlers = page.locator("[name=handler]")
    assert {"m1", "finance"}.isdisjoint(handlers.locator("option").all_inner_texts())
    handlers.select_option("hr2")
    page.locator("form[action$='/assign'] button").click()
    page.wait_for_load_state()

    visitor.sign_in("hr2")
    page.locator("#waiting a[href^='/appeals/']").click()
    page.locator("form[action$='/accept'] button").click()
    propose = page.locator("form[action$='/propose']")
    propose.locator("[name=records]").fill(f"deal/{OWN}-2/amount = 90000")
    propose.locator("[name=answer]").fill("合同金额录错，已核对原件")
    propose.locator("button.primary").click()
    moved = page.locator("table.ripple")
    expect(moved).to_contain_text(NAMES[OWN])
    expect(moved).to_contain_text(NAMES[COLLEAGUE])  # the pool's shares move as well
    visitor.check_both()

    visitor.sign_in("director")
    page.locator("#waiting a[href^='/appeals/']").click()
    expect(moved).to_contain_text(NAMES[COLLEAGUE])
    page.locator("form[action$='/approve'] button").click()
    expect(page.locator("form[action$='/approve']")).to_have_count(0)
    visitor.check_both()


def see_the_difference(visitor: Visitor) -> None:
    page = visitor.page
    page.reload()
    main = page.locator("main")
    expect(main).to_contain_text("合同金额录错，已核对原件")
    expect(main).to_contain_text("With the correction")
    expect(page.locator("table.ripple")).not_to_contain_text(NAMES[COLLEAGUE])
    visitor.check_both()
    page.goto("/ledger/")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert page.locator("tbody tr").count() > 1
    visitor.check_both()
