"""A policy's workbook: untouched it changes nothing, and every edit is found at its cell."""

from __future__ import annotations

import io
from datetime import datetime
from difflib import ndiff
from typing import Any

import openpyxl
import pytest

from engine.errors import KaohengError
from engine.policies import load
from tests.engine.helping import POLICIES
from tests.engine.test_tables import EVERY
from tests.workflows.workbooks.editing import Edit, cell, changed, edits, mark, written
from workflows.workbooks.merging import merged
from workflows.workbooks.reading import read_workbook

TEXTS = {
    folder.name: (folder / "policy.yaml").read_text(encoding="utf-8")
    for folder in sorted(POLICIES.iterdir())
} | {"every kind of table": EVERY}
TEXT = TEXTS["sales-quarterly"]
WEIGHT = "kpis.new_customers_agent"


def kept(book: Any) -> None:
    """Saved by another program, with nothing changed."""


def merge(data: bytes, base: str, theirs: str = "", **choices: str):  # type: ignore[no-untyped-def]
    return merged(edits(data, base), base, theirs or base, choices, file="test", language="en")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", TEXTS)
def test_out_and_in_again_is_no_change(name: str, language: str) -> None:
    text = TEXTS[name]
    data = written(text, language)
    for each in (data, changed(data, kept)):
        found = edits(each, text)
        assert (found.is_empty, found.faults) == (True, [])
        assert merge(each, text).text == text


def put(name: str, column: str, value: object, shown_as: str = "") -> Edit:
    def edit(book: Any) -> None:
        at = cell(book, name, column)
        at.value = value
        if shown_as:
            at.number_format = shown_as

    return edit


EDITS: dict[str, tuple[Edit, tuple[str | int, ...], str | None]] = {
    "a weight": (put(WEIGHT, "Weight", 0.2), ("kpis", "new_customers_agent", "weight"), "20%"),
    "a weight as text": (
        put(WEIGHT, "Weight", "20%", "@"),
        ("kpis", "new_customers_agent", "weight"),
        "20%",
    ),
    "a cap emptied": (put("kpis.won_deals", "Cap", None), ("kpis", "won_deals", "cap"), None),
    "a grade's edge": (put("grades.1", "Lower edge", 83), ("grades", 1, "from"), "83"),
    "a tier's rate": (
        put("steps.full_commission.table.marginal.1", "Rate", 0.0175),
        ("steps", "full_commission", "table", "marginal", 1, "rate"),
        "1.75%",
    ),
    "a condition": (
        put("rules.new_customer_award", "Condition", "new_customers_agent.actual >= 6"),
        ("rules", "new_customer_award", "when"),
        "new_customers_agent.actual >= 6",
    ),
    "a company's target": (
        put("targets.deals_target", "Company's figure · 2017-Q4", 1200),
        ("targets", "deals_target", "company", "2017-Q4"),
        "1200",
    ),
    "a single figure": (put("total.cap", "", 135), ("total", "cap"), "135"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_found_and_only_it(name: str) -> None:
    edit, path, value = EDITS[name]
    data = changed(written(TEXT), edit)
    found = edits(data, TEXT)
    assert (found.values, found.faults) == ({path: value}, [])
    text = merge(data, TEXT).text
    lines = [line for line in ndiff(TEXT.splitlines(), text.splitlines()) if line[0] in "+-"]
    assert 1 <= len(lines) <= 2


WRONG: dict[str, tuple[Edit, str, str]] = {  # the edit, the row, the column of the fault
    "a day": (put(WEIGHT, "Weight", datetime(2026, 3, 4)), WEIGHT, "Weight"),
    "a number of percent": (put(WEIGHT, "Weight", 25, "General"), WEIGHT, "Weight"),
    "an error": (put("grades.1", "Lower edge", "#REF!"), "grades.1", "Lower edge"),
    "a formula without a result": (
        put("grades.1", "Lower edge", "=C3+1"),
        "grades.1",
        "Lower edge",
    ),
    "a label": (put("grades.1", "Row", "优+"), "grades.1", "Row"),
    "a word for taking out": (put("grades.1", "Delete?", "也许"), "grades.1", "Delete?"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_cell_is_named_by_its_address(name: str) -> None:
    edit, row, column = WRONG[name]
    data = changed(written(TEXT), edit)
    at = cell(openpyxl.load_workbook(io.BytesIO(data)), row, column)
    (fault,) = edits(data, TEXT).faults
    assert (fault.place.sheet, fault.place.cell) == (at.parent.title, at.coordinate)
    assert fault.remedy


def moved(book: Any) -> None:
    sheet, _ = mark(book, "#grades")
    sheet.insert_cols(3)


def test_a_moved_column_is_told() -> None:
    faults = edits(changed(written(TEXT), moved), TEXT).faults
    assert any("not where it was" in str(each) for each in faults)


def test_a_policy_with_faults_after_it_names_the_cell() -> None:
    data = changed(written(TEXT), put("kpis.won_deals", "Cap", "很多"))
    found = edits(data, TEXT)
    text = merge(data, TEXT).text
    with pytest.raises(KaohengError) as caught:
        load(text, "test")
    place = found.at[caught.value.faults[0].place.path or ""]
    assert place.cell
    assert place.cell[0] >= "C"


def test_a_text_like_a_formula_stays_a_text() -> None:
    text = TEXT.replace("zh: 季度奖金基数", "zh: '=1+1'")
    data = written(text)
    assert edits(data, text).is_empty
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert all(
        each.data_type != "f" or str(each.value).startswith("=SUM(")
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for each in row
    )


THEIRS = TEXT.replace("weight: 40%", "weight: 30%").replace("cap: 130", "cap: 125")


def test_three_ways_apart_are_laid_together() -> None:
    data = changed(written(TEXT), put(WEIGHT, "Weight", 0.2))
    found = merge(data, TEXT, THEIRS)
    assert found.open == ()
    assert "weight: 20%" in found.text
    assert "cap: 125" in found.text


@pytest.mark.parametrize(("choice", "cap"), [("mine", "135"), ("theirs", "125")])
def test_both_changed_one_value_and_somebody_chooses(choice: str, cap: str) -> None:
    data = changed(written(TEXT), put("total.cap", "", 135))
    asked = merge(data, TEXT, THEIRS)
    (conflict,) = asked.open
    assert (conflict.before, conflict.mine, conflict.theirs) == ("130", "135", "125")
    assert "cap: 125" in asked.text
    chosen = merge(data, TEXT, THEIRS, **{conflict.name: choice})
    assert chosen.open == ()
    assert f"cap: {cap}" in chosen.text


def test_what_moved_meanwhile_is_not_guessed() -> None:
    theirs = TEXT.replace(
        "  - {grade: S, from: 110, coefficient: 1.5, name: {zh: 卓越, en: outstanding}}\n", ""
    )
    data = changed(written(TEXT), put("grades.1", "Lower edge", 83))
    found = merge(data, TEXT, theirs)
    (conflict,) = found.open
    assert not conflict.possible
    assert found.text == theirs


@pytest.mark.parametrize("data", [b"", b"PK", b"not a workbook", written(TEXT)[:4000]])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(KaohengError):
        read_workbook(data, "w.xlsx")


def test_another_workbook_is_refused() -> None:
    book = openpyxl.Workbook()
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(KaohengError) as caught:
        read_workbook(stream.getvalue(), "w.xlsx")
    assert caught.value.faults[0].code == "workbook.not_ours"
