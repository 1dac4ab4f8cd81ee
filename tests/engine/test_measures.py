"""Actuals from records: against plain loops over fractions, and the edges by example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.measures import (
    EXACT,
    actuals,
    people_frame,
    records_frame,
    rounded_ratio,
    unknown_fields,
)
from engine.model import Bilingual, Filter, Measure
from engine.periods import Period, parse

NAME = Bilingual("名", "name")
WON = (Filter("stage", ("won",)),)
DEAL: dict[str, Any] = {"name": NAME, "records": "deal", "when": "closed_on"}

REVENUE = Measure("revenue", unit="money", kind="sum", field="amount", where=WON, **DEAL)
DEALS = Measure("deals", unit="count", kind="count", where=WON, **DEAL)
CLOSED = Measure(
    "closed", unit="count", kind="count", where=(Filter("stage", ("won", "lost")),), **DEAL
)
DAYS = Measure("days", unit="days", kind="days", span=("opened_on", "closed_on"), where=WON, **DEAL)
ACTIVE = Measure("active", unit="count", kind="distinct", field="customer", where=WON, **DEAL)
NEW = Measure("new", unit="count", kind="first", field="customer", by="person", where=WON, **DEAL)
NEW_TO_COMPANY = replace(NEW, code="new_to_company", by="company")
PERSONAL = [REVENUE, DEALS, CLOSED, DAYS, ACTIVE, NEW, NEW_TO_COMPANY]
OF_TEAM = [replace(each, code=f"team_{each.code}", over="team") for each in PERSONAL]
NEW_TO_TEAM = replace(OF_TEAM[5], code="new_to_team", by="team")
MEASURES = [*PERSONAL, *OF_TEAM, NEW_TO_TEAM]

Q4 = parse("2017-Q4")
Credit = tuple[str, str, str, Decimal, dict[str, str]]


def deal(
    code: str, person: str, closed: str = "2017-11-05", share: str = "1", **fields: str
) -> Credit:
    known = {"stage": "won", "customer": "Acme", "amount": "100", "opened_on": "2017-10-01"}
    return ("deal", code, person, Decimal(share), {**known, "closed_on": closed, **fields})


def measured(credits: list[Credit], members: dict[str, list[str]]) -> dict[str, dict[str, Decimal]]:
    frame = actuals(MEASURES, records_frame(MEASURES, credits), people_frame(members), Q4)
    return {row.pop("person"): row for row in frame.to_dicts()}


def test_a_period_holds_its_first_day_and_not_the_day_after_its_last() -> None:
    days = ["2017-09-30", "2017-10-01", "2017-12-31", "2018-01-01"]
    found = measured([deal(day, "ann", day) for day in days], {"ann": []})
    assert found["ann"]["deals"] == 2


def test_whoever_has_no_record_has_zeros_and_keeps_their_place() -> None:
    frame = actuals(
        MEASURES,
        records_frame(MEASURES, [deal("1", "bob")]),
        people_frame({"zoe": ["ann"], "bob": [], "ann": []}),
        Q4,
    )
    assert frame["person"].to_list() == ["zoe", "bob", "ann"]
    assert set(frame.row(0)[1:]) == set(frame.row(2)[1:]) == {Decimal(0)}
    assert frame.dtypes[1:] == [EXACT] * len(MEASURES)


def test_no_records_at_all_are_zeros_too() -> None:
    assert set(measured([], {"ann": ["ann"]})["ann"].values()) == {Decimal(0)}


def test_a_split_deal_adds_up_to_the_deal() -> None:
    split = [
        deal("1", "ann", share="0.333333", amount="1000.05"),
        deal("1", "bob", share="0.666667", amount="1000.05"),
    ]
    found = measured(split, {"ann": [], "bob": [], "eve": ["ann", "bob"]})
    assert found["ann"]["revenue"] == Decimal("333.3496666500")  # 1000.05 × 0.333333, to the end
    assert found["ann"]["revenue"] + found["bob"]["revenue"] == Decimal("1000.05")
    assert found["ann"]["deals"] + found["bob"]["deals"] == 1
    assert found["eve"]["team_revenue"] == Decimal("1000.05")
    assert (found["eve"]["team_deals"], found["eve"]["team_active"]) == (1, 1)
    assert found["ann"]["active"] == found["bob"]["active"] == 1


def test_an_open_deal_without_dates_or_amount_counts_nowhere() -> None:
    line: Credit = ("deal", "1", "ann", Decimal(1), {"stage": "open", "customer": "Acme"})
    assert set(measured([line], {"ann": ["ann"]})["ann"].values()) == {Decimal(0)}


def test_a_deal_without_a_customer_is_nobody_s_customer() -> None:
    kind, code, person, share, fields = deal("1", "ann")
    del fields["customer"]
    found = measured([(kind, code, person, share, fields)], {"ann": []})
    assert (found["ann"]["deals"], found["ann"]["active"], found["ann"]["new"]) == (1, 0, 0)


def test_a_first_time_is_the_first_ever_and_a_tie_goes_to_the_smaller_code() -> None:
    credits = [
        deal("A", "ann", "2017-05-01", customer="Old"),
        deal("B", "ann", "2017-11-01", customer="Old"),
        deal("D", "ann", "2017-11-02", customer="Both"),
        deal("C", "bob", "2017-11-02", customer="Both"),
        deal("E", "bob", "2017-12-01", customer="Old"),
    ]
    found = measured(credits, {"ann": [], "bob": [], "eve": ["ann", "bob"]})
    assert (found["ann"]["new"], found["bob"]["new"]) == (1, 2)
    assert (found["ann"]["new_to_company"], found["bob"]["new_to_company"]) == (0, 1)
    assert found["eve"]["team_new"] == 3  # first with each of the two
    assert found["eve"]["new_to_team"] == 1  # first with either


def test_a_measure_names_the_fields_that_it_needs() -> None:
    known = {"deal": {"stage", "customer", "opened_on", "closed_on", "amount"}}
    assert unknown_fields(MEASURES, known) == []
    (fault,) = unknown_fields([replace(REVENUE, field="amuont")], known)
    assert str(fault) == (
        "measures.revenue: A deal has no field “amuont”. Correct the measure; nearest: amount."
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "digits", "shown"),
    [
        ("1", "3", 6, "0.333333"),
        ("1", "2000000", 6, "0.000001"),
        ("-1", "2000000", 6, "-0.000001"),
        ("999999999999999.9999", "3", 6, "333333333333333.333300"),
        ("2.5", "1", 0, "3"),
        ("0", "7", 2, "0.00"),
    ],
)
def test_a_ratio_rounds_half_up(numerator: str, denominator: str, digits: int, shown: str) -> None:
    assert str(rounded_ratio(Decimal(numerator), Decimal(denominator), digits)) == shown


def test_a_ratio_over_zero_is_not_applicable() -> None:
    assert rounded_ratio(Decimal(3), Decimal(0), 6) is None


PEOPLE = ["ann", "bob", "cyd"]
TEAMS = {"ann": [], "bob": ["ann"], "cyd": ["ann", "bob", "cyd"], "dan": ["nobody"]}
amounts = st.decimals(0, 10**15 - 1, places=4) | st.sampled_from([Decimal(0), Decimal("0.0001")])
days_around = st.integers(-3, 95).map(lambda n: (Q4.start + timedelta(days=n)).isoformat())


@st.composite
def deals(draw: st.DrawFn) -> list[Credit]:
    """A list of credit lines: few customers, people and days, so that ties are common."""
    lines: list[Credit] = []
    for code in range(draw(st.integers(0, 12))):
        fields = {
            "stage": draw(st.sampled_from(["won", "won", "lost", "open"])),
            "customer": draw(st.sampled_from(["x", "y"])),
            "amount": format(draw(amounts), "f"),
            "opened_on": "2017-01-31",
            "closed_on": draw(days_around | st.just("2017-11-05")),
        }
        first = Decimal(draw(st.integers(1, 999_999))).scaleb(-6)
        owners = draw(st.permutations(PEOPLE))
        shares = [(owners[0], first), (owners[1], 1 - first)] if draw(st.booleans()) else []
        for person, share in shares or [(owners[0], Decimal(1))]:
            lines.append(("deal", f"{code:02}", person, share, fields))
    return lines


@settings(max_examples=120, deadline=None)
@given(deals())
def test_actuals_equal_plain_loops_over_fractions(credits: list[Credit]) -> None:
    found = measured(credits, TEAMS)
    for owner, members in TEAMS.items():
        for measure in MEASURES:
            people = [owner] if measure.over == "person" else members
            expected = oracle(measure, credits, people, Q4)
            assert Fraction(found[owner][measure.code]) == expected, (owner, measure.code)


def oracle(measure: Measure, credits: list[Credit], people: list[str], period: Period) -> Fraction:
    """The definition of each measure, word by word."""
    such = [line for line in credits if all(line[4][f.field] in f.values for f in measure.where)]
    mine = [line for line in such if line[2] in people]
    inside = [line for line in mine if closed_on(line) in period]
    match measure.kind:
        case "sum":
            return sum(
                (Fraction(line[4]["amount"]) * Fraction(line[3]) for line in inside), Fraction()
            )
        case "count":
            return sum((Fraction(line[3]) for line in inside), Fraction())
        case "days":
            return sum((Fraction(line[3]) * length(line) for line in inside), Fraction())
        case "distinct":
            return Fraction(len({line[4]["customer"] for line in inside}))
        case _:
            return Fraction(sum(1 for _ in firsts(measure, such, people, period)))


def firsts(
    measure: Measure, such: list[Credit], people: list[str], period: Period
) -> Iterator[str]:
    groups = {"person": [[each] for each in people], "team": [people], "company": [PEOPLE]}
    for group in groups[measure.by or ""]:
        for customer in ("x", "y"):
            deals = [line for line in such if line[2] in group and line[4]["customer"] == customer]
            if not deals:
                continue
            first = min(deals, key=lambda line: (closed_on(line), line[1]))
            owners = {line[2] for line in deals if line[1] == first[1]}
            if closed_on(first) in period and owners & set(people):
                yield customer


def closed_on(line: Credit) -> date:
    return date.fromisoformat(line[4]["closed_on"])


def length(line: Credit) -> int:
    return (closed_on(line) - date.fromisoformat(line[4]["opened_on"])).days


def test_the_frame_takes_only_the_fields_that_measures_name() -> None:
    frame = records_frame([REVENUE], [deal("1", "ann", note="long")])
    assert frame.columns == [
        "kind", "code", "person", "share", "field.amount", "field.closed_on", "field.stage",
    ]  # fmt: skip
    assert frame.schema["share"] == pl.Decimal(38, 10)
