"""Grants 激励: what the rules, the steps and the pools give, as plain entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from engine.forms import default_digits
from engine.model import Bilingual, Policy
from engine.plain import dumps, plain_number
from engine.schema.policy import exponent
from engine.scorecard import amount_name


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing given to one person; ``amount`` and ``currency`` are None where it is not money."""

    person: str
    kind: str
    amount: Decimal | None
    currency: str | None
    rule: str
    text: Bilingual


def granted(policy: Policy, raw: pl.DataFrame, shown: Mapping[str, pl.Expr]) -> list[Grant]:
    """List all grants, by person and then in the policy's order."""
    order = {person: place for place, person in enumerate(raw["person"].sort().to_list())}
    found = list(_entries(policy, raw, shown))
    return sorted(found, key=lambda grant: order[grant.person])


def _entries(policy: Policy, raw: pl.DataFrame, shown: Mapping[str, pl.Expr]) -> Iterator[Grant]:
    for step in policy.steps:
        if step.grant:
            digits = step.digits if step.digits is not None else default_digits(policy, step.unit)
            yield from _paid(
                policy, raw, shown, step.code, digits, step.grant, step.code, step.name
            )
    for rule in policy.rules:
        holding = raw.filter(pl.col(f"rule.{rule.code}"))
        for place, action in enumerate(rule.then):
            if action.grant is None:
                continue
            text = action.text or rule.name
            if action.amount is None:
                for person in holding["person"].to_list():
                    yield Grant(person, action.grant, None, None, rule.code, text)
            else:
                yield from _paid(
                    policy,
                    holding,
                    shown,
                    amount_name(rule, place),
                    policy.rounding.money,
                    action.grant,
                    rule.code,
                    text,
                )
    for pool in policy.pools:
        yield from _paid(
            policy,
            raw,
            shown,
            f"pool.{pool.code}.share",
            exponent(policy.currency),
            "pool_share",
            pool.code,
            pool.name,
        )


def _paid(
    policy: Policy,
    rows: pl.DataFrame,
    shown: Mapping[str, pl.Expr],
    column: str,
    digits: int,
    kind: str,
    rule: str,
    text: Bilingual,
) -> Iterator[Grant]:
    """Give an entry for each amount that is known and not zero."""
    amounts = rows.select("person", shown[column].alias("amount"))
    for person, amount in amounts.rows():
        if amount:
            yield Grant(person, kind, round(amount, digits), policy.currency, rule, text)


def grant_lines(grants: Iterable[Grant]) -> bytes:
    """Return grants as canonical JSON lines in order; ``engine.canonical.grants`` reads them."""
    rows = (
        dumps(
            {
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
