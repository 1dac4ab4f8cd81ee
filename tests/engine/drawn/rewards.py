"""Steps, rules, guardrails and pools: what follows from scores."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from tests.engine.drawn.words import AMOUNTS, CONDITIONS, EARLY_CONDITIONS, NAME

TABLES = (
    "{of: won, above: aim, cliff: [{from: 30000, rate: 10%}, {rate: 1%}]}",
    "{of: won, after: before, "
    "marginal: [{to: 10000, rate: 3%}, {to: 30000.5, rate: 1.25%}, {rate: 1%}]}",
    "{of: won - aim, after: aim, "
    "marginal: [{from: 30000, rate: 1%}, {from: 10000, rate: 2%}, {rate: 0}]}",
    "{of: won, whole: [{above: 30000, rate: 2%}, {above: 10000, rate: 1%}, {rate: 0}]}",
    "{of: won / 3, whole: [{below: 5000, rate: 1%}, {below: 10000, rate: 2%}, {rate: 3%}]}",
    "{of: won, before: 0, interpolate: [[aim, 60], [listed, 100 + coefficient], [36000, 110]]}",
    "{of: rate, interpolate: [[1, 0], [50%, 60], [0, 100]]}",
    "{of: deals, each: 12.345, per: 2, over: 3, whole: true}",
    "{of: deals, each: -7, per: 3, under: closed, start: 50}",
    "{grid: [{of: rate, from: [50%, 1]}, {of: grade, labels: [A, S]}], "
    "values: [[1, 2], [3.5, 4], [5, 6]]}",
    "{grid: [{of: region, labels: [north, south]}, {of: total, below: [60, 100]}], "
    "values: [[1, 2, 3], [4, 5, 6.005]]}",
    "{grid: [{of: won, above: [10000, 30000]}, {of: deals, to: [2]}, {of: price, below: [1]}], "
    "values: [[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12.25]]]}",
    "{decide: first, rows: [{when: CONDITION, value: AMOUNT}, {when: low, value: won / 7}]}",
    "{decide: unique, rows: [{when: deals < 3, value: AMOUNT}, {when: deals >= 5, value: 7}, "
    "{value: bonus}]}",
    "{decide: collect, collect: sum, rows: [{when: CONDITION, value: AMOUNT}, "
    "{when: won >= aim, value: 7}]}",
    "{decide: collect, collect: max, rows: [{when: CONDITION, value: round(AMOUNT, 2)}, "
    "{when: won >= aim, value: bonus * 1.5}, {when: deals > 3, value: won}]}",
    "{decide: collect, collect: min, rows: [{when: CONDITION, value: round(AMOUNT, 3)}, "
    "{when: won >= aim, value: bonus * 1.5}, {value: 1}]}",
    "{decide: collect, collect: count, rows: [{when: CONDITION}, {when: won >= aim}]}",
)
EARLY_TABLES = (
    "formula: 'if(low, 40, 75.005)'",
    "formula: survey / 3 + deals / 7",
    "table: {of: rate, interpolate: [[0, 10], [50%, 60], [1, 100]]}",
    "table: {decide: first, rows: [{when: low and deals > 2, value: 120}, {value: survey}]}",
    "table: {of: deals, steps: [{from: 5, value: 100}, {from: 2, value: 50}, {value: 0}]}",
)
PAYOUTS = (
    "",
    ", payout: [{share: 70%}, {share: 30%, after_months: 6}]",
    ", payout: [{share: 33.3333%}, {share: 33.3333%, after_months: 1}, "
    "{share: 33.3334%, after_months: 2}]",
    ", payout: [{share: 0}, {share: 100%, after_months: 12}]",
)
FUNDS = (
    "5% * team.won",
    "100.01",
    "100",
    "team.won - team.aim",
    "if(team.deals >= 20, 1000, team.size * 7)",
)
TAKES = ("sum", "mean", "min", "max", "count", "rank", "share")


@st.composite
def looks(draw: st.DrawFn, *, early: bool, within: bool) -> str:
    """Draw a look over people; ``within`` keeps it in the team."""
    of = draw(
        st.sampled_from(["won", "deals", "survey", *([] if early else ["total", "k0.points"])])
    )
    take = draw(st.sampled_from(TAKES))
    among = "team" if within else draw(st.sampled_from(["all", "team", "region"]))
    where = draw(EARLY_CONDITIONS if early else CONDITIONS.filter(lambda text: "place" not in text))
    return (
        f"{{take: {take}, of: {of}, among: {among}"
        + draw(st.sampled_from(["", f', where: "{where}"']))
        + draw(st.sampled_from(["}", ", best: lowest}", ", ties: dense}"]))
    )


@st.composite
def steps(draw: st.DrawFn, *, within: bool) -> str:
    """Draw the steps; ``mixed`` is what KPIs may measure, ``place`` what conditions ask for."""
    mixed = draw(
        st.sampled_from(EARLY_TABLES)
        | looks(early=True, within=within).map(lambda over: f"over: {over}")
    )
    among = "team" if within else draw(st.sampled_from(["all", "team", "region"]))
    ranked = draw(st.sampled_from(["total", "won", "k0.points"]))
    kind = draw(st.sampled_from(["marginal", "whole"]))
    tiers = (
        f"{kind}: [{{to: 10000, rate: 1%}}, {{to: 30000.5, rate: 1.25%}}, "
        f"{{rate: {draw(st.integers(0, 3))}%}}]"
    )
    text = (
        f"steps:\n  mixed: {{{NAME}, unit: number, digits: {draw(st.integers(0, 4))}, {mixed}}}\n"
        f"  place: {{{NAME}, unit: count, over: {{take: rank, of: {ranked}, among: {among}, "
        f"ties: {draw(st.sampled_from(['competition', 'dense']))}}}}}\n"
        f"  tiers: {{{NAME}, unit: money, table: {{of: won, {tiers}}}}}\n"
        f"  pay: {{{NAME}, unit: money, grant: commission{draw(st.sampled_from(PAYOUTS))}, "
        f'formula: "{draw(st.sampled_from(AMOUNTS))} + if(low, tiers * 0.8, tiers)"}}\n'
        f"  seen: {{{NAME}, unit: number, digits: 3, "
        f"over: {draw(looks(early=False, within=within))}}}\n"
    )
    for number in range(2):
        table = draw(st.sampled_from(TABLES)).replace("CONDITION", f'"{draw(CONDITIONS)}"')
        amount = draw(st.sampled_from(AMOUNTS))
        table = re.sub(r"(round\()?AMOUNT(, \d\))?", rf'"\g<1>{amount}\g<2>"', table)
        text += f"  t{number}: {{{NAME}, unit: number, digits: 2, table: {table}}}\n"
    return text


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw the rules; ``low`` is concluded of facts alone, so scores may follow from it."""
    text = "rules:\n" + "".join(
        f'  low{number}: {{{NAME}, when: "{draw(EARLY_CONDITIONS)}", '
        "then: [{conclude: low}, {grant: training}]}\n"
        for number in range(draw(st.integers(1, 2)))
    )
    for number in range(draw(st.integers(0, 3))):
        text += (
            f'  r{number}: {{{NAME}, when: "{draw(CONDITIONS)}", then: [{{grant: bonus, '
            f'amount: "{draw(st.sampled_from(AMOUNTS))}"{draw(st.sampled_from(PAYOUTS))}}}]}}\n'
        )
    if draw(st.booleans()):
        return text
    for number, grant in enumerate(draw(st.lists(st.sampled_from(PENALTIES), max_size=3))):
        text += f'  p{number}: {{{NAME}, when: "{draw(CONDITIONS)}", then: [{grant}]}}\n'
    protected = draw(st.sampled_from(["", ", protected: protection"]))
    return text + (
        f"guardrails: {{wage: wage, minimum_wage: {draw(st.sampled_from(['base', 'floor_pay']))}"
        f"{protected}, deduction_rate: {draw(st.sampled_from(['20%', '12.345%', '1']))}}}\n"
    )


PENALTIES = (
    "{grant: deduction, amount: loss}",
    "{grant: deduction, amount: loss / 3}",
    "{grant: deduction, amount: loss * 0.7, payout: [{share: 50%}, {share: 50%, after_months: 1}]}",
    "{grant: discipline}",
    "{grant: warning}",
    "{grant: rate, text: {zh: 降, en: lower}}",
)


@st.composite
def pools(draw: st.DrawFn, triggers: list[str]) -> str:
    return "pools:\n" + "".join(
        f"  pool{number}: {{{NAME}, trigger: {draw(st.sampled_from(triggers))}, "
        f"compare: {draw(st.sampled_from(['exact', 'shown']))}, "
        f'fund: "{draw(st.sampled_from(FUNDS))}", '
        f"share: {draw(st.sampled_from(['equal', 'score', 'contribution']))}, by: won, "
        f'eligible: "{draw(CONDITIONS)}"}}\n'
        for number in range(draw(st.integers(1, 2)))
    )
