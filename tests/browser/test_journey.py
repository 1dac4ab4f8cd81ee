"""A rule's whole way: from a template to the copy that a salesperson signs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_rulebook import APPROVE, PUBLISH, SUBMIT, checked

pytestmark = pytest.mark.browser

POLICY = "sales-2027"
AT = f"/rulebook/{POLICY}"
REVENUE, CLV, TIER = (
    "[name='kpis.revenue.weight']",
    "[name='kpis.clv.weight']",
    "[name='grades.1.from']",
)


def test_from_a_template_to_a_signed_copy(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("hr")
    begin_from_a_template(visitor)
    change_a_weight_and_a_tier(visitor)
    hand_in(visitor)
    expect(page.locator(f"{APPROVE}, {PUBLISH}")).to_have_count(
        0
    )  # whoever wrote it decides nothing

    for user in ("finance", "hr2"):
        visitor.sign_in(user)
        page.goto(f"{AT}/submission")
        visitor.check()
        step = APPROVE if user == "finance" else PUBLISH
        page.locator(f"{step} button").click()
        page.wait_for_url(re.compile(f"{AT}(/submission)?$"))
    visitor.check()

    page.goto(f"/versions/{POLICY}")
    expect(page.locator("main")).to_contain_text("按 2027 年目标调整")
    expect(page.locator("main")).to_contain_text("hr2")
    visitor.check()
    sign_own_copy(visitor)


def test_what_a_change_would_do_is_seen_before_it_is_handed_in(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("hr")
    page.goto("/rulebook/demo-quarterly/draft")
    page.locator("a[href='/rulebook/demo-quarterly/simulate']").first.click()
    page.select_option("[name=cycle]", "demo-quarterly@2025-Q4")
    page.locator("form.ask button.primary").click()
    page.wait_for_url(re.compile(r"/simulations/\w+$"))
    page.locator("#people").wait_for()
    expect(page.locator(".figures")).to_contain_text("¥")
    visitor.check()
    simulation = page.url.rpartition("/")[2]

    page.goto("/rulebook/demo-quarterly/draft")
    page.fill(f"{SUBMIT} [name=reason]", "多签单，少看金额")
    page.locator(f"{SUBMIT} button").click()
    page.wait_for_url(re.compile("/submission$"))
    expect(page.locator(f"#simulations a[href*='{simulation}']")).to_be_visible()
    visitor.check()


def begin_from_a_template(visitor: Visitor) -> None:
    page = visitor.page
    page.goto("/rulebook/new")
    visitor.check()
    page.locator("a.button[href$='template=account-manager-b2b']").click()
    page.fill("[name=code]", POLICY)
    page.fill("[name=posts]", "")
    visitor.check()
    page.locator(".chosen button.primary").click()
    page.wait_for_url(re.compile(f"{AT}/draft$"))
    expect(page.locator("#verdict .badge.bad")).to_have_count(0)


def change_a_weight_and_a_tier(visitor: Visitor) -> None:
    page = visitor.page
    revenue, clv = (int(page.input_value(each).rstrip("%")) for each in (REVENUE, CLV))
    checked(page, REVENUE, f"{revenue + 5}%")
    expect(page.locator("#weights")).to_contain_text("105%")
    expect(page.locator("#verdict .badge.bad")).to_be_visible()
    checked(page, TIER, "viel")
    expect(page.locator("#slot-grades-1-from")).to_contain_text("viel")
    visitor.check()
    checked(page, TIER, "96")
    checked(page, CLV, f"{clv - 5}%")
    expect(page.locator("#weights")).to_contain_text("100%")
    expect(page.locator("#slot-grades-1-from")).to_be_empty()
    page.locator("button[name=take_over]").click()
    page.wait_for_load_state()
    expect(page.locator("#verdict .badge.bad")).to_have_count(0)


def hand_in(visitor: Visitor) -> None:
    page = visitor.page
    page.fill(f"{SUBMIT} [name=first_day]", "2027-01-01")
    page.fill(f"{SUBMIT} [name=reason]", "按 2027 年目标调整")
    page.locator(f"{SUBMIT} button").click()
    page.wait_for_url(re.compile(f"{AT}/submission$"))
    visitor.check()


def sign_own_copy(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("s0101")
    visitor.check()
    page.locator("a.button[href^='/agreements/']").last.click()
    page.locator("form[action$='/open'] button").click()
    page.wait_for_load_state()
    sign = page.locator("form[action$='/sign']")
    visitor.check()
    name = page.locator("dl.pairs dd").first.inner_text().split()[0]
    sign.locator("[name=name]").fill(name)
    sign.locator("button").click()
    page.wait_for_load_state()
    expect(page.locator(".page-state, header .badge").first).to_be_visible()
    expect(sign).to_have_count(0)
    visitor.check()
