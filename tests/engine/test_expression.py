"""Formulas read and written: the text that is spelt parses to the same tree."""

from __future__ import annotations

import pytest

from engine.language.expression import Compare, Member, Name, Text, parse
from engine.language.wording import spell

SPELT = [
    "a + b * c - d / 2",
    "(a + b) * (c - -d)",
    "a - (b - c)",
    "a / (b / c)",
    "not (a > 1 and b <= 2) or c != 3",
    "min(a, max(b, 1), 40%)",
    "if(known(a), round(a, 2), 0)",
    "grade in [S, 'A+']",
    "grade not in [良]",
    "grade == 'A+'",
    'grade == "it\'s"',
]


@pytest.mark.parametrize("text", SPELT)
def test_what_is_spelt_is_what_was_read(text: str) -> None:
    read = parse(text.replace("[良]", "['良']"))
    assert parse(spell(read)) == read


def test_a_text_is_all_of_what_stands_between_its_quotes() -> None:
    assert parse("grade == 'A+'") == Compare("==", Name("grade"), Text("A+"))
    assert parse("grade in ['A+', B]") == Member(Name("grade"), ("A+", "B"))
