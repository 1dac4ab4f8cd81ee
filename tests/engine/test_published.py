"""Six published pay policies, every row of their worked examples exact."""

from __future__ import annotations

import csv
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engine.helping import scored, version

FOLDER = Path(__file__).parent / "published"
DATA = os.environ.get("KAOHENG_REAL_DATA")
# The textbook's problems are one policy each; the cases name them by their first letter.
TEXTBOOK = "28"


def cases() -> list[dict[str, str]]:
    if not DATA:
        return []
    with (Path(DATA) / "policies" / "cases.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def file_of(case: dict[str, str]) -> Path:
    letter = "f0" if case["case"] == "f0" else case["case"][0]
    return FOLDER / f"{case['policy']}{letter if case['policy'] == TEXTBOOK else ''}.yaml"


@pytest.mark.skipif(not DATA, reason="KAOHENG_REAL_DATA names no folder with the published cases")
def test_every_published_case_is_exact() -> None:
    found = {}
    for case in cases():
        facts = {
            "person": "P",
            **{
                name: str(value)
                for name, value in json.loads(case["input"], parse_float=str, parse_int=str).items()
            },
        }
        pay = scored(version(file_of(case).read_text(encoding="utf-8")), [facts]).frame["pay"][0]
        found[case["policy"], case["case"]] = (pay, Decimal(case["expected"]))
    assert len(found) == 48
    assert {key: pair for key, pair in found.items() if pair[0] != pair[1]} == {}


# The same policies at amounts worked by hand here, so that they are held without the data.
BY_HAND = [
    ("01", {"score": "60", "perf_base": "1500"}, "900"),
    ("01", {"score": "59.99", "perf_base": "1500", "base": "3500"}, "3500"),
    ("01", {"score": "89.5", "perf_base": "1500"}, "1342.5"),
    ("01", {"score": "100.01", "perf_base": "1500"}, "1500.3"),
    ("06", {"sales": "80000.01"}, "1200.0002"),
    ("06", {"sales": "120000"}, "2100"),
    ("06", {"sales": "-1"}, "0"),
    ("07", {"profit": "800000"}, "36500"),
    ("23", {"sales": "540000"}, "10580"),
    ("24", {"sales": "750.01"}, "27.5"),
    ("28a", {"sales": "80000"}, "20250"),
    ("28c", {"sales": "15000", "base": "452"}, "452"),
    ("28h", {"amount": "70001", "deduction": "10000"}, "15000.5"),
]


@pytest.mark.parametrize(("name", "facts", "expected"), BY_HAND)
def test_a_published_policy_by_hand(name: str, facts: dict[str, str], expected: str) -> None:
    result = scored(
        version((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")), [{"person": "P", **facts}]
    )
    assert result.frame["pay"][0] == Decimal(expected)
