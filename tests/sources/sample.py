"""A small company and its orders, written in every format and encoding that is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from workflows.sources.extract import extract
from workflows.sources.extraction import Extraction
from workflows.sources.limits import Limits
from workflows.sources.schema import read_source

FIXTURES = Path(__file__).parent / "fixtures"
HEADER = ("合同号", "业务员", "客户", "产品", "阶段", "立项日期", "签约日期", "金额（万元）")
# A whole amount, a fraction that is no binary one, an open order with blanks.
SAMPLE: list[tuple[Any, ...]] = [
    ("HT-001", "E01", "华润", "标准版", "赢单", date(2017, 10, 8), date(2017, 12, 31), 12),
    ("HT-002", "E02", "中粮", "专业版", "赢单", date(2017, 9, 1), date(2017, 10, 1), 0.29),
    ("HT-003", "E01", "", "标准版", "跟进", date(2017, 11, 11), "", ""),
]
TEAMS = [
    ("工号", "姓名", "主管", "大区"),
    ("E01", "王芳", "M01", "华东"),
    ("E02", "李强", "M01", "华东"),
]
CUSTOMERS = [("客户",), ("华润",), ("中粮",)]
PRODUCTS = [("产品", "标价"), ("标准版", "130,000"), ("专业版", "3000.50")]

SOURCE = """\
language: 1
source: sample
name: {zh: 订单, en: Orders}
files:
  teams: {name: teams.csv, format: csv}
  customers: {name: customers.csv, format: csv}
  products: {name: products.csv, format: csv}
  orders: {name: orders.csv, format: csv}
organisation:
  file: teams
  company: {code: 总部, name: {zh: 总部, en: Headquarters}}
  person: 工号
  person_name: 姓名
  manager: 主管
  region: 大区
customers: {file: customers, code: 客户}
products:
  file: products
  code: 产品
  fields:
    list_price: {column: 标价, type: decimal, thousands: ",", required: true}
records:
  order:
    name: {zh: 订单, en: Order}
    file: orders
    code: 合同号
    fields:
      customer: {column: 客户, type: customer, required: {stage: [won]}}
      product: {column: 产品, type: product, codes: {标准: 标准版}, required: true}
      stage:
        {column: 阶段, type: choice, choices: {赢单: won, 丢单: lost, 跟进: open}, required: true}
      opened_on: {column: 立项日期, type: date, formats: ["%Y-%m-%d", "%Y年%m月%d日"]}
      closed_on:
        column: 签约日期
        type: date
        formats: ["%Y-%m-%d", "%Y/%m/%d"]
        required: {stage: [won, lost]}
      amount:
        {column: 金额（万元）, type: decimal, unit: 万元, thousands: ",", required: {stage: [won]}}
    lookups:
      list_price: {of: product, field: list_price}
    order: [[opened_on, closed_on]]
    credits:
      - {person: 业务员, share: 100%, role: owner}
"""


def extracted(folder: Path, source: str = SOURCE, limits: Limits | None = None) -> Extraction:
    return extract(read_source(source, "sample.yaml"), folder, limits or Limits())


def orders_as(declaration: str) -> str:
    """Return the source with the orders' file declared as ``declaration``."""
    return SOURCE.replace("orders: {name: orders.csv, format: csv}", f"orders: {{{declaration}}}")


def write_company(folder: Path) -> None:
    """Write everything but the orders."""
    for name, rows in (("teams", TEAMS), ("customers", CUSTOMERS), ("products", PRODUCTS)):
        (folder / f"{name}.csv").write_text(delimited(rows), encoding="utf-8", newline="")


def write_orders(folder: Path, *rows: Sequence[Any], header: Sequence[str] = HEADER) -> None:
    text = delimited([header, *rows])
    (folder / "orders.csv").write_text(text, encoding="utf-8", newline="")


def delimited(rows: Sequence[Sequence[Any]], delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def workbook(rows: Sequence[Sequence[Any]], sheet: str = "订单") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append([None if cell == "" else cell for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def row(**changes: Any) -> tuple[Any, ...]:
    """Return the first sample row as the given columns (工号 …) would change it."""
    return tuple(changes.get(name, cell) for name, cell in zip(HEADER, SAMPLE[0], strict=True))
