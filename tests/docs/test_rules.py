"""The examples of the rule language are policies that compute."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cases import load_cases, run_cases
from engine.compile import compile_policy
from engine.policies import load
from tests.docs.examples import Example, examples, run

PAGE = Path(__file__).parent.parent.parent / "docs/rules.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = examples(TEXT)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"line {each.line}" for each in EXAMPLES])
def test_an_example_gives_what_the_page_says(example: Example) -> None:
    assert run(example) == []


def test_the_cases_file_of_the_page_holds_for_its_whole_policy() -> None:
    found = re.search(r"^```\n(cases:.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
    assert found
    cases = load_cases(f"language: 1\npolicy: small\n{found[1]}", PAGE.name)
    assert run_cases(compile_policy(load(EXAMPLES[0].policy, PAGE.name)), cases) == []


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.cases][:1])
def test_a_wrong_case_is_told(example: Example) -> None:
    wrong = re.sub(r"(expect: \{[\w.]+: )[\d.]+", r"\g<1>123456789", example.cases, count=1)
    (difference,) = run(replace(example, cases=wrong))
    assert difference.expected == "123456789"
