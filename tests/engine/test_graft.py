"""Whole entries put into a rule file's text: what was there stays byte for byte."""

from __future__ import annotations

import pytest

from engine.errors import KaohengError
from engine.reader import read
from engine.sheets.graft import block_of, grafted
from tests.engine.helping import POLICIES

BLOCK = "visits:\n  # 每次拜访都算\n  name: {zh: 拜访, en: visits}\n  unit: count"
PLAIN = {"visits": {"name": {"zh": "拜访", "en": "visits"}, "unit": "count"}}
HEAD = "language: 1\npolicy: p\n"
TEXTS = {
    "block": f"{HEAD}inputs:\n    a: {{unit: count}}  # 甲\n# 尾\nkpis: {{}}\n",
    "flow": f"{HEAD}inputs: {{a: {{unit: count}}}}  # 甲\nkpis: {{}}\n",
    "empty": f"{HEAD}inputs: {{}}\nkpis: {{}}\n",
    "missing": f"{HEAD}measures:\n  m: {{unit: count}}\n\nkpis: {{}}\n",
    "nothing after": f"{HEAD}inputs:\n  a: {{unit: count}}",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_an_entry_is_added_and_the_rest_stays(text: str) -> None:
    found = grafted(text, "inputs", "visits", BLOCK)
    before = read(text, "").root.plain()
    assert read(found, "").root.plain() == {
        **before,
        "inputs": {**(before.get("inputs") or {}), **PLAIN},
    }
    kept = [line for line in text.splitlines() if line and not line.startswith("inputs: {")]
    assert [line for line in found.splitlines() if line in kept] == kept


def test_a_section_begins_where_a_policy_has_it() -> None:
    found = grafted(TEXTS["missing"], "inputs", "visits", BLOCK)
    assert found.index("measures:") < found.index("inputs:") < found.index("kpis:")
    assert "# 每次拜访都算" in found


def test_what_is_there_is_not_written_over() -> None:
    with pytest.raises(KaohengError, match="cannot be written"):
        grafted(TEXTS["block"], "inputs", "a", "a: {unit: ratio}")


def test_an_entry_is_taken_as_it_is_written() -> None:
    text = (POLICIES / "demo-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    kpis = read(text, "").root.child("kpis")
    assert kpis
    block = block_of(text, kpis[1], "revenue")
    assert block.splitlines()[:2] == [
        "revenue:",
        "  name: {zh: 成交金额达成, en: Revenue against target}",
    ]
    assert block.splitlines()[-1] == "  cap: 130"
