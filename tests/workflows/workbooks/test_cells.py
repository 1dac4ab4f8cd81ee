"""What somebody means by a cell: as Excel, WPS or a person left it, or why it cannot be told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.workbooks.cells import Cell, UnclearError, cell_of, meant

DAY = datetime(2026, 3, 4)  # noqa: DTZ001 (a workbook's days have no zone)
# what stands in the cell, its format, what it said before → what is meant
MEANT: list[tuple[object, str, str, str]] = [
    (0.4, "0.00%", "40%", "40%"),  # untouched: as it was spelled
    (0.4, "0.00%", "40.0%", "40.0%"),
    (0.35, "0%", "40%", "35%"),
    (0.35, "General", "40%", "35%"),  # pasted without its format
    ("35%", "@", "40%", "35%"),
    ("35 %", "@", "40%", "35%"),
    ("0.35", "@", "40%", "35%"),
    ("３５％", "@", "40%", "35%"),
    (0, "0.00%", "40%", "0%"),
    (1, "0.00%", "40%", "100%"),
    (0.1 + 0.2, "General", "2000", "0.3"),  # what a spreadsheet shows of it
    (2000, "General", "2_000", "2_000"),
    (100000.0, "General", "2000", "100000"),
    ("1E+05", "@", "2000", "100000"),
    ("1,155,000", "@", "2000", "1155000"),
    ("１２３", "@", "2000", "123"),
    ("−5", "@", "2000", "-5"),
    (None, "General", "2000", ""),
    ("  ", "@", "2000", ""),
    (7, "General", "", "7"),
    (0.07, "0%", "", "7%"),
    (DAY, "yyyy-mm-dd", "2025-01-01", "2026-03-04"),
    (date(2026, 3, 4), "yyyy-mm-dd", "2025-01-01", "2026-03-04"),
    ("2026/3/4", "@", "2025-01-01", "2026-03-04"),
    ("2026年3月4日", "@", "2025-01-01", "2026-03-04"),
    (True, "General", "false", "true"),
    ("line one\r\nline two", "@", "old", "line one\nline two"),
    ("a >= 5", "@", "a >= 5", "a >= 5"),
    (100, "General", "revenue_target", "100"),  # a target that was a name is a figure now
]


@pytest.mark.parametrize(("value", "shown_as", "before", "expected"), MEANT)
def test_what_is_meant(value: object, shown_as: str, before: str, expected: str) -> None:
    assert meant(Cell(value, shown_as), before) == expected


UNCLEAR: list[tuple[Cell, str]] = [
    (Cell(25), "40%"),  # 25% or 2500%
    (Cell("25", "@"), "40%"),
    (Cell(1), "40%"),
    (Cell(DAY, "m/d/yy"), "0.75"),  # 3/4, which Excel took for a day
    (Cell(True), "5"),
    (Cell("#REF!"), "5"),
    (Cell("#DIV/0!"), "a >= 5"),
    (Cell(None, no_result=True), "5"),
    (Cell("2026-02-30", "@"), "2025-01-01"),
]


@pytest.mark.parametrize(("cell", "before"), UNCLEAR)
def test_what_cannot_be_told(cell: Cell, before: str) -> None:
    with pytest.raises(UnclearError):
        meant(cell, before)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("ａ　＞＝　5", "formula", "a >= 5"),
        ("ｈｉｇｈｅｒ", "choice", "higher"),
        ("新客户（２）", "text", "新客户（２）"),
        ("2026.3.4", "date", "2026-03-04"),
        (True, "flag", "true"),
    ],
)
def test_a_kind_says_how_a_text_is_read(value: object, kind: str, expected: str) -> None:
    assert meant(Cell(value, "@"), "", kind) == expected


@given(st.decimals(-(10**12), 10**12, places=4), st.booleans())
def test_a_number_comes_back_as_it_was_spelled(value: Decimal, percent: bool) -> None:
    text = f"{value}%" if percent else str(value)
    cell = cell_of(text)
    back = Cell(float(cell.value) if isinstance(cell.value, Decimal) else cell.value, cell.format)
    assert meant(back, text) == text


def test_more_digits_than_a_spreadsheet_keeps_go_out_as_text() -> None:
    long = "0.12345678901234567"
    assert cell_of(long) == Cell(long, "@")
    assert meant(cell_of(long), long) == long
