"""The demo's files: a company of the size we say, with real data's defects, the same each time."""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from workflows.demo.company import LEAVER, NEWCOMERS
from workflows.demo.generate import generate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    generate(folder)
    return folder


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding).splitlines()))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def staff(folder: Path) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(folder / "people.xlsx")["花名册"]
    title, header, *people = sheet.iter_rows(values_only=True)
    assert title[0] == "云帆科技 销售人员花名册"
    names = [str(name) for name in header]
    return [dict(zip(names, row, strict=True)) for row in people if row[0]]


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(folder)


def test_the_workbook_does_not_know_when_it_was_made(folder: Path) -> None:
    with zipfile.ZipFile(folder / "people.xlsx") as book:
        assert {part.date_time for part in book.infolist()} == {(2025, 1, 1, 0, 0, 0)}
        said = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", book.read("docProps/core.xml").decode())
    assert said == ["2025-01-01T00:00:00"] * 2


def test_another_seed_gives_another_company(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path / "other", seed=2)
    changed = {name for name, digest in digests(tmp_path / "other").items()
               if digest != digests(folder)[name]}  # fmt: skip
    assert changed == {"people.xlsx", "customers.csv", "deals.csv"}


def test_three_regions_six_teams_thirty_five_salespeople(folder: Path) -> None:
    people = staff(folder)
    assert len({person["工号"] for person in people}) == 35
    assert len({person["姓名"] for person in people}) == 35
    assert len({person["主管工号"] for person in people}) == 6
    assert len({person["大区"] for person in people}) == 3


def test_a_year_of_deals(folder: Path) -> None:
    deals = [row for row in rows(folder / "deals.csv") if row["商机编号"]]
    assert 3_000 <= len(deals) <= 4_000
    assert len(rows(folder / "customers.csv", "gb18030")) == 200
    owners = {row["负责人工号"] for row in deals}
    listed = {person["工号"] for person in staff(folder)}
    assert listed - owners == set(NEWCOMERS)
    assert owners - listed == {LEAVER}


def test_the_files_have_the_defects_of_real_ones(folder: Path) -> None:
    deals = rows(folder / "deals.csv")
    codes = [row["商机编号"] for row in deals if row["商机编号"]]
    amounts = [row["成交金额（元）"] for row in deals]
    counts = {
        "duplicated": len(codes) - len(set(codes)),
        "other spelling": sum(row["产品"] in {"云帆CRM专业版", "智仓WMS"} for row in deals) > 0,
        "full width": sum(not amount.isascii() and "约" not in amount for amount in amounts),
        "not a number": sum(amount.startswith("约") for amount in amounts),
        "thousands": sum("," in amount for amount in amounts),
        "no such day": sum(row["关闭日期"].endswith("02-30") for row in deals),
        "unknown stage": sum(row["阶段"] == "暂缓" for row in deals),
        "trailing blank rows": sum(not any(row.values()) for row in deals[-3:]),
    }
    assert counts == {
        "duplicated": 2,
        "other spelling": True,
        "full width": 25,
        "not a number": 3,
        "thousands": 60,
        "no such day": 3,
        "unknown stage": 2,
        "trailing blank rows": 3,
    }


def test_the_customers_file_is_not_utf_8(folder: Path) -> None:
    with pytest.raises(UnicodeDecodeError):
        (folder / "customers.csv").read_bytes().decode()


def test_an_earlier_export_knows_nothing_of_later_days(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, as_of=date(2025, 3, 31))
    early = {row["商机编号"]: row for row in rows(tmp_path / "deals.csv")}
    late = {row["商机编号"]: row for row in rows(folder / "deals.csv")}
    assert early.keys() < late.keys()
    assert {row["关闭日期"][:7].replace("/", "-") for row in early.values()} <= {
        "",
        "2025-01",
        "2025-02",
        "2025-03",
    }
    ended = [code for code, row in early.items() if row["关闭日期"]]
    assert len(ended) > 600
    assert [early[code] for code in ended] == [late[code] for code in ended]
