"""``kaoheng score`` and ``kaoheng rules``, as a person runs them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from admin.cli import main
from admin.cli.output import table_text, width
from admin.spreadsheet import guarded
from tests.engine.helping import POLICIES

HEADER = (
    "person,team,won_revenue,list_revenue,won_deals,lost_deals,closed_deals,won_days,"
    "new_customers_agent,revenue_target,deals_target"
)
ROWS = [
    "王芳,华东,80000,80000,30,20,50,1500,3,80000,30",
    "=1+1,华东,41889,39899,23,22,45,1378,0,80000,34",
]


def kaoheng(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env={"KAOHENG_LANGUAGE": "en"})


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.csv"
    path.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    return path


def test_score_prints_totals_and_grants(facts: Path) -> None:
    result = kaoheng("score", "sales-quarterly", "--facts", str(facts), "--json")
    assert result.exit_code == 0, result.output
    rows = {row["person"]: row for row in json.loads(result.stdout)}
    assert (rows["王芳"]["total"], rows["王芳"]["grade"], rows["王芳"]["coefficient"]) == (
        "100",
        "A",
        "1.2",
    )
    assert (
        rows["王芳"]["grants"] == "commission 950 USD (commission); bonus 2400 USD (quarter_bonus)"
    )


@pytest.mark.parametrize("ending", [".csv", ".json", ".xlsx"])
def test_out_writes_by_its_ending_and_no_cell_is_a_formula(facts: Path, ending: str) -> None:
    out = facts.with_name(f"out{ending}")
    assert (
        kaoheng("score", "sales-quarterly", "--facts", str(facts), "--out", str(out)).exit_code == 0
    )
    if ending == ".csv":
        people = [
            row["person"]
            for row in csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")))
        ]
    elif ending == ".json":
        people = [
            "'" + row["person"] if row["person"][0] == "=" else row["person"]
            for row in json.loads(out.read_text(encoding="utf-8"))
        ]
    else:
        sheet = openpyxl.load_workbook(out).active
        assert sheet is not None
        cells = [row[0] for row in sheet.iter_rows(min_row=2)]
        assert all(cell.data_type == "s" for cell in cells)
        people = [str(cell.value) for cell in cells]
    assert people == ["'=1+1", "王芳"]


def test_facts_come_from_a_workbook_or_from_json_as_well(facts: Path, tmp_path: Path) -> None:
    expected = kaoheng("score", "sales-quarterly", "--facts", str(facts), "--csv").stdout
    table = list(csv.DictReader(io.StringIO(facts.read_text(encoding="utf-8"))))
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEADER.split(","))
    for row in table:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row.values()])
        if row["person"].startswith("="):
            book.active.cell(book.active.max_row, 1).data_type = "s"
    book.save(tmp_path / "facts.xlsx")
    numbers = [
        {name: int(cell) if cell.isdigit() else cell for name, cell in row.items()} for row in table
    ]
    (tmp_path / "facts.json").write_text(json.dumps(numbers), encoding="utf-8")
    for name in ("facts.xlsx", "facts.json"):
        assert (
            kaoheng("score", "sales-quarterly", "--facts", str(tmp_path / name), "--csv").stdout
            == expected
        )


def test_explain_goes_from_the_grant_back_to_the_facts(facts: Path) -> None:
    shown = kaoheng("score", "sales-quarterly", "--facts", str(facts), "--explain", "王芳").stdout
    for part in (
        "= 80000 / 80000",
        "won_revenue.attainment = won_revenue.actual / won_revenue.target",
        "bonus for the quarter (quarter_bonus): holds",
        "✗ new_customers_agent.actual >= 5  [3 >= 5]  short by 2",
        "won_revenue",
        "2400",
        "What would change it",
        "Each figure alone, up to 3 times its target or 10 times itself.",
    ):
        assert part in shown


REFUSED = [
    ("no such file", None, "facts.csv: There is no file"),
    ("empty", "", "facts.csv"),
    ("not utf-8", HEADER.encode() + b"\n\xff\xfe\xff,T\n", "facts.csv"),
    (
        "a column renamed",
        HEADER.replace("won_days", "wondays") + "\n" + ROWS[0],
        "The column `won_days` is missing. Did you mean `wondays`?",
    ),
    (
        "not a number",
        "\n".join([HEADER, ROWS[0].replace("1500", "many")]),
        ":2 (won_days): `many` is not a number.",
    ),
    ("beyond bounds", "\n".join([HEADER, ROWS[0].replace("1500", "1e9")]), "`1e9` is not a number"),
    ("twice", "\n".join([HEADER, ROWS[0], ROWS[0]]), "`王芳` is in lines 2 and 3."),
]


@pytest.mark.parametrize(
    ("content", "said"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_bad_facts_are_refused_in_one_line_each(
    tmp_path: Path, content: str | bytes | None, said: str
) -> None:
    path = tmp_path / "facts.csv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = kaoheng(
        "score", "sales-quarterly", "--facts", str(path), "--out", str(tmp_path / "out.csv")
    )
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_workbook_that_unfolds_to_gigabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            bomb.writestr(name, "<x/>")
        with bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b" " * 1_000_000)
    result = kaoheng("score", "sales-quarterly", "--facts", str(path))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_json_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    for text in ("{", "[" * 100_000, "{}", "[1]", '[{"person": ["A"]}]', "[]"):
        path.write_text(text, encoding="utf-8")
        result = kaoheng("score", "sales-quarterly", "--facts", str(path))
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1), (text[:20], result.output)


def test_rules_facts_lists_what_score_wants() -> None:
    rows = json.loads(kaoheng("rules", "facts", "sales-quarterly", "--json").stdout)
    wanted = [row["column"] for row in rows if row["required"]]
    assert sorted(wanted) == sorted(HEADER.split(","))
    assert {row["column"]: row["meaning"] for row in rows}[
        "won_days"
    ] == "days from opening to winning"


def test_rules_check_tells_every_fault_of_a_file(tmp_path: Path) -> None:
    text = (POLICIES / "sales-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    assert kaoheng("rules", "check", str(path)).exit_code == 0
    path.write_text(
        text.replace("cap: 150", "capp: 150").replace("better: lower", "better: less"),
        encoding="utf-8",
    )
    result = kaoheng("rules", "check", str(path))
    assert (result.exit_code, result.stderr.count("\n")) == (1, 2)
    assert kaoheng("rules", "check", str(tmp_path / "none.yaml")).exit_code == 1


def test_rules_check_keeps_warnings_apart_from_errors(tmp_path: Path) -> None:
    text = (POLICIES / "sales-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    found = json.loads(kaoheng("rules", "check", str(path), "--json").stdout)
    assert found["errors"] == []
    unused = next(each for each in found["warnings"] if each["code"] == "lint.unused")
    assert (unused["line"], unused["column"], unused["path"]) == (13, 3, "measures.lost_deals")
    assert unused["message"] == "Nothing uses `lost_deals`, and it gives nothing."
    shown = kaoheng("rules", "check", str(path))
    assert f"policy.yaml:13:3 (measures.lost_deals): {unused['message']}" in shown.stdout
    assert kaoheng("rules", "check", str(path), "--strict").exit_code == 1
    path.write_text(text.replace("weight: 40%", "weight: 39%"), encoding="utf-8")
    refused = kaoheng("rules", "check", str(path), "--json")
    broken = json.loads(refused.stdout)
    assert (refused.exit_code, [each["code"] for each in broken["errors"]], broken["warnings"]) == (
        1,
        ["rules.weights"],
        [],
    )


def test_rules_test_says_what_no_case_reaches() -> None:
    found = json.loads(kaoheng("rules", "test", "sales-quarterly", "--json").stdout)
    assert (found["differences"], found["cases"]) == ([], 6)
    coverage = found["coverage"]
    assert coverage["branches"] == coverage["reached"] + len(coverage["unreached"])
    assert "rules.new_customer_award.when" in {each["path"] for each in coverage["unreached"]}
    shown = kaoheng("rules", "test", "sales-quarterly").stdout
    assert "In no case does `new_customer_award` hold." in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("考" * 40_000_000, "larger than 2000000 bytes"),
        ("language: 1".encode("utf-16"), "not in UTF-8"),
        ("name: 测试".encode("gbk"), "not in UTF-8"),
    ],
    ids=["120 MB", "utf-16", "gbk"],
)
def test_a_file_that_is_no_policy_text_is_refused(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    result = kaoheng("rules", "check", str(path))
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert said in result.stderr


def test_rules_test_exits_one_where_a_case_differs(tmp_path: Path) -> None:
    for name in ("policy.yaml", "cases.yaml"):
        text = (POLICIES / "managers-quarterly" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert kaoheng("rules", "test", str(tmp_path)).exit_code == 0
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        cases.read_text(encoding="utf-8").replace("bonus: 4800", "bonus: 1"), encoding="utf-8"
    )
    result = kaoheng("rules", "test", str(tmp_path), "--csv")
    assert (result.exit_code, result.stdout.splitlines()[1:]) == (
        1,
        ["on_target,5,M,grant bonus,1,4800"],
    )


@pytest.mark.parametrize(
    "arguments", [["score"], ["score", "x", "--facts"], ["nothing"], ["rules", "facts"]]
)
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    assert kaoheng(*arguments).exit_code == 2


def test_tables_align_for_wide_characters_and_cells_are_guarded() -> None:
    assert (
        table_text([{"a": "王芳", "b": 1}, {"a": "x", "b": None}], ["a", "b"])
        == "a     b\n王芳  1\nx\n"
    )
    assert width("王a") == 3
    assert [guarded(cell) for cell in ("=1", "-5", "-5x", "@a", "a")] == [
        "'=1",
        "-5",
        "'-5x",
        "'@a",
        "a",
    ]
