"""The same orders from every format and encoding are the same records, to the digest."""

from __future__ import annotations

import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.sources.sample import (
    FIXTURES,
    HEADER,
    SAMPLE,
    delimited,
    extracted,
    orders_as,
    row,
    workbook,
    write_company,
)
from workflows.sources.extraction import CreditLine, Membership, Person, Record, Unit

OWNER = (CreditLine("E01", Decimal(1), "owner"),)
EXPECTED = (
    Record(
        "order",
        "HT-001",
        {
            "customer": "华润",
            "product": "标准版",
            "stage": "won",
            "opened_on": "2017-10-08",
            "closed_on": "2017-12-31",
            "amount": "120000",
            "list_price": "130000",
        },
        OWNER,
    ),
    Record(
        "order",
        "HT-002",
        {
            "customer": "中粮",
            "product": "专业版",
            "stage": "won",
            "opened_on": "2017-09-01",
            "closed_on": "2017-10-01",
            "amount": "2900",
            "list_price": "3000.5",
        },
        (CreditLine("E02", Decimal(1), "owner"),),
    ),
    Record(
        "order",
        "HT-003",
        {
            "product": "标准版",
            "stage": "open",
            "opened_on": "2017-11-11",
            "list_price": "130000",
        },
        OWNER,
    ),
)
TEXT = delimited([HEADER, *SAMPLE])
TABBED = delimited([HEADER, *SAMPLE], "\t")

