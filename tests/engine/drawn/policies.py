"""Whole policies: the sections that the other modules draw, put together."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.engine.drawn.figures import figures
from tests.engine.drawn.rewards import pools, rules, steps
from tests.engine.drawn.scorecards import scorecards, verdicts
from tests.engine.helping import policy

# Currencies by the decimals of their minor unit.
PRESENCE = (
    "",
    "",
    "presence: {least_days: 30}\n",
    "presence: {segments: true}\n",
    "presence: {least_days: 30, segments: true}\n",
)
CURRENCIES = {"CNY": 2, "JPY": 0, "KWD": 3}


@st.composite
def policies(draw: st.DrawFn, *, within: bool = False) -> str:
    """Draw a policy; ``within`` leaves out what looks further than the team."""
    currency = draw(st.sampled_from([*["CNY"] * 4, "JPY", "KWD"]))
    body, actuals = draw(scorecards())
    if within:
        body = body.replace(", normalise: true", "")
    triggers = ["team.won >= team.aim", "team.deals > 10 or team.won >= 30000"]
    if "won" in actuals and "target: aim" in body:
        triggers = [f"team.k{actuals.index('won')}.attainment >= 120%"]
    least = draw(st.sampled_from(PRESENCE[: 3 if within else 5]))
    places = min(CURRENCIES[currency], draw(st.integers(0, 3)))
    rounding = (
        f"rounding: {{attainment: {draw(st.integers(2, 6))}, points: {draw(st.integers(0, 4))}, "
        f"total: {draw(st.integers(0, 3))}, money: {places}}}\n"
    )
    return policy(
        draw(figures())
        + body
        + least
        + rounding
        + draw(verdicts())
        + draw(rules())
        + draw(steps(within=within))
        + draw(pools(triggers)),
        currency,
    )
