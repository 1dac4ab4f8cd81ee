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
DAY = datetime(2026, 3, 4)  # noqa: DTZ001 (a workbook's days have no zone)


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
    "a day": (put(WEIGHT, "Weight", DAY), WEIGHT, "Weight"),
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


def appended(book: Any) -> None:
    sheet, row = mark(book, "+grades")
    heads = [each.value for each in sheet[mark(book, "#grades")[1]]]
    values = {"Grade": "E", "Lower edge": -10, "Coefficient": 0, "Name in Chinese": "差"}
    for head, value in {**values, "Name in English": "bad"}.items():
        sheet.cell(row, heads.index(head) + 1).value = value


def copied(book: Any) -> None:
    """A whole row copied below itself, with another edge and points."""
    name = "kpis.new_customers_agent.score.steps.0"
    sheet, row = mark(book, name)
    sheet.insert_rows(row)
    for column in range(1, 6):
        sheet.cell(row, column).value = sheet.cell(row + 1, column).value
    sheet.cell(row + 1, 3).value, sheet.cell(row + 1, 4).value = 4, 110


def deleted(book: Any) -> None:
    cell(book, "rules.new_customer_award", "Delete?").value = "delete"


def cut_out(book: Any) -> None:
    sheet, row = mark(book, "grades.3")
    sheet.delete_rows(row)


ROWS: dict[str, tuple[Edit, str, str]] = {  # the edit, lines gone, lines new
    "a grade filled in": (
        appended,
        "",
        "  - {name: {zh: 差, en: bad}, grade: E, from: -10, coefficient: 0}",
    ),
    "a step copied": (copied, "{from: 5, points: 120}, ", "{from: 4, points: 110}, "),
    "a rule taken out": (deleted, "new_customer_award:", ""),
    "a grade's row cut out": (cut_out, "grade: C, from: 70", ""),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_come_and_go(name: str) -> None:
    edit, gone, new = ROWS[name]
    data = changed(written(TEXT), edit)
    assert edits(data, TEXT).faults == []
    found = merge(data, TEXT)
    assert (len(found.changes), found.open, found.faults) == (1, (), ())
    diff = [line for line in ndiff(TEXT.splitlines(), found.text.splitlines()) if line[0] in "+-"]
    assert gone in "".join(line for line in diff if line[0] == "-")
    assert new in "".join(line for line in diff if line[0] == "+")
    if new:
        load(found.text, "test")


def test_a_choice_is_shown_and_read_by_its_meaning() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(TEXT)))
    shown = cell(book, "pools.team_pool", "Compared as").value
    assert shown not in {"exact", None}
    other = put("pools.team_pool", "Compared as", "shown")
    found = edits(changed(written(TEXT), other), TEXT)
    assert found.values == {("pools", "team_pool", "compare"): "shown"}


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
