"""The library, a policy begun, who is under which, many changed at once: as somebody types it."""

from __future__ import annotations

import json

from tests.admin.cli.test_rulebook import Run, run, tokens

__all__ = ["run", "tokens"]  # the fixtures of this file too


def rows(run: Run, *arguments: str) -> list[dict[str, str]]:
    answer = run("hr", *arguments, "--json")
    assert answer.exit_code == 0, answer.output
    found: list[dict[str, str]] = json.loads(answer.output)
    return found


def test_what_there_is_to_begin_from(run: Run) -> None:
    found = rows(run, "library")
    kinds = {row["code"]: row["kind"] for row in found}
    assert (kinds["account-manager-b2b"], kinds["clv"]) == ("template", "kpi")
    assert all(row["name"] and row["about"] for row in found)


def test_from_a_template_to_a_draft_with_a_kpi_more(run: Run) -> None:
    begun = run("hr", "new", "south", "--from", "market-analyst", "--period", "year",
                "--en", "South", "--post", "分析师", "--region", "south")  # fmt: skip
    assert (begun.exit_code, begun.output) == (0, "Began the draft of south.\n")
    assert run("hr", "new", "south", "--from", "market-analyst").exit_code == 1
    added = run("hr", "add-kpi", "south", "satisfaction", "--weight", "5%")
    assert added.output == "Added satisfaction to the draft of south.\n"
    (row,) = rows(run, "set", "kpis.satisfaction.weight")
    assert (row["policy"], row["before"]) == ("south", "5%")


def test_one_of_the_two_ways_to_begin(run: Run) -> None:
    assert run("hr", "new", "south").exit_code == 2
    assert run("hr", "new", "south", "--from", "empty", "--copy", "x").exit_code == 2
    assert run("hr", "new", "south", "--copy", "nothing/2").exit_code == 1


def test_a_value_in_many(run: Run) -> None:
    for code in ("a", "b"):
        run("hr", "new", code, "--from", "service-specialist")
    path = "constants.bonus_base.value"
    would = rows(run, "set", path, "1600", "--dry-run", "--policies", "b")
    assert [(row["policy"], row["before"], row["state"]) for row in would] == [
        ("b", "1500", "changed")
    ]
    assert {row["before"] for row in rows(run, "set", path)} == {"1500"}
    assert [row["state"] for row in rows(run, "set", path, "1600", "--take-over")] == [
        "changed"
    ] * 2
    assert {row["before"] for row in rows(run, "set", path)} == {"1600"}
    wrong = run("hr", "set", "kpis.retention.weight", "50%", "--json")
    assert "Some policies were left" in wrong.stderr
    assert [row["state"] for row in json.loads(wrong.stdout)] == ["faulty"] * 2
    assert run("hr", "set", "kpis.nothing.weight", "1%").exit_code == 1


def test_nobody_to_cover(run: Run) -> None:
    assert rows(run, "coverage", "--on", "2026-01-01", "--drafts", "--all") == []
