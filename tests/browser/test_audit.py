"""Journey 5: an auditor looks at rules, reviews, ledger and log; accounts are administered."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.shares
def test_an_auditor_follows_a_grant_to_its_rule_and_its_log_entry(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("auditor")
    page.goto("/ledger/")
    page.locator("a.row-link").first.click()
    visitor.check()
    page.locator("a[href^='/versions/']:visible").last.click()
    page.wait_for_url(re.compile(r"/versions/[^/]+/\d+#L\d+"))
    visitor.check()
    assert page.locator("li:target").count() == 1
    page.go_back()
    page.locator("a[href^='/log/']:visible").last.click()
    page.wait_for_url(re.compile(r"/log/\d+$"))
    page.locator("a[href$='/proof']").click()
    page.locator("#proof pre").wait_for()
    assert page.locator("#proof pre").inner_text().startswith("c2sp.org/tlog-proof@v1\nindex ")
    visitor.check()


@pytest.mark.shares
def test_an_auditor_reads_a_reviews_whole_timeline(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("auditor")
    page.goto("/reviews/?stage=closed")
    page.locator("a.row-link").first.click()
    page.locator("a[href$='/timeline']").click()
    page.wait_for_url(re.compile("/timeline$"))
    visitor.check()
    assert page.locator("a[href^='/log/']:visible").count() > 8
    assert page.locator("a[href^='/ledger/']:visible").count() > 0
    page.goto("/versions/")
    visitor.check()


@pytest.mark.shares
def test_the_log_is_verified_from_the_page_and_without_it(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    visitor.sign_in("auditor")
    page.goto("/log/?from=2025-04-01&until=2025-04-30&action=close_cycle")
    visitor.check()
    assert page.locator("a.row-link").count() == 2
    page.goto("/checkpoint/")
    visitor.check()
    page.locator("form[action='/checkpoint/verify'] button").click()
    page.locator("#report .notice.good").wait_for()
    visitor.check()
    with page.expect_download() as downloading:
        page.locator("a[href='/checkpoint/export']").click()
    with zipfile.ZipFile(downloading.value.path()) as archive:
        archive.extractall(tmp_path / "kept")
    checked = subprocess.run(
        [sys.executable, "verify_log.py", "log"],
        cwd=tmp_path / "kept",
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


def test_an_administrator_adds_an_account_and_takes_its_role_away(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("admin")
    page.goto("/accounts/")
    visitor.check()
    page.locator("a[href='/accounts/new']").click()
    page.fill("[name=username]", "no spaces please")
    page.select_option("[name=give]", "auditor")
    page.locator("main form button").click()
    page.locator("main .notice.bad").wait_for()
    assert page.input_value("[name=username]") == "no spaces please"
    assert page.input_value("[name=give]") == "auditor"
    visitor.said.clear()  # the browser notes the status of a refused form
    visitor.check()
    page.fill("[name=username]", "second.auditor")
    page.locator("main form button").click()
    page.locator("main .notice.good").wait_for()
    visitor.check()
    visitor.passwords["second.auditor"] = page.locator("pre").first.inner_text()

    visitor.sign_in("second.auditor")
    page.goto("/password")
    visitor.check()
    page.goto("/checkpoint/")
    stale = page.context.cookies()
    visitor.sign_in("admin")
    page.goto("/accounts/?q=second")
    page.locator("a.row-link").first.click()
    visitor.check()
    page.locator("form[action$='/take'] button").click()
    page.wait_for_load_state()
    visitor.check()
    page.context.add_cookies(stale)  # type: ignore[arg-type]
    page.goto("/checkpoint/")
    assert "/login" in page.url
