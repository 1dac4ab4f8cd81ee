"""``kaoheng import``: counts and reasons on the page, refusals by exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.cli import main
from tests.sources.sample import SAMPLE, SOURCE, row, write_company, write_orders
from workflows.access.actors import CONSOLE
from workflows.access.policy import Role
from workflows.accounts.operations import add_account
from workflows.application import open_application
from workflows.base.settings import load_settings


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A home whose HR acts."""
    environ = {
        "KAOHENG_HOME": str(tmp_path / "home"),
        "KAOHENG_LANGUAGE": "en",
        "KAOHENG_DATABASE_URL": "",
        "KAOHENG_NOW": "",
    }
    app = open_application(load_settings(environ))
    with app.database.write() as session:
        made = add_account(session, CONSOLE, app.clock(), username="hr", role=Role.HR)
    app.close()
    return {**environ, "KAOHENG_TOKEN": made.token}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    write_company(folder)
    (tmp_path / "sample.yaml").write_text(SOURCE, encoding="utf-8")
    return folder


def run(env: dict[str, str], folder: Path, *options: str) -> Result:
    source = str(folder.parent / "sample.yaml")
    return CliRunner().invoke(main, ["import", source, "--from", str(folder), *options], env=env)


def test_counts_and_reasons_are_printed(env: dict[str, str], folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 业务员="E09"))
    result = run(env, folder)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].split() == [
        "part", "file", "read", "new", "corrected", "unchanged", "quarantined",
    ]  # fmt: skip
    assert lines[4].split() == ["order", "orders.csv", "4", "3", "0", "0", "1"]
    assert lines[5].split() == ["total", "10", "9", "0", "0", "1"]
    assert lines[6].startswith("orders.csv:5:2 (业务员): “E09” is not in the organisation.")
    again = run(env, folder)
    assert again.exit_code == 0
    assert again.output.splitlines()[-1] == "Nothing changed: all of this was imported before."


def test_json_has_everything(env: dict[str, str], folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 业务员="E09"))
    printed = json.loads(run(env, folder, "--json").stdout)
    assert (printed["changed"], printed["read"], printed["new"]) == (True, 10, 9)
    assert [part["part"] for part in printed["parts"]] == [
        "organisation", "customer", "product", "order",
    ]  # fmt: skip
    (aside,) = printed["quarantined"]
    assert (aside["file"], aside["line"], aside["column"]) == ("orders.csv", 5, "业务员")
    assert (aside["value"], aside["code"]) == ("E09", "row.unknown_person")
    assert json.loads(run(env, folder, "--json").stdout)["import"] is None


def test_faults_of_files_exit_1_a_line_each(env: dict[str, str], folder: Path) -> None:
    (folder / "teams.csv").unlink()
    result = run(env, folder)
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "orders.csv", "teams.csv",
    ]  # fmt: skip


def test_nobody_imports_without_a_token(env: dict[str, str], folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    result = run({**env, "KAOHENG_TOKEN": ""}, folder)
    assert result.exit_code == 1
    assert "KAOHENG_TOKEN is not set" in result.stderr


def test_a_missing_source_file_names_those_that_are_shipped(env: dict[str, str]) -> None:
    result = CliRunner().invoke(main, ["import", "none", "--from", "."], env=env)
    assert result.exit_code == 1
    assert "maven-crm" in result.stderr


def test_usage_is_told_apart_from_refusal(env: dict[str, str]) -> None:
    assert CliRunner().invoke(main, ["import", "x"], env=env).exit_code == 2
