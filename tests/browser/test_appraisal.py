"""A manager moves reviews on and grades one; a salesperson sees where each number is from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {"back": "退回目标", "all": "全选", "why": "数字怎么来的", "moved": "已推进"},
    "en": {"back": "Return goals", "all": "All", "why": "How the numbers", "moved": "Moved"},
}


def test_a_manager_works_off_what_waits(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("m04")
    visitor.check()
    waiting = page.locator("#waiting .choices-list li")
    expect(waiting).to_have_count(6)

    # One goes back, with a reason that the form insists on.
    waiting.first.locator("a.row-link").click()
    page.wait_for_url(re.compile("/reviews/"))
    visitor.check()
    page.locator("summary.button").first.click()
    visitor.check()
    page.locator("textarea[name=reason]").first.fill("新签客户目标没有写明名单")
    page.locator("details[open] button[type=submit]").click()
    expect(page.locator("blockquote")).to_have_text("新签客户目标没有写明名单")
    visitor.check()

    # The others go on at once: two clicks after signing in.
    page.goto("/")
    oldest = page.locator("#waiting article").first
    expect(oldest.locator("li")).to_have_count(5)
    oldest.locator("[data-choose-all]").check()
    expect(oldest.locator("li input:checked")).to_have_count(5)
    oldest.locator("button.primary").click()
    expect(page.locator("#waiting [role=status]")).to_contain_text("5")
    expect(waiting).to_have_count(1)  # the one that went back, which a manager may submit too
    visitor.check()

    page.goto("/team/")
    visitor.check()
    expect(page.locator("tbody tr")).to_have_count(6)
    totals = page.locator("tbody td.number").all_inner_texts()
    assert totals == sorted(totals, key=float, reverse=True)
    page.locator("th a").nth(2).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
    assert page.locator("tbody td.number").all_inner_texts() == totals[::-1]


def test_a_director_proposes_a_grade(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("director")
    visitor.check()
    page.locator("#waiting article").last.locator("a.row-link").first.click()
    page.wait_for_url(re.compile("/reviews/"))
    visitor.check()
    measured = page.locator(".figure strong").nth(1).inner_text()
    other = "A" if measured != "A" else "B"
    page.select_option("select[name=grade]", other)
    page.fill(".grading textarea", "带教新人")
    page.click(".grading button[type=submit]")
    expect(page.locator(".figure strong").nth(2)).to_have_text(other)
    expect(page.locator(".figure strong").nth(1)).to_have_text(measured)
    visitor.check()


@pytest.mark.shares
def test_a_salesperson_follows_a_number_to_its_deals(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("s0101")
    visitor.check()
    page.goto("/mine/")
    visitor.check()
    expect(page.locator(".chain").first.locator("li")).to_have_count(4)

    # From the grants of an earlier quarter to the rule, the points, and the deals.
    page.locator("section a.row-link").first.click()
    page.wait_for_url(re.compile("/reviews/"))
    visitor.check()
    page.get_by_role("link", name=re.compile(WORDS[visitor.look.language]["why"])).first.click()
    page.wait_for_url(re.compile("/why"))
    visitor.check()
    page.locator("#grants a").first.click()
    target = page.evaluate("document.querySelector(':target').id")
    assert target.startswith("v-")
    page.locator("[id='v-won_revenue'] a").first.click()
    page.wait_for_selector("[id='records-won_revenue'] .evidence")
    visitor.check()
    rows = page.locator("[id='records-won_revenue'] tbody tr")
    amounts = [
        float(re.sub(r"[^\d.]", "", text))
        for text in rows.locator("td:last-child").all_inner_texts()
    ]
    figure = page.locator("[id='v-won_revenue'] header strong").inner_text()
    assert sum(amounts) == pytest.approx(float(re.sub(r"[^\d.]", "", figure)))
    rows.locator("a").first.click()
    page.wait_for_url(re.compile("/records/"))

    # Nobody else's: the reviews of a colleague are not there.
    page.goto("/reviews/")
    names = set(page.locator("td .person code").all_inner_texts())
    assert names == {"S0101"}
