"""Conditions, amounts and scores to draw from; what is early may decide what is scored."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

NAME = "name: {zh: 名, en: name}"
EARLY = (
    "won >= aim",
    "won == aim",
    "deals < 5",
    "not deals < 5",
    "rate > 0.5",
    "not rate > 0.5",
    "cycle <= 50",
    "won / 3 >= 1000",
    "known(survey)",
    "not known(survey)",
    "survey >= 60",
    "growth > 0",
    "not growth > 0",
    "region == north",
    "region in [south]",
    "region not in [south, east]",
    "market < 1",
    "max(won, listed) > aim and min(deals, closed) <= 3",
)
LATE = (
    *EARLY,
    "total >= 100",
    "total * 3 == 300",
    "known(total)",
    "grade in [S, A]",
    "grade != D",
    "coefficient >= 1",
    "low",
    "not low",
    "place <= 2",
    "not place > 1",
    "k0.points >= 60",
    "mixed >= 50",
)
AMOUNTS = (
    "bonus * coefficient",
    "won * 1.5%",
    "divide(won, deals, 0) * 2",
    "bonus * total / 100",
    "max(won - aim, 0) * coefficient",
    "if(low, 1, 2.005) * bonus",
    "base / 7 + floor_pay",
    "min(clamp(won, 100, aim), bonus) - 0.005",
    "floor(deals / 2) * 10.005 + ceil(survey / 7) * bonus",
    "abs(won - listed) * 0.5%",
    "if(known(place), bonus / 3, 0.005)",
    "loss",
    "before / 2",
    "if(place <= 2, bonus / 4, base)",
)
SCORES = (
    "attainment",
    "clamp(attainment * 100, 10, 115)",
    "if(attainment >= 1, 100, if(attainment >= 0.5, 60.005, -attainment * 3))",
    "round(attainment * 33.335, 1) + max(attainment, 0.3) / 7",
    "100 - abs(attainment - 1) * 250",
    "floor(attainment * 10) * 7 - ceil(attainment / 3)",
    "if(low, attainment * 50, attainment * 100)",
)


def conditions(of: Sequence[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(of),
        lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
            lambda terms: st.sampled_from(
                [f"({' and '.join(terms)})", f"({' or '.join(terms)})", f"not ({terms[0]})"]
            )
        ),
        max_leaves=4,
    )


EARLY_CONDITIONS = conditions(EARLY)
CONDITIONS = conditions(LATE)
