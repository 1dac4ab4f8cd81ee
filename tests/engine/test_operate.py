"""Every operation that a form offers is done, and leaves a text that still has its form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.errors import KaohengError
from engine.policies import load
from engine.reader import read
from engine.sheets.editable import sheet
from engine.sheets.operate import Operation, operated
from engine.sheets.parts import Field, Grid
from tests.engine.helping import POLICIES

SHIPPED = [file.read_text(encoding="utf-8") for file in sorted(POLICIES.glob("*/policy.yaml"))]
TEXT = (POLICIES / "sales-quarterly" / "policy.yaml").read_text(encoding="utf-8")


def offered(text: str) -> Iterator[Operation]:
    for each in sheet(read(text, "")).walk():
        if isinstance(each, Field):
            continue
        for handle in (each, *(each.lines if isinstance(each, Grid) else ())):
            yield from (
                Operation(op, handle.name, "2030-Q1" if op == "enter" else "") for op in handle.ops
            )
            for op in ("part", "form"):
                options = getattr(handle, f"{op}s", ())
                yield from (Operation(op, handle.name, option.value) for option in options)


def codes(text: str) -> set[str]:
    try:
        load(text, "policy.yaml")
    except KaohengError as error:
        return {fault.code for fault in error.faults}
    return set()


# What an operation may leave to be mended: sums, order, what was used and is gone.
def test_every_operation_that_is_offered_is_done() -> None:
    for text in SHIPPED:
        for wanted in offered(text):
            after = operated(text, wanted)
            assert sheet(read(after.text, "")).sections, wanted


# operation → the faults that are left for people to mend
BEGUN: dict[str, tuple[Operation, set[str]]] = {
    "a KPI": (Operation("enter", "kpis", "回款额"), set()),
    "a rule": (Operation("enter", "rules", "season bonus"), set()),
    "a step": (Operation("enter", "steps", "补贴"), set()),
    "a veto": (Operation("enter", "vetoes", "造假"), set()),
    "a pool": (Operation("enter", "pools", "二组"), set()),
    "a measure": (Operation("enter", "measures", "报价数"), set()),
    "a target": (Operation("enter", "targets", "目标"), set()),
    "an input": (Operation("enter", "inputs", "满意度"), set()),
    "a constant": (Operation("enter", "constants", "基数"), set()),
    "a dimension": (
        Operation("enter", "dimensions", "业绩"),
        {"rules.kpi_dimension", "rules.dimension_empty", "rules.weights"},
    ),
    "another condition": (Operation("add", "rules.new_customer_award.when"), set()),
    "one more of several": (Operation("add", "rules.quarter_bonus.when"), set()),
    "an action": (Operation("add", "rules.low_rate.then"), set()),
    "a payout": (Operation("part", "rules.quarter_bonus.then.0", "payout"), set()),
    "decimals": (Operation("part", "steps.commission", "digits"), set()),
    "any instead of all": (Operation("form", "rules.quarter_bonus.when", "any"), set()),
    "not": (Operation("form", "rules.quarter_bonus.when", "not"), set()),
    "a formula": (Operation("form", "kpis.won_revenue.score", "formula"), set()),
    "anchors": (Operation("form", "kpis.won_revenue.score", "anchors"), {"rules.anchor"}),
    "for each unit": (Operation("form", "kpis.won_revenue.score", "each"), set()),
    "all or nothing": (Operation("form", "kpis.won_revenue.score", "reached"), set()),
    "a line": (Operation("form", "kpis.won_revenue.score", "interpolate"), set()),
    "steps": (Operation("form", "kpis.won_revenue.score", "steps"), set()),
    "a grid": (Operation("form", "kpis.won_revenue.score", "grid"), set()),
    "a decision": (Operation("form", "kpis.won_revenue.score", "decide"), set()),
    "whole tiers": (Operation("form", "steps.full_commission.table", "whole"), set()),
    "a cliff": (Operation("form", "steps.full_commission.table", "cliff"), set()),
}


@pytest.mark.parametrize("name", BEGUN)
def test_what_is_begun_is_right_as_far_as_it_can_be(name: str) -> None:
    wanted, left = BEGUN[name]
    after = operated(TEXT, wanted).text
    assert after != TEXT
    assert codes(after) <= left


def test_what_the_form_does_not_offer_is_refused() -> None:
    for wanted in (
        Operation("remove", "kpis"),
        Operation("part", "kpis.win_rate", "secret"),
        Operation("up", "nobody"),
        Operation("enter", "kpis", " "),
    ):
        with pytest.raises(KaohengError):
            operated(TEXT, wanted)


def test_a_new_entry_has_a_name_of_its_own() -> None:
    assert operated(TEXT, Operation("enter", "kpis", "Win rate")).path == ("kpis", "win_rate_2")
    assert operated(TEXT, Operation("enter", "rules", "奖金")).path == ("rules", "rule_1")
    assert operated(TEXT, Operation("copy", "kpis.win_rate")).path == ("kpis", "win_rate_2")
