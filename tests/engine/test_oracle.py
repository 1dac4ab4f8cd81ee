"""Random policies over random facts: the engine and the oracle agree on every value."""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import given, settings

from engine.canonical import canonical_text, digest, from_canonical
from engine.telling.difference import differences
from tests.engine.drawn.people import people
from tests.engine.drawn.policies import policies
from tests.engine.drawn.scopes import ONCE, SEEDS, read
from tests.engine.oracle.comparing import disagreements

LONG = bool(os.environ.get("KAOHENG_TEST_LONG"))
ROWS = 50_000 if LONG else 5_000
AT_ONCE = 17  # people compared with a policy, once those whose facts are refused have gone


def test_engine_and_oracle_agree() -> None:
    counts: Counter[str] = Counter()

    @settings(ONCE, max_examples=ROWS // AT_ONCE * 3 // 2)
    @given(policies(), SEEDS)
    def agree(text: str, seeds: list[int]) -> None:
        policy = read(text)
        if policy is None or counts["rows"] >= ROWS:
            return
        found, compared = disagreements(policy, people(policy, seeds))
        assert found == [], text
        counts["rows"] += compared

    agree()
    assert counts["rows"] >= ROWS


@settings(ONCE, max_examples=60)
@given(policies())
def test_the_canonical_form_is_the_policy(text: str) -> None:
    policy = read(text)
    if policy is not None:
        again = from_canonical(canonical_text(policy))
        assert again == policy
        assert digest(again) == digest(policy)
        assert not differences(again, policy)
