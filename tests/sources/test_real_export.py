"""A real CRM export: everything goes in, and the actuals equal the independent truth."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.measures import actuals, people_frame, records_frame, rounded_ratio
from engine.model import Bilingual, Filter, Measure
from engine.periods import parse
from workflows.sources.extract import extract
from workflows.sources.extraction import MANAGER, MEMBER, Extraction
from workflows.sources.limits import Limits
from workflows.sources.schema import read_source

SOURCE = Path(__file__).parents[2] / "rules" / "sources" / "maven-crm.yaml"
WON, LOST = Filter("stage", ("won",)), Filter("stage", ("lost",))
CLOSED = Filter("stage", ("won", "lost"))
SPAN = ("opened_on", "closed_on")


def measure(code: str, kind: Any, where: Filter, over: Any = "person", **rest: Any) -> Measure:
    return Measure(
        code, Bilingual(code, code), "number", kind,
        records="deal", where=(where,), when="closed_on", over=over, **rest,
    )  # fmt: skip


def measures(over: str) -> list[Measure]:
    """Every base measure that the truth has, under the truth's own names."""
    return [
        measure("won_deals", "count", WON, over),
        measure("lost_deals", "count", LOST, over),
        measure("won_revenue", "sum", WON, over, field="amount"),
        measure("list_revenue", "sum", WON, over, field="list_price"),
        measure("won_cycle_days_sum", "days", WON, over, span=SPAN),
        measure("closed_cycle_days_sum", "days", CLOSED, over, span=SPAN),
        measure("active_customers", "distinct", WON, over, field="customer"),
        measure("new_customers_company", "first", WON, over, field="customer", by="company"),
        measure("new_customers_agent", "first", WON, over, field="customer", by="person"),
        measure("closed_deals", "count", CLOSED, over),
    ]


RATIOS = {
    "win_rate": ("won_deals", "closed_deals", 6),
    "avg_deal_value": ("won_revenue", "won_deals", 4),
    "avg_cycle_days_won": ("won_cycle_days_sum", "won_deals", 6),
    "avg_cycle_days_closed": ("closed_cycle_days_sum", "closed_deals", 6),
    "price_realisation": ("won_revenue", "list_revenue", 6),
}


@pytest.fixture(scope="module")
def export(real_data: Path) -> Extraction:
    source = read_source(SOURCE.read_text(encoding="utf-8"), SOURCE.name)
    return extract(source, real_data / "maven_crm" / "raw", Limits())


def test_the_whole_export_goes_in(export: Extraction) -> None:
    assert export.quarantined == ()
    assert [len(part) for part in (export.units, export.people)] == [10, 41]
    assert [len(part) for part in (export.customers, export.products)] == [85, 7]
    assert len(export.records) == 8800
    assert len({record.digest for record in export.records}) == 8800
    assert [file.rows for file in export.files] == [35, 85, 7, 8800]


def test_the_five_agents_without_a_deal_are_in_the_organisation(export: Extraction) -> None:
    credited = {line.person for record in export.records for line in record.credits}
    members = {each.person for each in export.memberships if each.role == MEMBER}
    assert members - credited == {
        "Carl Lin", "Carol Thompson", "Elizabeth Anderson", "Mei-Mei Johns", "Natalya Ivanova",
    }  # fmt: skip
    assert len(members) == 35


def test_open_deals_are_there_with_their_stages(export: Extraction, real_data: Path) -> None:
    for row in rows_of(real_data / "maven_crm" / "truth_open_pipeline.csv"):
        stages = [
            record.fields["stage"]
            for record in export.records
            if record.credits[0].person == row["sales_agent"]
        ]
        assert stages.count("engaging") == int(row["Engaging"])
        assert stages.count("prospecting") == int(row["Prospecting"])


@pytest.mark.parametrize(
    ("truth", "owner", "period", "count"),
    [
        ("truth_agent_quarter.csv", "sales_agent", "quarter", 120),
        ("truth_agent_month.csv", "sales_agent", "month", 300),
        ("truth_agent_total.csv", "sales_agent", None, 30),
        ("truth_manager_quarter.csv", "manager", "quarter", 24),
        ("truth_manager_total.csv", "manager", None, 6),
        ("truth_office_total.csv", "regional_office", None, 3),
    ],
)
def test_actuals_equal_the_truth_at_its_digits(
    export: Extraction, real_data: Path, truth: str, owner: str, period: str | None, count: int
) -> None:
    expected = rows_of(real_data / "maven_crm" / truth)
    found = by_period(export, owner, {row[period] if period else "2017" for row in expected})
    assert len(expected) == count
    compared = expected[0].keys() & next(iter(next(iter(found.values())).values())).keys()
    assert len(compared) == 14  # every column but the labels
    for row in expected:
        ours = found[row[period] if period else "2017"][row[owner]]
        for column in compared:
            assert ours[column] == Decimal(row[column]), (truth, row[owner], column)


def test_agents_without_a_deal_have_zero_counts_and_no_rates(export: Extraction) -> None:
    for quarter in ("2017-Q1", "2017-Q4"):
        ours = by_period(export, "sales_agent", [quarter])[quarter]["Carl Lin"]
        assert {ours[each.code] for each in measures("person")} == {Decimal(0)}
        assert {ours[ratio] for ratio in RATIOS} == {None}


def by_period(
    export: Extraction, owner: str, labels: Iterable[str]
) -> dict[str, dict[str, dict[str, Decimal | None]]]:
    """Return our figures by period and owner, ratios as the truth shows them."""
    wanted = measures("person" if owner == "sales_agent" else "team")
    records = records_frame(
        wanted,
        [
            (record.kind, record.code, line.person, line.share, record.fields)
            for record in export.records
            for line in record.credits
        ],
    )
    people = people_frame(owners(export, owner))
    return {
        label: {
            row.pop("person"): row | ratios(row)
            for row in actuals(wanted, records, people, parse(label)).to_dicts()
        }
        for label in labels
    }


def owners(export: Extraction, owner: str) -> dict[str, list[str]]:
    """Return whose figures are wanted: agents, managers or offices, with their people."""
    team = {each.person: each.unit for each in export.memberships if each.role == MEMBER}
    if owner == "sales_agent":
        return {person: [] for person in team}
    if owner == "manager":
        led = {each.person: each.unit for each in export.memberships if each.role == MANAGER}
        return {
            person: [member for member, its in team.items() if its == unit]
            for person, unit in led.items()
        }
    office = {unit.code: unit.parent for unit in export.units}
    return {
        unit.code: [member for member, its in team.items() if office[its] == unit.code]
        for unit in export.units
        if unit.kind == "region"
    }


def ratios(row: dict[str, Decimal]) -> dict[str, Decimal | None]:
    return {
        name: rounded_ratio(row[numerator], row[denominator], digits)
        for name, (numerator, denominator, digits) in RATIOS.items()
    }


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