FILES = {
    "utf-8": ("name: o.csv, format: csv, encoding: utf-8", TEXT.encode()),
    "utf-8 with a byte order mark": ("name: o.csv, format: csv", TEXT.encode("utf-8-sig")),
    "utf-8 with bare newlines": ("name: o.csv, format: csv", TEXT.replace("\r\n", "\n").encode()),
    "utf-16": ("name: o.csv, format: csv, encoding: utf-16", TEXT.encode("utf-16")),
    "utf-16 without mark": ("name: o.csv, format: csv, encoding: utf-16", TEXT.encode("utf-16-le")),
    "utf-16, the other way": (
        "name: o.csv, format: csv, encoding: utf-16",
        TEXT.encode("utf-16-be"),
    ),
    "gbk": ("name: o.csv, format: csv, encoding: gbk", TEXT.encode("gbk")),
    "tsv": ("name: o.tsv, format: tsv", TABBED.encode()),
    "semicolons": (
        'name: o.csv, format: csv, delimiter: ";"',
        delimited([HEADER, *SAMPLE], ";").encode(),
    ),
    "a title above the header": (
        "name: o.csv, format: csv, header: 3",
        ("2017年订单\r\n\r\n" + TEXT).encode(),
    ),
    "xlsx": ("name: o.xlsx, format: xlsx", workbook([HEADER, *SAMPLE])),
    "a named sheet": (
        "name: o.xlsx, format: xlsx, sheet: 订单",
        workbook([HEADER, *SAMPLE], "订单"),
    ),
    "xlsx with a title above the header": (
        "name: o.xlsx, format: xlsx, header: 3",
        workbook([["2017年订单"], [""], HEADER, *SAMPLE]),
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_company(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("declaration", "content"), FILES.values(), ids=FILES.keys())
def test_orders_read_the_same_from(folder: Path, declaration: str, content: bytes) -> None:
    name = declaration.split(",", maxsplit=1)[0].removeprefix("name: ")
    (folder / name).write_bytes(content)
    found = extracted(folder, orders_as(declaration))
    assert found.quarantined == ()
    assert found.records == EXPECTED
    assert [record.digest for record in found.records] == [each.digest for each in EXPECTED]


def test_orders_read_the_same_from_xls(folder: Path) -> None:
    shutil.copy(FIXTURES / "orders.xls", folder)
    found = extracted(folder, orders_as("name: orders.xls, format: xls, sheet: 订单"))
    assert (found.quarantined, found.records) == ((), EXPECTED)


def test_the_organisation_is_a_tree_with_its_people(folder: Path) -> None:
    (folder / "orders.csv").write_text(TEXT, encoding="utf-8")
    found = extracted(folder)
    assert found.units == (
        Unit("总部", "总部", "company", None),
        Unit("华东", "华东", "region", "总部"),
        Unit("M01", "M01", "team", "华东"),
    )
    assert found.people == (Person("E01", "王芳"), Person("E02", "李强"), Person("M01", "M01"))
    assert found.memberships == (
        Membership("E01", "M01", "member"),
        Membership("E02", "M01", "member"),
        Membership("M01", "M01", "manager"),
    )


UNTIDY = {
    "stray spaces": row(合同号=" HT-001 ", 业务员="　E01", 客户="华润  ", 阶段=" 赢单"),
    "full-width digits": row(**{"金额（万元）": "１２．００", "签约日期": "２０１７－１２－３１"}),
    "thousands separators": row(**{"金额（万元）": "12.0"}),
    "another date format": row(立项日期="2017年10月08日", 签约日期="2017/12/31"),
    "a code for a product": row(产品="标准"),
    "a plus sign": row(**{"金额（万元）": "+12"}),
}


@pytest.mark.parametrize("untidy", UNTIDY.values(), ids=UNTIDY.keys())
def test_what_is_untidy_reads_as_what_is_meant(folder: Path, untidy: tuple[str, ...]) -> None:
    (folder / "orders.csv").write_text(delimited([HEADER, untidy]), encoding="utf-8")
    assert extracted(folder).records == EXPECTED[:1]


def test_blank_rows_and_columns_at_the_ends_are_nothing(folder: Path) -> None:
    lines = [(*HEADER, "", ""), *((*each, "", "") for each in SAMPLE), [""] * 10, [""] * 10]
    (folder / "orders.csv").write_text(delimited(lines) + "\r\n\r\n", encoding="utf-8")
    assert extracted(folder).records == EXPECTED
    (folder / "orders.xlsx").write_bytes(workbook([*lines, ["  "]]))
    assert extracted(folder, orders_as("name: orders.xlsx, format: xlsx")).records == EXPECTED


def test_a_quoted_line_break_moves_the_lines_that_faults_name(folder: Path) -> None:
    lines = [HEADER, row(客户="华\n润"), row(合同号="HT-2", 阶段="不明")]
    (folder / "orders.csv").write_text(delimited(lines), encoding="utf-8", newline="")
    found = extracted(folder)
    assert [each.line for each in found.quarantined] == [2, 4]


CELLS = {
    "a sum that Excel shows as 0.3": (0.1 + 0.2, "3000"),
    "a whole number kept as a fraction": (12.0, "120000"),
    "fifteen digits": (12345678.9012345, None),
    "a number as text": ("12", "120000"),
    "a very small number": (1e-6, "0.01"),
}


@pytest.mark.parametrize(("cell", "amount"), CELLS.values(), ids=CELLS.keys())
def test_number_cells_are_exact_decimals(folder: Path, cell: object, amount: str | None) -> None:
    content = workbook([HEADER, row(**{"金额（万元）": cell})])
    (folder / "orders.xlsx").write_bytes(content)
    found = extracted(folder, orders_as("name: orders.xlsx, format: xlsx"))
    if amount is None:
        assert found.quarantined[0].faults[0].code == "row.decimals"
    else:
        assert found.records[0].fields["amount"] == amount


def test_a_date_cell_with_a_time_is_no_day(folder: Path) -> None:
    evening = datetime(2017, 12, 31, 18, 30)  # noqa: DTZ001 (Excel's times have no zone)
    content = workbook([HEADER, row(签约日期=evening)])
    (folder / "orders.xlsx").write_bytes(content)
    (quarantined,) = extracted(folder, orders_as("name: orders.xlsx, format: xlsx")).quarantined
    assert str(quarantined.faults[0].place) == "orders.xlsx:2:7 G2 (签约日期)"
    assert quarantined.faults[0].params["value"] == "2017-12-31 18:30:00"
