"""Grants 激励: what the rules, the steps and the pools give, as plain entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from engine.forms import amount_name, default_digits
from engine.guardrails import PROPOSALS
from engine.model import Bilingual, Payout, Policy
from engine.plain import dumps, plain_number
from engine.schema.policy import exponent

Parts = tuple[Payout, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing given to one person; ``amount`` and ``currency`` are None where it is not money.

    ``after_months``: how long after the period it is paid; a holdback comes later.
    """

    person: str
    kind: str
    amount: Decimal | None
    currency: str | None
    rule: str
    text: Bilingual
    after_months: int = 0

    @property
    def is_proposal(self) -> bool:
        """Whether it waits for a person to decide."""
        return self.kind in PROPOSALS


def granted(policy: Policy, raw: pl.DataFrame, shown: Mapping[str, pl.Expr]) -> list[Grant]:
    """List all grants, by person and then in the policy's order."""
    order = {person: place for place, person in enumerate(raw["person"].sort().to_list())}
    found = list(_entries(policy, raw, shown))
    return sorted(found, key=lambda grant: order[grant.person])


def _entries(policy: Policy, raw: pl.DataFrame, shown: Mapping[str, pl.Expr]) -> Iterator[Grant]:
    def paid(
        rows: pl.DataFrame, column: str, like: Grant, digits: int, payout: Parts = ()
    ) -> Iterator[Grant]:
        """Give a grant for each amount that is known and not zero, in its parts if any."""
        for person, amount in rows.select("person", shown[column].alias("amount")).rows():
            if amount:
                whole = replace(like, person=person, amount=round(amount, digits))
                yield from in_parts(whole, payout, digits)

    currency, minor = policy.currency, exponent(policy.currency)
    for step in policy.steps:
        if step.grant:
            digits = step.digits if step.digits is not None else default_digits(policy, step.unit)
            like = Grant("", step.grant, None, currency, step.code, step.name)
            yield from paid(raw, step.code, like, digits, step.payout)
    for rule in policy.rules:
        holding = raw.filter(pl.col(f"rule.{rule.code}"))
        for place, action in enumerate(rule.then):
            if action.grant is None:
                continue
            like = Grant("", action.grant, None, None, rule.code, action.text or rule.name)
            if action.amount is None:
                yield from (replace(like, person=each) for each in holding["person"].to_list())
            else:
                name = amount_name(rule, place)
                like = replace(like, currency=currency)
                yield from paid(holding, name, like, policy.rounding.money, action.payout)
    for pool in policy.pools:
        like = Grant("", "pool_share", None, currency, pool.code, pool.name)
        yield from paid(raw, f"pool.{pool.code}.share", like, minor)


def in_parts(whole: Grant, payout: Parts, digits: int) -> Iterator[Grant]:
    """Give a grant in the parts that it is paid out in; the last has what rounding leaves."""
    assert whole.amount is not None
    left = whole.amount
    unit = Decimal(1).scaleb(-digits)
    for part in payout[:-1]:
        amount = (whole.amount * part.share).quantize(unit, ROUND_HALF_UP)
        left -= amount
        yield _part(whole, part, amount)
    if not payout:
        yield whole
    elif left:
        yield _part(whole, payout[-1], left)


def _part(whole: Grant, part: Payout, amount: Decimal) -> Grant:
    text = part.name or whole.text
    return replace(whole, amount=amount, text=text, after_months=part.after_months)


def grant_lines(grants: Iterable[Grant]) -> bytes:
    """Return grants as canonical JSON lines in order; ``engine.canonical.grants`` reads them."""
    rows = (
        dumps(
            ({"after_months": each.after_months} if each.after_months else {})
            | {
                "person": each.person,
                "kind": each.kind,
                "currency": each.currency,
                "rule": each.rule,
                "amount": None if each.amount is None else plain_number(each.amount),
                "text": {"zh": each.text.zh, "en": each.text.en},
            }
        )
        for each in grants
    )
    return "".join(f"{row}\n" for row in rows).encode()
