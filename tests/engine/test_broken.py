"""Broken rule files: every one is refused, at the right place, with something to do, and soon."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import Fault, KaohengError
from engine.policies import load
from engine.text import decoded
from tests.engine.broken.bombs import BASE, BOMBS, step
from tests.engine.broken.table import TABLE, Row
from tests.engine.helping import scored, version
from tests.engine.measured import Cost, costs

MARK = "§"
SECONDS, MEGABYTES = 2, 200


def broken(row: Row) -> tuple[str, int, int]:
    """Return the text of a row of the table, and the line and column that it marks."""
    text = BASE
    for old, new in zip(row[2::2], row[3::2], strict=True):
        assert old in text, f"the base has no {old!r}"
        text = text.replace(old, new, 1)
    assert text.count(MARK) == 1
    before = text[: text.index(MARK)]
    return text.replace(MARK, ""), before.count("\n") + 1, len(before) - before.rfind("\n")


def faults(text: str) -> tuple[Fault, ...]:
    try:
        load(text, "policy.yaml")
    except KaohengError as error:
        return error.faults
    return ()


def told(make: Callable[[], str]) -> list[tuple[str, int | None]]:
    """What a child says of a file: codes and lines, for a parent that only reads."""
    return [(fault.code, fault.place.line) for fault in faults(make())]


def told_of_row(number: int) -> list[tuple[str, int | None]]:
    return told(lambda: broken(TABLE[number])[0])


def told_of_bomb(number: int) -> list[tuple[str, int | None]]:
    return told(BOMBS[number][1])


def cheap(cost: Cost) -> bool:
    return cost.seconds < SECONDS and (cost.megabytes is None or cost.megabytes < MEGABYTES)


def test_the_base_is_right() -> None:
    assert faults(BASE) == ()
    assert len(TABLE) >= 200


@pytest.mark.parametrize("row", TABLE, ids=[" ".join(row[3].split())[:40] for row in TABLE])
def test_the_one_fault_is_told_where_it_is_and_with_what_to_do(row: Row) -> None:
    text, line, column = broken(row)
    found = faults(text)
    assert [(each.code, each.place.line, each.place.column) for each in found] == [
        (row[0], line, column)
    ], [str(each) for each in found]
    assert row[1] in str(found[0])
    assert found[0].remedy


def test_no_broken_file_costs_much() -> None:
    found = costs(told_of_row, [(number,) for number in range(len(TABLE))])
    assert [TABLE[n] for n, cost in enumerate(found) if not cheap(cost)] == []


def test_no_bomb_costs_much() -> None:
    found = costs(told_of_bomb, [(number,) for number in range(len(BOMBS))])
    assert {
        name: cost
        for (name, _, code, line), cost in zip(BOMBS, found, strict=True)
        if not cheap(cost) or (code, line) not in cost.result or len(cost.result) > 1_000
    } == {}


# The most that a formula may ask for is still computed at once.
ALLOWED = [
    "abs(-" * 19 + "win_rate" + ")" * 19,
    "divide(1, " * 30 + "win_rate" + ", 0)" * 30,
    "min(win_rate, " * 30 + "won" + ")" * 30,
    "if(win_rate > 1, win_rate, " * 30 + "won" + ")" * 30,
    "clamp(" * 30 + "win_rate" + ", 0, won)" * 30,
    "round(" * 30 + "win_rate" + ", 2)" * 30,
    "max(" + ", ".join(["win_rate"] * 20) + ")",
    "won" + "+won*2" * 90,
]


def computed(formula: str) -> int:
    policy = version(step(formula))
    row = {fact.name: "2" for fact in policy.facts if fact.type != "text"}
    return scored(policy, [{**row, "person": "P", "team": "T"}]).frame.height


@pytest.mark.parametrize("formula", ALLOWED, ids=[each[:20] for each in ALLOWED])
def test_what_a_formula_may_ask_for_is_computed_soon(formula: str) -> None:
    (cost,) = costs(computed, [(formula,)])
    assert cost.result == 1
    assert cost.seconds < SECONDS


BYTES = [
    (b"language: 1\npolicy: \xb7\xbd\xb0\xb8\n", "rules.encoding", 2),
    ("language: 1\n".encode("utf-16"), "rules.encoding", 1),
    (b"language: 1\nname: \xe9t\xe9\n", "rules.encoding", 2),
    (b"a: \xed\xa0\x80\n", "rules.encoding", 1),
    (b"# x\r\n# x\r\na: \xc0\xaf\n", "rules.encoding", 3),
    (b"x" * 2_000_001, "rules.too_large", 1),
]


@pytest.mark.parametrize(
    ("data", "code", "line"), BYTES, ids=[str(data[:20]) for data, *_ in BYTES]
)
def test_bytes_that_are_no_text(data: bytes, code: str, line: int) -> None:
    with pytest.raises(KaohengError) as caught:
        decoded(data, "policy.yaml")
    (fault,) = caught.value.faults
    assert (fault.code, fault.place.line) == (code, line)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n"], ids=["CRLF", "CR", "blank lines"])
def test_lines_are_counted_however_they_end(end: str) -> None:
    text = BASE.replace("weight: 70%", "weight: 69 %").replace("\n", end)
    (fault,) = faults(text)
    line = BASE[: BASE.index("weight: 70%")].count("\n")
    assert fault.place.line == line * (2 if end == "\n\n" else 1) + 1
    tabbed = text.replace("69 %", "\t69%")
    assert [each.place.line for each in faults(tabbed)] == [fault.place.line]


def test_a_byte_order_mark_moves_nothing() -> None:
    (fault,) = faults(
        "\ufeff" + BASE.replace("# The", "language: 2\n# The").replace("\nlanguage: 1", "")
    )
    assert (fault.place.line, fault.place.column) == (1, 11)
