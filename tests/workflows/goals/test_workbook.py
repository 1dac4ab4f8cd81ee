"""A year's targets out to Excel and back: the identity, every wrong cell named, all or nothing."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import KaohengError
from tests.organisation import NOW
from tests.workflows.goals.test_tree import CENT, CUT, trees
from tests.workflows.goals.world import CODE, LINES, YEAR, Year
from workflows.goals.cutting import Way
from workflows.goals.exchange import export_goals, import_goals
from workflows.goals.grid import leaves_of, pasted, rows_of, take_months
from workflows.goals.plans import find_plan
from workflows.goals.recutting import recut
from workflows.goals.store import Tree
from workflows.goals.tables import Goal, GoalNode, GoalPlan, GoalVersion
from workflows.goals.workbook import read_goals, workbook_of
from workflows.org.tables import Person


def lined(year: Year) -> None:
    year.begin()
    year.cascade()
    year.split("person", Way("line", "ratio", parts=LINES))


def exported(year: Year) -> bytes:
    with year.write() as session:
        return export_goals(session, year.hr, year.version(session), "zh")


def send(year: Year, data: bytes, **more: object) -> int:
    with year.write() as session:
        return import_goals(
            session, year.hr, NOW, find_plan(session, year.hr, YEAR), year.version(session),
            read_goals(data, "目标.xlsx"), file="目标.xlsx", **more,  # type: ignore[arg-type]
        )  # fmt: skip


def edited(data: bytes, **cells: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for cell, value in cells.items():
        book[CODE][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_what_goes_out_comes_back_the_same_and_changes_nothing(year: Year) -> None:
    lined(year)
    data = exported(year)
    sheet = openpyxl.load_workbook(io.BytesIO(data))[CODE]
    assert [sheet.cell(2, n).value for n in (1, 3, 4, 15)] == [
        "工号",
        "产品线或客户群",
        "1月",
        "12月",
    ]
    assert (sheet["A3"].value, sheet["C3"].value, sheet["D3"].value) == ("S11", "软件", 55556)
    assert send(year, data) == 0
    with year.write() as session:
        assert year.version(session).version == 5


def test_figures_from_a_workbook_reconcile_or_the_reserve_takes_the_difference(year: Year) -> None:
    lined(year)
    data = exported(year)
    moved = edited(data, D3=55_556 - 5_556, D5=55_556 + 5_556)  # from S11 to S12
    assert send(year, moved) == 2
    with year.write() as session:
        found = year.amounts(session)
        assert (found["S11"], found["S12"], found["east-1"]) == (994_444, 1_005_556, 2_000_000)
    with pytest.raises(KaohengError, match="since the sheet"):
        send(year, data)
    assert send(year, data, over=True) == 2
    lowered = edited(exported(year), D3=0)
    with pytest.raises(KaohengError) as refused:
        send(year, lowered)
    assert [fault.params["name"] for fault in refused.value.faults] == ["east-1"]
    assert send(year, lowered, taken="reserve") == 1


def test_every_wrong_cell_is_named_and_nothing_is_taken(year: Year) -> None:
    lined(year)
    before = exported(year)
    wrong = edited(before, D3="many", E4=-1, A5="S99", C6="硬件", F7=Decimal("0.5"), A9="S11")
    with pytest.raises(KaohengError) as refused:
        send(year, wrong)
    assert [str(fault.place) for fault in refused.value.faults] == [
        f"目标.xlsx {CODE}!{cell}" for cell in ("A5", "A9", "C6", "D3", "E4", "F7")
    ]
    assert exported(year)[:4] == before[:4]
    with year.write() as session:
        assert year.amounts(session)["S11"] == 1_000_000
    with pytest.raises(KaohengError, match="not an Excel"):
        send(year, b"none")
    for cells in ({"A1": "other"}, {"B1": "²"}, {"D1": "9" * 5000}):
        with pytest.raises(KaohengError, match="not a workbook of a goal plan"):
            send(year, edited(before, **cells))


def test_a_block_can_be_pasted(year: Year) -> None:
    lined(year)
    header = "\t".join(["工号", "姓名", "产品线", *(f"{n}月" for n in range(1, 13))])
    block = "\r\n".join(
        [
            header,
            "\t".join(["S11", "姓名S11", "软件", *["60,000"] * 12]),
            "\t".join(["S12", "姓名S12", "软件", *["５００００"] * 12]),
        ]
    )
    with year.write() as session:
        tree = year.tree(session)
        leaves = leaves_of(tree, pasted(tree, block))
        assert take_months(session, year.hr, NOW, tree, leaves, taken="reserve") == 2
    with year.write() as session:
        tree = year.tree(session)
        found = year.amounts(session)
        assert (found["S11/软件"], found["S12/软件"]) == (720_000, 600_000)
        with pytest.raises(KaohengError) as refused:
            leaves_of(tree, pasted(tree, block.replace("60,000", "sixty", 1)))
        assert str(refused.value.faults[0].place) == "2:4"
        with pytest.raises(KaohengError, match="cells"):
            pasted(tree, "S11\t1\t2")


@given(trees(), st.decimals(0, 10**7, places=2))
def test_export_then_import_is_the_identity(root: object, amount: Decimal) -> None:
    try:
        root = recut(root, amount, CUT)  # type: ignore[arg-type]
    except KaohengError:
        return
    goal = Goal(code="g", title="G", round_to=CENT, adds=True, plan=GoalPlan(year=YEAR))
    rows = {
        node.key: GoalNode(
            id=node.key,
            label=f"L{node.key}" if node.kind == "line" else None,
            person=Person(code=f"P{node.key}", name="N") if node.personal else None,
        )
        for node in root.walk()
    }
    tree = Tree(GoalVersion(seq=1, version=0), goal, root, rows)
    (sheet,) = read_goals(workbook_of([tree], "en"), "f.xlsx")
    if rows_of(tree):
        assert leaves_of(tree, sheet.rows) == {row.key: row.months for row in rows_of(tree)}
