"""The real CRM export, by command: every figure of every agent in every quarter is the truth's."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.cli import main
from workflows.base.database import Database
from workflows.base.settings import load_settings
from workflows.cycles.operations import find_cycle
from workflows.cycles.scored import scored
from workflows.reviews.evidence import evidence_of
from workflows.reviews.of_cycle import reviews_of

FIGURES = (
    "won_revenue",
    "won_deals",
    "lost_deals",
    "win_rate",
    "avg_cycle_days_won",
    "price_realisation",
    "new_customers_agent",
)
IDLE = {"Carl Lin", "Carol Thompson", "Elizabeth Anderson", "Mei-Mei Johns", "Natalya Ivanova"}


def kaoheng(*arguments: str) -> str:
    outcome = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


@pytest.fixture(scope="module")
def imported(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pytest.MonkeyPatch]:
    """The export in a database of its own, with an HR acting."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KAOHENG_HOME", str(tmp_path_factory.mktemp("real")))
        environment.setenv("KAOHENG_LANGUAGE", "en")
        environment.delenv("KAOHENG_DATABASE_URL", raising=False)
        made = json.loads(kaoheng("user", "add", "hr", "--role", "hr", "--json"))
        environment.setenv("KAOHENG_TOKEN", made["token"])
        folder = str(real_data / "maven_crm" / "raw")
        kaoheng("import", "rules/sources/maven-crm.yaml", "--from", folder)
        yield environment


@pytest.mark.parametrize("quarter", ["2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"])
def test_actuals_are_the_truths(
    imported: pytest.MonkeyPatch, real_data: Path, quarter: str
) -> None:
    kaoheng("cycle", "open", "sales-quarterly", quarter)
    rows = csv.DictReader(kaoheng("actuals", f"sales-quarterly@{quarter}", "--csv").splitlines())
    found = {(row["person"], row["kpi"]): row["actual"] for row in rows}
    truth_file = real_data / "maven_crm" / "truth_agent_quarter.csv"
    truth = [
        row
        for row in csv.DictReader(truth_file.read_text().splitlines())
        if row["quarter"] == quarter
    ]
    assert len(truth) == 30
    for row in truth:
        for figure in FIGURES:
            expected = Decimal(row[figure])
            actual = Decimal(found[row["sales_agent"], figure])
            assert actual.quantize(expected, ROUND_HALF_UP) == expected, (
                row["sales_agent"],
                figure,
            )
    for person in IDLE:
        assert [found[person, figure] for figure in FIGURES] == ["0", "0", "0", "", "", "", "0"]
    assert_records_sum_to_the_figures(f"sales-quarterly@{quarter}")


def assert_records_sum_to_the_figures(code: str) -> None:
    """Hold the records that a page shows behind each figure to that figure."""
    database = Database(load_settings(os.environ).database_url)
    with database.read() as session:
        cycle = find_cycle(session, code)
        scope = scored(session, cycle)
        for review in reviews_of(session, cycle)[::7]:
            for measure in scope.version.policy.measures:
                if measure.kind != "ratio":
                    found = evidence_of(session, review, scope, measure.code)
                    assert found.sum == found.figure, (review.person.code, measure.code)
                    assert bool(found.lines) is bool(found.figure)
    database.close()
