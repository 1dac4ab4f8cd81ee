"""The examples of the rule language are policies that compute."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cases import load_cases, run_cases
from engine.compile import compile_policy
from engine.policies import load

PAGE = Path(__file__).parent.parent.parent / "docs/rules.md"
TEXT = PAGE.read_text(encoding="utf-8")
POLICIES = re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("text", POLICIES)
def test_an_example_is_a_policy_and_its_case_holds(text: str) -> None:
    version = compile_policy(load(text, PAGE.name))
    found = re.search(r"^```\n(cases:.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
    assert found
    cases = load_cases(f"language: 1\npolicy: small\n{found[1]}", PAGE.name)
    assert run_cases(version, cases) == []
