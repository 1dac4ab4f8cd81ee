"""What is given, in the parts that it is paid out in, and how much may be taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from babel.numbers import get_currency_precision

from engine.model import Payout, Policy
from tests.engine.oracle.numbers import Worth, half_up
from tests.engine.oracle.people import Row
from tests.engine.oracle.rewards import digits


@dataclass(frozen=True, slots=True)
class Given:
    person: str
    kind: str
    rule: str
    amount: Worth
    after_months: int = 0


def given(policy: Policy, rows: list[Row]) -> list[Given]:
    return [each for row in rows for each in of_person(policy, row)]


def of_person(policy: Policy, row: Row) -> Iterator[Given]:
    for step in policy.steps:
        if step.grant:
            whole = Given(row["person"], step.grant, step.code, row[step.code])
            yield from parts(whole, step.payout, digits(policy, step))
    for rule in policy.rules:
        for place, action in enumerate(rule.then, 1):
            if action.grant is None or not row[f"rule.{rule.code}"]:
                continue
            if action.amount is None:
                yield Given(row["person"], action.grant, rule.code, None)
                continue
            amount = row[f"rule.{rule.code}.amount{place}"]
            whole = Given(row["person"], action.grant, rule.code, amount)
            yield from parts(whole, action.payout, policy.rounding.money)
    for pool in policy.pools:
        whole = Given(row["person"], "pool_share", pool.code, row[f"pool.{pool.code}.share"])
        yield from parts(whole, (), get_currency_precision(policy.currency))


def parts(whole: Given, payout: tuple[Payout, ...], places: int) -> Iterator[Given]:
    if not whole.amount:
        return
    left = whole.amount
    for part in payout[:-1]:
        amount = half_up(whole.amount * Fraction(part.share), places)
        assert amount is not None
        left -= amount
        yield Given(whole.person, whole.kind, whole.rule, amount, part.after_months)
    last = payout[-1].after_months if payout else 0
    if left or not payout:
        yield Given(whole.person, whole.kind, whole.rule, left, last)
