"""Source files: what is wrong in one is said with its line, column and what to do, all at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import KaohengError
from tests.sources.sample import SOURCE
from workflows.sources.model import FieldType, Format
from workflows.sources.schema import read_source

SHIPPED = sorted((Path(__file__).parents[2] / "rules" / "sources").glob("*.yaml"))


def faults(text: str) -> list[str]:
    with pytest.raises(KaohengError) as refusal:
        read_source(text, "s.yaml")
    return [str(fault) for fault in refusal.value.faults]


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_shipped_source_files_are_right(path: Path) -> None:
    assert read_source(path.read_text(encoding="utf-8"), path.name).name == path.stem


def test_a_source_file_becomes_its_model() -> None:
    source = read_source(SOURCE, "s.yaml")
    assert source.files["orders"].format is Format.CSV
    (order,) = source.records
    amount = order.fields[-1]
    assert (amount.type, amount.factor, amount.digits) == (FieldType.DECIMAL, Decimal(10000), 2)
    assert source.parts() == [
        ("organisation", "teams"),
        ("customer", "customers"),
        ("product", "products"),
        ("order", "orders"),
    ]


# What is replaced in the sample, and how its one fault begins.
BROKEN = {
    "a column's key misspelt": (
        ("type: customer", "tpye: customer"),
        "s.yaml:28:30 (records.order.fields.customer.tpye): There is no entry “tpye” here. "
        "Remove it or correct its name; nearest: type.",
    ),
    "a section misspelt": (
        ("customers: {file", "custmers: {file"),
        "s.yaml:16:1 (custmers): There is no entry “custmers” here. "
        "Remove it or correct its name; nearest: customers.",
    ),
    "a format that is not read": (
        ("teams.csv, format: csv", "teams.csv, format: ods"),
        "s.yaml:5:36 (files.teams.format): “format” cannot be read: Must be one of: csv, tsv",
    ),
    "an unknown encoding": (
        ("teams.csv, format: csv", "teams.csv, format: csv, encoding: big5"),
        "s.yaml:5:51 (files.teams.encoding): “encoding” cannot be read",
    ),
    "a path instead of a name": (
        ("teams.csv, format: csv", "../teams.csv, format: csv"),
        "s.yaml:5:17 (files.teams.name): “name” cannot be read",
    ),
    "a file that is not declared": (
        ("file: customers", "file: customer"),
        "s.yaml:16:19 (customers.file): There is no “customer” to refer to here. "
        "Correct the name; nearest: customers.",
    ),
    "a unit that does not exist": (
        ("unit: 万元", "unit: 万"),
        "s.yaml:39:47 (records.order.fields.amount.unit): “unit” cannot be read: Not a unit.",
    ),
    "a date format without a day": (
        ('"%Y/%m/%d"', '"%Y/%m"'),
        "s.yaml:36:31 (records.order.fields.closed_on.formats.1): “%Y/%m” does not name a day.",
    ),
    "a choice without choices": (
        (", choices: {赢单: won, 丢单: lost, 跟进: open}", ""),
        "s.yaml:31:9 (records.order.fields.stage): “stage” must have choices",
    ),
    "a lookup of a field that is none": (
        ("field: list_price", "field: price"),
        "s.yaml:41:40 (records.order.lookups.list_price.field): There is no “price”",
    ),
    "an order of what is no date": (
        ("[opened_on, closed_on]", "[opened_on, amount]"),
        "s.yaml:42:25 (records.order.order.0.1): There is no “amount” to refer to here. "
        "Correct the name; nearest: opened_on, closed_on.",
    ),
    "a condition on a field that is none": (
        ("{stage: [won]}}\n      product", "{state: [won]}}\n      product"),
        "s.yaml:28:64 (records.order.fields.customer.required.state): There is no “state”",
    ),
    "a share over the whole": (
        ("share: 100%", "share: 101%"),
        "s.yaml:44:30 (records.order.credits.0.share): “share” cannot be read: Not a share.",
    ),
    "a missing entry": (
        ("    code: 合同号\n", ""),
        "s.yaml:24:5 (records.order.code): “code” is missing here.",
    ),
    "an entry given twice": (
        ("    code: 合同号\n", "    code: 合同号\n    code: 合同号\n"),
        "s.yaml:27:5: `code` is given twice, in lines 26 and 27.",
    ),
    "another language": (
        ("language: 1", "language: 2"),
        "s.yaml:1:11 (language): “language” cannot be read",
    ),
}


@pytest.mark.parametrize(("change", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_fault_says_where_and_what_to_do(change: tuple[str, str], expected: str) -> None:
    assert SOURCE.count(change[0]) == 1
    (line,) = faults(SOURCE.replace(*change))
    assert line.startswith(expected)


def test_all_faults_are_reported_together_in_the_order_of_the_file() -> None:
    text = SOURCE
    for change in (
        "a column's key misspelt",
        "a format that is not read",
        "a share over the whole",
    ):
        text = text.replace(*BROKEN[change][0])
    assert [line.split(" ")[0] for line in faults(text)] == [
        "s.yaml:5:36", "s.yaml:28:30", "s.yaml:44:30",
    ]  # fmt: skip


def test_a_tab_and_an_anchor_are_refused() -> None:
    assert faults("language: 1\n\tsource: x\n")[0].startswith("s.yaml:2:1: There is a tab here.")
    assert "anchor" in faults("language: &a [*a]\n")[0].lower()
