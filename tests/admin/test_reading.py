"""A policy as everybody reads it: in words, short, and nothing that is not given."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from admin.rulebook.reading import Chapter, chapters
from admin.rulebook.wording import Worder
from engine.reader import read
from engine.sheets.editable import sheet
from tests.admin.conftest import SignIn
from tests.engine.helping import POLICIES

POLICY = (POLICIES / "demo-quarterly" / "policy.yaml").read_text(encoding="utf-8")


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def told(app: Flask, language: str, text: str = POLICY) -> dict[str, Chapter]:
    with app.test_request_context(headers={"Cookie": f"language={language}"}):
        return {each.code: each for each in chapters(sheet(read(text, "")), {})}


def facts(chapter: Chapter, code: str) -> list[str]:
    entry = next(each for each in chapter.entries if each.code == code)
    return [fact.words for fact in entry.facts]


def test_a_rule_is_a_sentence(app: Flask) -> None:
    found = facts(told(app, "en")["rules"], "quarter_bonus")
    assert found == [
        "Grade is one of S, A, B and Revenue against target: attainment is at least 100%",
        "Bonus · Amount Quarterly bonus base × Coefficient",
    ]
    (condition, _) = facts(told(app, "en")["rules"], "lower_rate_agreed")
    assert condition.startswith("Grade is one of D or (Grade is one of C and ")


def test_kpis_are_one_table_with_how_they_score(app: Flask, language: str) -> None:
    (table,) = told(app, language)["kpis"].tables
    rows = {row[0]: row for row in table.rows}
    assert len(rows) == 6
    name = {"zh": "赢单率", "en": "Win rate"}[language]
    assert rows[name][1] == "15%"
    assert "0.3 → 0" in rows[name][-1]
    assert all(any(row[place] for row in table.rows) for place in range(len(table.columns)))


def test_names_are_told_in_the_reader_s_language_only(app: Flask, language: str) -> None:
    (table,) = told(app, language)["grades"].tables
    all_words = " ".join(word for row in table.rows for word in row)
    assert ("Outstanding" in all_words) is (language == "en")
    assert ("卓越" in all_words) is (language == "zh")


def test_what_is_not_given_is_not_told(app: Flask, language: str) -> None:
    found = told(app, language)
    assert "dimensions" not in found
    assert "vetoes" not in found
    assert [fact.key for fact in found["total"].facts] == ["cap"]


def test_a_formula_that_does_not_read_is_told_as_it_is_written(app: Flask) -> None:
    broken = POLICY.replace("if(lower_rate,", "if(lower_rate")
    assert (
        "if(lower_rate lower_commission" in facts(told(app, "en", broken)["steps"], "commission")[1]
    )


def test_names_in_a_text_are_called_by_what_they_mean(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "language=en"}):
        words = Worder.of(sheet(read(POLICY, "")))
        assert words.in_text("won_days 3, other 4") == "Days spent on the deals won 3, other 4"
        assert words.in_text(3) == 3


def test_the_page_has_no_form(sign_in: SignIn) -> None:
    page = unescape(sign_in("salesperson").get("/rulebook/east").text)
    assert not re.search(r'<(input|select) [^>]*name="kpis', page)
    assert 'id="part-kpis"' in page
