"""HR brings files in, mends a row, and carries cycles from their opening to their seal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.commanding import kaoheng
from workflows.demo.generate import generate

pytestmark = pytest.mark.browser

NEW_DEAL = {
    "商机编号": "SJ2025-99999",
    "阶段": "暂缓",
    "产品": "智仓 WMS",
    "立项日期": "2025-12-01",
    "关闭日期": "2025-12-30",
    "成交金额（元）": "98000",
    "负责人工号": "S0101",
}
SALES, MANAGERS = "demo-quarterly@2025-Q4", "demo-managers@2025-Q4"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The demo's own files with one deal more, in a stage that nobody knows."""
    folder = tmp_path / "files"
    folder.mkdir()
    generate(folder)
    deals = folder / "deals.csv"
    text = deals.read_text(encoding="utf-8-sig")
    header, first, *_ = text.splitlines()
    row = dict(zip(header.split(","), first.split(","), strict=True)) | NEW_DEAL
    deals.write_text(text.rstrip("\r\n") + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    return folder


def test_uploading_and_mending(visitor: Visitor, files: Path) -> None:
    page = visitor.page
    visitor.sign_in("hr")
    page.goto("/imports/")
    _follow(page, "main a[href='/imports/upload']")
    visitor.check()
    _follow(page, "a[href='/imports/upload/demo']")
    visitor.check()
    page.set_input_files("[name=files]", [files / "deals.csv", files / "people.xlsx"])
    _follow(page, "main button.primary")
    page.wait_for_selector("[role=alert]")
    told = page.inner_text("[role=alert]")
    assert "customers.csv" in told
    assert "products.csv" in told
    visitor.said.clear()  # the browser notes the 400 that was just looked at
    visitor.check()
    page.set_input_files("[name=files]", sorted(files.iterdir()))
    _follow(page, "main button.primary")
    page.wait_for_selector(".badge.good", timeout=60_000)
    visitor.check()
    (deals,) = page.locator("tr", has_text="deals.csv").all()[:1]
    assert "3,475" in deals.inner_text()
    _follow(page, "a[href^='/quarantine/?import=']")
    visitor.check()
    page.goto(f"{page.url}&order=-line")
    page.locator("a.row-link").first.click()
    page.wait_for_url(re.compile("/quarantine/.+/"))
    visitor.check()
    page.fill("[name='cell.商机编号']", "SJ2025-02000")
    _follow(page, "main button.primary")
    page.wait_for_selector(".field-fault")
    assert page.input_value("[name='cell.商机编号']") == "SJ2025-02000"
    visitor.said.clear()
    visitor.check()
    page.fill("[name='cell.商机编号']", "SJ2025-99999")
    page.select_option("[name='cell.阶段']", "赢单")
    _follow(page, "main button.primary")
    page.wait_for_selector(".page-state .badge.good")
    visitor.check()
    page.goto("/records/deal/SJ2025-99999")
    assert "98000" in page.inner_text("main")


def test_a_cycle_from_goals_to_seal(visitor: Visitor, home: Path, tokens: dict[str, str]) -> None:
    page = visitor.page
    visitor.sign_in("hr")
    page.goto("/cycles/open")
    visitor.check()
    _follow(page, "a[href*='policy=sales-quarterly'][href*='2017-Q4']")
    visitor.check()
    _follow(page, "main button.primary")
    page.wait_for_url(re.compile("/cycles/sales-quarterly@2017-Q4"))
    visitor.check()
    page.goto(f"/cycles/{SALES}")
    _follow(page, f"a[href='/cycles/{SALES}/lock']")
    visitor.check()
    assert page.locator(".people li").count() == 9
    assert page.locator("main button.primary").count() == 0
    _move(home, tokens["hr"], SALES, "submit_goals", "S0206", "S0505", "S0302")
    _move(home, tokens["hr"], SALES, "approve_goals", "S0206", "S0505", "S0302", *_team("S04", 6))
    _step(page, SALES, "lock")
    visitor.check()
    four, two = _team("M", 4), _team("M", 6)[4:]
    _move(home, tokens["hr"], MANAGERS, "start_evaluation", *two)
    _move(home, tokens["hr"], MANAGERS, "submit_evaluation", *four[2:], *two)
    _move(home, tokens["hr"], MANAGERS, "submit_result", *four, *two)
    visitor.sign_in("finance")
    page.goto(f"/cycles/{MANAGERS}/approve")
    visitor.check()
    _follow(page, "main button.primary")
    page.wait_for_selector(".page-state .badge.good", timeout=60_000)
    visitor.check()
    _move(home, tokens["hr"], MANAGERS, "confirm_feedback", *four, *two)
    visitor.sign_in("hr")
    # The last of them sealed the cycle.
    page.goto(f"/cycles/{MANAGERS}")
    assert page.locator(f"a[href='/cycles/{MANAGERS}/close']").count() == 0
    visitor.check()
    _follow(page, "form[action$='/replay'] button")
    page.wait_for_selector(".notice.good:not(.done)")
    visitor.check()


@pytest.fixture
def tokens(home: Path) -> dict[str, str]:
    kept: list[dict[str, Any]] = json.loads((home / "demo-sign-ins.json").read_text())
    return {account["user"]: account["token"] for account in kept}


def _step(page: Page, cycle: str, step: str) -> None:
    """Take a cycle's step through its question."""
    page.goto(f"/cycles/{cycle}")
    _follow(page, f"a[href='/cycles/{cycle}/{step}']")
    _follow(page, "main button.primary")
    page.wait_for_url(re.compile(f"/cycles/{cycle}$"))


def _follow(page: Page, selector: str) -> None:
    """Click on what leads to another page, and be there."""
    with page.expect_navigation():
        page.click(selector)


def _team(prefix: str, size: int) -> list[str]:
    return [f"{prefix}{seat:02}" for seat in range(1, size + 1)]


def _move(home: Path, token: str, cycle: str, transition: str, *people: str) -> None:
    """Move reviews on by command, as their people would on their own pages."""
    kaoheng(home, "review", "move", cycle, *people, transition, KAOHENG_TOKEN=token)
