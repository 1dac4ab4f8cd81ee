"""Measures, targets, inputs and constants: the same names in every policy, drawn treatments."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.engine.drawn.words import NAME

RATIO_TREATMENTS = ["not_applicable"] * 3 + ["zero"] * 3 + ["pending", "refuse"]
INPUT_TREATMENTS = ["not_applicable", "not_applicable", "zero", "pending"]
LABEL_TREATMENTS = ["not_applicable", "pending"]


@st.composite
def figures(draw: st.DrawFn) -> str:
    ratio, growth = (draw(st.sampled_from(RATIO_TREATMENTS)) for _ in range(2))
    prorate = draw(st.sampled_from(["", ", prorate: true"]))
    round_to = draw(st.sampled_from(["1", "100", "0.01", "250"]))
    return f"""measures:
  won: {{{NAME}, records: deal, when: on, sum: amount, unit: money}}
  listed: {{{NAME}, records: deal, when: on, sum: price, unit: money}}
  deals: {{{NAME}, records: deal, when: on, count: records, unit: count}}
  closed: {{{NAME}, records: deal, when: on, count: records, unit: count}}
  days: {{{NAME}, records: deal, when: on, sum: {{days: [opened, on]}}, unit: days}}
  rate: {{{NAME}, ratio: [deals, closed], unit: ratio, if_zero: {ratio}}}
  price: {{{NAME}, ratio: [won, listed], unit: ratio}}
  cycle: {{{NAME}, ratio: [days, deals], unit: days}}
  growth: {{{NAME}, growth: [won, listed], unit: ratio, digits: 4, if_base: {growth}}}
targets:
  aim: {{{NAME}, unit: money, round_to: {round_to}{prorate}}}
  deal_aim: {{{NAME}, unit: count}}
inputs:
  survey: {{{NAME}, unit: points, min: 0, max: 120, if_missing: {_one(draw, INPUT_TREATMENTS)}}}
  market: {{{NAME}, unit: ratio, min: 0.5, max: 2, fixed: goals, {_market(draw)}}}
  region: {{{NAME}, unit: label, options: [north, south, east], \
if_missing: {_one(draw, LABEL_TREATMENTS)}}}
  city: {{{NAME}, unit: label, options: [beijing, shanghai, hefei], if_missing: not_applicable}}
  protection: {{{NAME}, unit: label, options: [pregnancy, injury], if_missing: not_applicable}}
  wage: {{{NAME}, unit: money, min: 0, if_missing: not_applicable}}
  loss: {{{NAME}, unit: money, min: 0, if_missing: zero}}
  before: {{{NAME}, unit: money, min: 0, default: 12000}}
constants:
  bonus: {{{NAME}, unit: money, value: 2000.5}}
  base: {{{NAME}, unit: money, values: [{{from: 2025-01-01, value: 1999}}, \
{{from: 2026-07-01, value: 2400.05, reference: minute 14}}]}}
  floor_pay: {{{NAME}, unit: money, by: city, values: [\
{{from: 2025-01-01, by: {{beijing: 2420, shanghai: 2690, hefei: 0}}}}, \
{{from: 2026-07-01, by: {{beijing: 2540, shanghai: 2740.5, hefei: 1}}}}]}}
"""


def _one(draw: st.DrawFn, options: list[str]) -> str:
    return draw(st.sampled_from(options))


def _market(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["default: 1", "if_missing: not_applicable"]))
