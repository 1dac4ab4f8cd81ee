"""A row that cannot be read is set aside with its line, column and reason; the rest goes in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.sample import (
    HEADER,
    SAMPLE,
    SOURCE,
    delimited,
    extracted,
    orders_as,
    row,
    workbook,
    write_company,
    write_orders,
)

AMOUNT = "金额（万元）"

FAULTS: dict[str, tuple[tuple[Any, ...], list[str]]] = {
    "a duplicated id": (
        row(合同号="HT-002"),
        [
            "orders.csv:5:1 (合同号): “HT-002” stands in line 3 and again in line 5. "
            "Remove one of them; line 3 was kept."
        ],
    ),
    "no id": (
        row(合同号=" "),
        ["orders.csv:5:1 (合同号): “合同号” is blank. Fill it in; a row like this one needs it."],
    ),
    "an amount that is not a number": (
        row(合同号="HT-9", **{AMOUNT: "12万"}),
        [
            "orders.csv:5:8 (金额（万元）): “12万” is not a number. "
            "Write digits only, with a point before the decimals; the unit is declared."
        ],
    ),
    "a date that does not exist": (
        row(合同号="HT-9", 签约日期="2017-02-29"),
        [
            "orders.csv:5:7 (签约日期): “2017-02-29” is not a date. "
            "Write a day that exists, in the form %Y-%m-%d, %Y/%m/%d."
        ],
    ),
    "an unknown stage": (
        row(合同号="HT-9", 阶段="赢了"),
        [
            "orders.csv:5:5 (阶段): “赢了” is not a known 阶段. Known are: 赢单, 丢单, 跟进. "
            "Correct the row, or add the spelling to the source file."
        ],
    ),
    "an agent who is not in the organisation": (
        row(合同号="HT-9", 业务员="E012"),
        [
            "orders.csv:5:2 (业务员): “E012” is not in the organisation. "
            "Add the person to the organisation's file, or correct the row; nearest: E02."
        ],
    ),
    "no agent": (
        row(合同号="HT-9", 业务员=""),
        ["orders.csv:5:2 (业务员): “业务员” is blank. Fill it in; a row like this one needs it."],
    ),
    "an unknown product": (
        row(合同号="HT-9", 产品="标准板"),
        [
            "orders.csv:5:4 (产品): There is no product “标准板”. Add this spelling to the source "
            "file's codes, or correct the row; nearest: 标准版."
        ],
    ),
    "an unknown customer": (
        row(合同号="HT-9", 客户="中石化"),
        [
            "orders.csv:5:3 (客户): There is no customer “中石化”. "
            "Add the customer to its file, or correct the row."
        ],
    ),
    "closed before opened": (
        row(合同号="HT-9", 签约日期="2017-10-07"),
        [
            "orders.csv:5:7 (签约日期): “2017-10-07” is before 立项日期, which is 2017-10-08. "
            "Correct one of the two dates."
        ],
    ),
    "a blank that a won deal needs": (
        row(合同号="HT-9", 签约日期="", **{AMOUNT: ""}),
        [
            "orders.csv:5:7 (签约日期): “签约日期” is blank. "
            "Fill it in; a row like this one needs it.",
            "orders.csv:5:8 (金额（万元）): “金额（万元）” is blank. "
            "Fill it in; a row like this one needs it.",
        ],
    ),
    "too large": (
        row(合同号="HT-9", **{AMOUNT: "100000000000"}),
        [
            "orders.csv:5:8 (金额（万元）): “100000000000” is too large: amounts stay below "
            "1,000,000,000,000,000. Check the number and the unit that the source file declares."
        ],
    ),
    "too many decimals after the unit": (
        row(合同号="HT-9", **{AMOUNT: "1.0000001"}),
        [
            "orders.csv:5:8 (金额（万元）): “1.0000001” has more than 2 decimals. "
            "Round it where it is kept; an import never rounds."
        ],
    ),
    "a spreadsheet's error": (
        row(合同号="HT-9", 产品="#N/A"),
        [
            "orders.csv:5:4 (产品): The cell holds the spreadsheet error #N/A. "
            "Correct the formula and export again."
        ],
    ),
    "a comma without quotation marks": (
        (*row(合同号="HT-9"), "000"),
        [
            "orders.csv:5: The row has 9 cells, its header 8. "
            "A comma inside a value needs quotation marks around it."
        ],
    ),
    "everything at once": (
        row(合同号="HT-9", 业务员="谁", 阶段="?", 立项日期="32", **{AMOUNT: "NaN"}),
        ["orders.csv:5:2", "orders.csv:5:5", "orders.csv:5:6", "orders.csv:5:8"],
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_company(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("bad", "reasons"), FAULTS.values(), ids=FAULTS.keys())
def test_a_bad_row_is_set_aside(folder: Path, bad: tuple[Any, ...], reasons: list[str]) -> None:
    write_orders(folder, *SAMPLE, bad, row(合同号="HT-010"))
    found = extracted(folder)
    assert [record.code for record in found.records] == ["HT-001", "HT-002", "HT-003", "HT-010"]
    (quarantined,) = found.quarantined
    assert (quarantined.file, quarantined.line) == ("orders.csv", 5)
    assert quarantined.row == dict(zip(HEADER, (str(cell).strip() for cell in bad), strict=False))
    lines = [str(fault) for fault in quarantined.faults]
    assert len(lines) == len(reasons)
    for line, reason in zip(lines, reasons, strict=True):
        assert line.startswith(reason)


def test_a_deal_may_be_won_on_the_day_it_is_opened(folder: Path) -> None:
    write_orders(folder, row(立项日期="2017-12-31", 签约日期="2017-12-31"))
    assert len(extracted(folder).records) == 1


NOT_NUMBERS = [
    "1e5", "1,23", "1,2345", "1.2.3", "--1", "0x10", "1 2 3 4x", "inf", "nan", "-", ".", "１，２",
    "9" * 41, "1_000", "¥12", "12%", "(12)", "1/2",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number_is_never_guessed(folder: Path, text: str) -> None:
    write_orders(folder, SAMPLE[1], row(**{AMOUNT: text}))
    (quarantined,) = extracted(folder).quarantined
    assert quarantined.faults[0].code == "row.number"


NOT_DAYS = ["2017-13-01", "2017-00-10", "20171231", "31/12/2017", "43100", "2017-12", "昨天"]


@pytest.mark.parametrize("text", NOT_DAYS)
def test_what_is_no_day_is_never_guessed(folder: Path, text: str) -> None:
    write_orders(folder, SAMPLE[1], row(签约日期=text))
    (quarantined,) = extracted(folder).quarantined
    assert quarantined.faults[0].code == "row.date"


def test_a_cell_of_a_workbook_is_named_as_excel_names_it(folder: Path) -> None:
    (folder / "orders.xlsx").write_bytes(workbook([HEADER, *SAMPLE, row(合同号="X", 阶段="?")]))
    (quarantined,) = extracted(
        folder, orders_as("name: orders.xlsx, format: xlsx, sheet: 订单")
    ).quarantined
    assert str(quarantined.faults[0].place) == "orders.xlsx:5:5 订单!E5 (阶段)"


def test_rows_of_the_organisation_are_questioned_too(folder: Path) -> None:
    teams = [
        ("工号", "姓名", "主管", "大区"),
        ("E01", "王芳", "M01", "华东"),
        ("E02", "李强", "M01", "华北"),
        ("E01", "王芳", "M02", "华北"),
        ("E04", "赵六", "", "华北"),
    ]
    (folder / "teams.csv").write_text(delimited(teams), encoding="utf-8")
    write_orders(folder, *SAMPLE)
    found = extracted(folder)
    assert [person.code for person in found.people] == ["E01", "M01"]
    assert [(each.file, each.line, each.faults[0].code) for each in found.quarantined] == [
        ("teams.csv", 3, "row.two_regions"),
        ("teams.csv", 4, "row.duplicate"),
        ("teams.csv", 5, "row.blank"),
        ("orders.csv", 3, "row.unknown_person"),  # of whoever is not in the organisation now
    ]


SPLIT = SOURCE.replace(
    "- {person: 业务员, share: 100%, role: owner}",
    "- {person: 业务员, share: {column: 比例}, role: owner}\n"
    "      - {person: 协助, share: {column: 协助比例}, role: assist, optional: true}",
)
SHARES = [
    (("60%", "E02", "40%"), None),
    (("0.6", "E02", "0.4"), None),
    (("100%", "", ""), None),
    (("60%", "E02", "50%"), "row.shares"),
    (("60%", "", ""), "row.shares"),
    (("60%", "E02", ""), "row.share"),
    (("160%", "E02", "-60%"), "row.share"),
    (("0.3333333", "E02", "0.6666667"), "row.share"),
    (("60%", "E03", "40%"), "row.unknown_person"),
]


@pytest.mark.parametrize(("cells", "code"), SHARES)
def test_shares_of_a_record_make_a_whole(
    folder: Path, cells: tuple[str, str, str], code: str | None
) -> None:
    header = (*HEADER, "比例", "协助", "协助比例")
    write_orders(folder, (*SAMPLE[0], *cells), header=header)
    found = extracted(folder, SPLIT)
    if code is None:
        assert sum(line.share for line in found.records[0].credits) == 1
    else:
        assert {each.code for each in found.quarantined[0].faults} >= {code}
        assert not found.records
