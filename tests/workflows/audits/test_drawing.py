"""A sample: shared out exactly, the same again with its seed, and nobody's to choose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflows.audits.drawing import draw, shared_out

SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), min_size=1)


@given(SIZES, st.integers(0, 300))
def test_the_sample_is_as_large_as_asked_and_in_proportion(
    sizes: dict[str, int], size: int
) -> None:
    counts = shared_out(sizes, size)
    everybody = sum(sizes.values())
    assert sum(counts.values()) == min(size, everybody)
    assert all(counts[name] <= count for name, count in sizes.items())
    filled = [name for name, count in sizes.items() if count]
    if size >= len(filled):
        assert all(counts[name] for name in filled)
        left, room = min(size, everybody) - len(filled), everybody - len(filled)
        for name in filled:
            quota = left * (sizes[name] - 1) / room if room else 0
            assert abs(counts[name] - 1 - quota) < 1


def test_a_seed_draws_the_same_again_whatever_the_order_and_another_draws_others() -> None:
    strata = {"east": [f"e{n}" for n in range(40)], "west": [f"w{n}" for n in range(20)]}
    turned = {name: list(reversed(ids)) for name, ids in reversed(strata.items())}
    first = draw(strata, 9, "seed")
    assert first == draw(turned, 9, "seed")
    assert {name: len(ids) for name, ids in first.items()} == {"east": 6, "west": 3}
    assert first != draw(strata, 9, "other")
    assert len(set(first["east"])) == 6


def test_a_larger_sample_of_the_same_seed_has_the_smaller_one_in_it() -> None:
    strata = {"all": [f"e{n}" for n in range(40)]}
    assert draw(strata, 10, "s")["all"][:5] == draw(strata, 5, "s")["all"]
