"""Grants 激励: what the rules, the steps and the pools give, as plain entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl

from engine.forms.guardrails import PROPOSALS
from engine.forms.shared import amount_name, default_digits
from engine.model import Bilingual, Payout, Policy
from engine.plain import dumps, plain_number
from engine.schema.policy import exponent


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


def granted(policy: Policy, frame: pl.DataFrame) -> list[Grant]:
    """List all grants of evaluated people, by person and then in the policy's order."""
    order = {person: place for place, person in enumerate(frame["person"].sort().to_list())}
    found = list(_entries(policy, frame))
    return sorted(found, key=lambda grant: order[grant.person])


@dataclass(frozen=True, slots=True)
class Offer:
    """A grant that the policy can give: to whoever the flag ``holds`` of, or anybody without one.

    ``amount`` names the column of money, of which nothing is given where it is zero or unknown.
    """

    kind: str
    rule: str
    text: Bilingual
    holds: str | None = None
    amount: str | None = None
    digits: int = 0
    payout: tuple[Payout, ...] = ()


def offers(policy: Policy) -> tuple[Offer, ...]:
    """List what the steps, the rules and the pools can give, in that order."""
    return (*_of_steps(policy), *_of_rules(policy), *_of_pools(policy))


def _of_steps(policy: Policy) -> Iterator[Offer]:
    for step in policy.steps:
        if step.grant:
            digits = step.digits if step.digits is not None else default_digits(policy, step.unit)
            yield Offer(
                step.grant,
                step.code,
                step.name,
                amount=step.code,
                digits=digits,
                payout=step.payout,
            )


def _of_rules(policy: Policy) -> Iterator[Offer]:
    for rule in policy.rules:
        for place, action in enumerate(rule.then):
            if action.grant is not None:
                amount = None if action.amount is None else amount_name(rule, place)
                text, holds = action.text or rule.name, f"rule.{rule.code}"
                money, parts = policy.rounding.money, action.payout
                yield Offer(action.grant, rule.code, text, holds, amount, money, parts)


def _of_pools(policy: Policy) -> Iterator[Offer]:
    for pool in policy.pools:
        share, digits = f"pool.{pool.code}.share", exponent(policy.currency)
        yield Offer("pool_share", pool.code, pool.name, amount=share, digits=digits)


def _entries(policy: Policy, frame: pl.DataFrame) -> Iterator[Grant]:
    for offer in offers(policy):
        people = _of_whom(offer, frame, "person")
        if offer.amount is None:
            for person in people:
                yield Grant(person, offer.kind, None, None, offer.rule, offer.text)
        else:
            amounts = _of_whom(offer, frame, offer.amount)
            for person, amount in zip(people, amounts, strict=True):
                if amount:
                    given = round(amount, offer.digits)
                    whole = Grant(
                        person, offer.kind, given, policy.currency, offer.rule, offer.text
                    )
                    yield from in_parts(whole, offer)


def _of_whom(offer: Offer, frame: pl.DataFrame, column: str) -> list[Any]:
    """Return a column's values of those whom the offer is for."""
    values = frame[column]
    return (values if offer.holds is None else values.filter(frame[offer.holds])).to_list()


def in_parts(whole: Grant, offer: Offer) -> Iterator[Grant]:
    """Give a grant in the parts that it is paid out in; the last has what rounding leaves."""
    assert whole.amount is not None
    left = whole.amount
    unit = Decimal(1).scaleb(-offer.digits)
    for part in offer.payout[:-1]:
        amount = (whole.amount * part.share).quantize(unit, ROUND_HALF_UP)
        left -= amount
        yield _part(whole, part, amount)
    if not offer.payout:
        yield whole
    elif left:
        yield _part(whole, offer.payout[-1], left)


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
