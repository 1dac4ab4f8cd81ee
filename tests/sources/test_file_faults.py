"""A fault of a file refuses everything: all faults of all files at once, each with what to do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from engine.errors import KaohengError
from tests.sources.sample import (
    HEADER,
    SAMPLE,
    SOURCE,
    delimited,
    extracted,
    orders_as,
    workbook,
    write_company,
    write_orders,
)
from workflows.sources.limits import Limits

TEXT = delimited([HEADER, *SAMPLE])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_company(tmp_path)
    return tmp_path


def refused(folder: Path, source: str = SOURCE, limits: Limits | None = None) -> list[str]:
    with pytest.raises(KaohengError) as refusal:
        extracted(folder, source, limits)
    return [str(fault).replace(str(folder), "<folder>") for fault in refusal.value.faults]


def test_a_missing_file_is_named_with_the_nearest_that_is_there(folder: Path) -> None:
    (folder / "order.csv").write_text(TEXT, encoding="utf-8")
    assert refused(folder) == [
        "orders.csv: There is no file orders.csv in <folder>. Put it there, or correct its name "
        "in the source file; the folder has: order.csv."
    ]


def test_a_folder_in_a_file_s_place_is_missing_too(folder: Path) -> None:
    (folder / "orders.csv").mkdir()
    assert refused(folder)[0].startswith("orders.csv: There is no file orders.csv")


def test_a_missing_folder_is_one_fault(tmp_path: Path) -> None:
    assert refused(tmp_path / "none")[0].endswith(
        "Name the folder that the files of the export are in."
    )


def test_faults_of_all_files_come_together(folder: Path) -> None:
    (folder / "customers.csv").unlink()
    (folder / "teams.csv").write_bytes(b"")
    (folder / "products.csv").write_text("产品;标价\n", encoding="utf-8")
    (folder / "orders.csv").write_text(TEXT, encoding="utf-16")
    lines = refused(folder)
    assert [line.split(": ")[0] for line in lines] == [
        "customers.csv", "orders.csv:1", "products.csv:1", "products.csv:1", "teams.csv:1",
    ]  # fmt: skip


WRONG_ENCODINGS = [
    ("utf-8", TEXT.encode("gbk"), 1),
    ("utf-8", "合同号\n华润\n".encode() + "中粮".encode("gbk"), 3),
    ("utf-8", TEXT.encode("utf-16"), 1),
    ("utf-8", TEXT.encode("utf-16-le"), 1),
    ("utf-16", TEXT.encode(), 1),
    ("utf-16", b"a,b\r\n1,2\r\n", 1),
    ("gbk", TEXT.encode(), 1),
    ("gbk", TEXT.encode("utf-8-sig"), 1),
    ("gbk", "华润,中粮\r\n".encode(), 1),  # which also decodes as GBK, to nonsense
    ("gbk", TEXT.encode("utf-16"), 1),
    ("gbk", b"a\xff\xff", 1),
]


@pytest.mark.parametrize(("declared", "content", "line"), WRONG_ENCODINGS)
def test_another_encoding_than_declared_is_refused_where_it_shows(
    folder: Path, declared: str, content: bytes, line: int
) -> None:
    (folder / "orders.csv").write_bytes(content)
    source = orders_as(f"name: orders.csv, format: csv, encoding: {declared}")
    assert refused(folder, source) == [
        f"orders.csv:{line}: The file is not {declared}, as the source file declares. "
        f"Save it as {declared}, or declare the encoding it has: utf-8, utf-16, gbk."
    ]


def test_renamed_columns_are_named_with_the_nearest_present(folder: Path) -> None:
    header = ["合同编号" if name == "合同号" else name for name in HEADER]
    header[4] = "状态"
    write_orders(folder, *SAMPLE, header=header)
    assert refused(folder) == [
        "orders.csv:1: There is no column “合同号”. Rename the column, or correct the source "
        "file; the nearest present: 合同编号.",
        "orders.csv:1: There is no column “阶段”. Rename the column, or correct the source file; "
        "the nearest present: "
        "合同编号, 业务员, 客户, 产品, 状态, 立项日期, 签约日期, 金额（万元）.",
    ]


def test_a_column_that_stands_twice_is_refused_only_if_it_is_needed(folder: Path) -> None:
    write_orders(folder, *((*each, "a", "b") for each in SAMPLE), header=(*HEADER, "备注", "备注"))
    assert len(extracted(folder).records) == 3
    write_orders(folder, *((*each, "?") for each in SAMPLE), header=(*HEADER, "阶段"))
    assert refused(folder) == [
        "orders.csv:1: Two columns are called “阶段”. "
        "Rename or remove one of them: which is meant cannot be told."
    ]


@pytest.mark.parametrize("content", ["", "\r\n\r\n", ",,,\r\n"])
def test_a_file_without_a_header_is_refused(folder: Path, content: str) -> None:
    (folder / "orders.csv").write_text(content, encoding="utf-8", newline="")
    assert refused(folder)[0].startswith("orders.csv:1: Row 1 has no column names.")


def test_a_file_without_rows_is_refused_unless_that_is_declared(folder: Path) -> None:
    write_orders(folder)
    assert refused(folder) == [
        "orders.csv:1: The file has no rows below its header. "
        "Export it again, or declare may_be_empty: true for this file."
    ]
    allowed = orders_as("name: orders.csv, format: csv, may_be_empty: true")
    assert extracted(folder, allowed).records == ()


def test_an_open_quotation_mark_does_not_swallow_the_rest(folder: Path) -> None:
    (folder / "orders.csv").write_text(TEXT.replace("中粮", '"中粮'), encoding="utf-8")
    assert refused(folder)[0].startswith("orders.csv:3: The row that starts here cannot be read")


def test_a_file_over_the_limit_is_refused_by_its_size_alone(folder: Path) -> None:
    with (folder / "orders.csv").open("wb") as file:
        file.truncate(200_000_000)  # sparse: reading it would give 200 MB of zeros
    assert refused(folder) == [
        "orders.csv: The file has 200000000 bytes; at most 100000000 are read. "
        "Split it by period, or raise the limit in the settings."
    ]


def test_more_rows_than_the_limit_are_refused(folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    assert refused(folder, limits=Limits(rows=2))[0].startswith(
        "orders.csv:4: The file has more than 2 rows."
    )


XLSX = orders_as("name: orders.xlsx, format: xlsx")
XLS = orders_as("name: orders.xls, format: xls")
GOOD = workbook([HEADER, *SAMPLE])
BROKEN_WORKBOOKS = {
    "text": TEXT.encode(),
    "a zip that is no workbook": b"",
    "cut short": GOOD[: len(GOOD) // 2],
    "a byte changed": GOOD[:300] + bytes([GOOD[300] ^ 0xFF]) + GOOD[301:],
    "the old format": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}


@pytest.mark.parametrize("content", BROKEN_WORKBOOKS.values(), ids=BROKEN_WORKBOOKS.keys())
@pytest.mark.parametrize(("source", "name"), [(XLSX, "orders.xlsx"), (XLS, "orders.xls")])
def test_what_is_no_workbook_is_refused(
    folder: Path, content: bytes, source: str, name: str
) -> None:
    (folder / name).write_bytes(content or zipped({"a.txt": b"a"}))
    (line,) = refused(folder, source)
    assert "is not an XLS" in line
    assert line.startswith(f"{name}: ")


def test_a_missing_sheet_is_named_with_those_that_are_there(folder: Path) -> None:
    (folder / "orders.xlsx").write_bytes(GOOD)
    assert refused(folder, orders_as("name: orders.xlsx, format: xlsx, sheet: 明细")) == [
        "orders.xlsx: The workbook has no sheet “明细”. "
        "Correct the sheet's name in the source file; it has: 订单."
    ]


def test_a_workbook_that_unfolds_to_gigabytes_is_refused_unread(folder: Path) -> None:
    bomb = zipped({"xl/worksheets/sheet1.xml": b"0" * 60_000_000}, GOOD)
    assert len(bomb) < 100_000
    (folder / "orders.xlsx").write_bytes(bomb)
    (line,) = refused(folder, XLSX)
    assert "unfolds to 60" in line
    assert line.endswith("Save only the sheet that is needed as a new workbook, or as CSV.")


def test_a_workbook_of_many_honest_parts_is_refused_by_their_sum(folder: Path) -> None:
    (folder / "orders.xlsx").write_bytes(GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        unfolded = sum(part.file_size for part in archive.infolist())
    assert len(extracted(folder, XLSX, Limits(unfolded_bytes=unfolded)).records) == 3
    (line,) = refused(folder, XLSX, Limits(unfolded_bytes=unfolded - 1))
    assert f"unfolds to {unfolded} bytes" in line


def test_a_workbook_whose_directory_lies_gives_no_more_than_it_says(folder: Path) -> None:
    honest = zipped({"xl/worksheets/sheet1.xml": b"0" * 50_000_000}, GOOD)
    lying = honest.replace((50_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    (folder / "orders.xlsx").write_bytes(lying)
    (line,) = refused(folder, XLSX)
    assert "is not an XLSX workbook" in line


def test_a_sheet_with_one_far_cell_costs_nothing(folder: Path) -> None:
    sheet = part_of(GOOD, "xl/worksheets/sheet1.xml").decode()
    far = sheet.replace("</sheetData>", '<row r="5"><c r="XFD5"><v>1</v></c></row></sheetData>')
    (folder / "orders.xlsx").write_bytes(zipped({"xl/worksheets/sheet1.xml": far.encode()}, GOOD))
    assert len(extracted(folder, XLSX).records) == 3
    farther = far.replace('row r="5"', 'row r="999999999"').replace("XFD5", "XFD999999999")
    (folder / "orders.xlsx").write_bytes(
        zipped({"xl/worksheets/sheet1.xml": farther.encode()}, GOOD)
    )
    assert "more than 1048576 rows" in refused(folder, XLSX)[0]


def zipped(parts: dict[str, bytes], base: bytes | None = None) -> bytes:
    """Return a zip of ``parts``, and of the other parts of the workbook ``base``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        if base is not None:
            with zipfile.ZipFile(io.BytesIO(base)) as other:
                for name in other.namelist():
                    if name not in parts:
                        archive.writestr(name, other.read(name))
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def part_of(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)
