"""What holds for every policy and all facts, whatever the values are."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.canonical import lines
from engine.evaluate import Result
from engine.grants import grant_lines
from tests.engine.drawn.policies import policies
from tests.engine.drawn.scopes import ONCE, SEEDS, scope
from tests.engine.helping import scored

MANY = settings(ONCE, max_examples=40)


@MANY
@given(policies(), SEEDS, st.integers())
def test_the_order_of_rows_changes_nothing(text: str, seeds: list[int], luck: int) -> None:
    if case := scope(text, seeds):
        version, cells = case
        first = scored(version, cells)
        Random(luck).shuffle(cells)
        again = scored(version, cells)
        assert lines(again.frame) == lines(first.frame)
        assert grant_lines(again.grants) == grant_lines(first.grants)


@MANY
@given(policies(within=True), SEEDS)
def test_teams_are_scored_alike_together_and_apart(text: str, seeds: list[int]) -> None:
    if case := scope(text, seeds):
        version, cells = case
        teams = sorted({each["team"] for each in cells})
        apart = [
            lines(scored(version, [each for each in cells if each["team"] == team]).frame)
            for team in teams
        ]
        together = lines(scored(version, cells).frame)
        assert sorted(b"".join(apart).splitlines()) == sorted(together.splitlines())


@MANY
@given(policies(), SEEDS)
def test_parts_sum_to_the_whole(text: str, seeds: list[int]) -> None:
    if case := scope(text, seeds):
        version, cells = case
        result = scored(version, cells)
        pools_are_paid_out(result)
        payouts_are_whole(result)
        ranks_are_places(result)


def pools_are_paid_out(result: Result) -> None:
    for pool in result.version.policy.pools:
        names = [f"pool.{pool.code}.{part}" for part in ("trigger", "fund", "weight", "share")]
        shares: dict[str, list[Decimal]] = defaultdict(list)
        funds: dict[str, Decimal] = {}
        for team, trigger, fund, weight, share in result.frame.select("team", *names).rows():
            assert (share is not None) == (trigger and weight > 0)
            if share is not None:
                shares[team].append(share)
                funds[team] = max(fund or Decimal(0), Decimal(0))
        assert {team: sum(parts) for team, parts in shares.items()} == funds


def payouts_are_whole(result: Result) -> None:
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for grant in result.grants:
        if grant.rule == "pay" and grant.amount is not None:
            paid[grant.person, grant.rule] += grant.amount
    whole = {
        (person, "pay"): amount
        for person, amount in result.frame.select("person", "pay").rows()
        if amount
    }
    assert paid == whole


def ranks_are_places(result: Result) -> None:
    """Without ties, ranks are the places from the first to the last."""
    step = next(step for step in result.version.policy.steps if step.code == "place")
    assert step.over
    groups: dict[str, list[Decimal]] = defaultdict(list)
    everybody = step.over.among == "all"
    of = pl.lit("").alias("group") if everybody else pl.col(step.over.among)
    for group, place in result.frame.select(of, "place").rows():
        if place is not None:
            groups[group].append(place)
    for places in groups.values():
        if len(set(places)) == len(places):
            assert sorted(places) == list(range(1, len(places) + 1))
