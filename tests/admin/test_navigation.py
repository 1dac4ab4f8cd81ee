"""The menu's sections, and a review's pages by its stage: what is here is open, the rest near."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.admin.conftest import SignIn, services_of
from workflows.reviews.tables import Review

SECTION = re.compile(
    r"<details( open)?><summary>.*?<span>(.*?)</span></summary>(.*?)</details>", re.S
)
S11 = "/reviews/review-S11"


def menu_of(text: str) -> str:
    found = re.search(r'<ul class="menu">.*?</nav>', text, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize(("role", "most"), [("hr", 11), ("manager", 11), ("salesperson", 10)])
def test_the_menu_has_few_entries_and_opens_where_one_is(
    sign_in: SignIn, role: str, most: int
) -> None:
    menu = menu_of(sign_in(role).get("/ledger/").text)
    sections = SECTION.findall(menu)
    alone = SECTION.sub("", menu).count("<a ")
    assert len(sections) + alone <= most
    assert [title for is_open, title, _ in sections if is_open] == ["激励与申诉"]
    for _, title, entries in sections:
        assert entries.count("<a ") > 1, title  # what is alone needs no section
    assert menu.count('aria-current="page"') == 1


def test_a_review_shows_the_pages_of_its_stage_first(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    with services_of(app).database.write() as session:
        of_s11 = Review.public_id == "review-S11"
        session.execute(sa.update(Review).where(of_s11).values(stage="goal_setting"))
    first, more = tabs_of(client.get(S11).text)
    assert f"{S11}/goals" in first
    assert f"{S11}/tracking" in more
    # The page that is open is never put away.
    first, more = tabs_of(client.get(f"{S11}/tracking").text)
    assert f"{S11}/tracking" in first
    assert f"{S11}/tracking" not in more
    with services_of(app).database.write() as session:
        session.execute(sa.update(Review).where(of_s11).values(stage="tracking"))
    first, more = tabs_of(client.get(S11).text)
    assert {f"{S11}/goals", f"{S11}/tracking"} <= set(first)
    assert f"{S11}/closing" in more


def tabs_of(text: str) -> tuple[list[str], list[str]]:
    line = re.search(r'<nav class="tabs-line.*?</nav>', text, re.DOTALL)
    assert line
    first, _, more = line[0].partition("<details")
    return tuple(re.findall(r'href="([^"]+)"', part) for part in (first, more))  # type: ignore[return-value]
