"""Steps, rules, conclusions and pools → definitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from engine.definitions import (
    Across,
    Conclusion,
    Condition,
    Decided,
    Definition,
    Formula,
    Lookup,
    Share,
    Weight,
    What,
)
from engine.forms.guardrails import PROTECTED, guarding, has_protected, limited, spared
from engine.forms.shared import amount_name, default_digits, literal, shown_as, titled
from engine.language.expression import Call, Every, Expression, Name, Not
from engine.language.wording import rewritten
from engine.model import Peers, Policy, Pool, Rule, Step
from engine.reader import Path
from engine.schema.policy import exponent


def pay(policy: Policy) -> Iterator[Definition]:
    """Write out what is paid and decided, in the order of explanation."""
    yield from guarding(policy)
    yield from (_step(policy, step) for step in policy.steps)
    yield from (each for rule in policy.rules for each in _rule(policy, rule))
    yield from _conclusions(policy)
    yield from (each for pool in policy.pools for each in _pool(policy, pool))


def _step(policy: Policy, step: Step) -> Definition:
    path: Path = ("steps", step.code)
    if step.table:
        what: What = Lookup(step.table)
        path = (*path, "table")
    elif step.over:
        what = _across(policy, step.over)
        path = (*path, "over")
    else:
        what = Formula(step.formula or literal(Decimal(0)))
        path = (*path, "formula")
    digits = step.digits if step.digits is not None else default_digits(policy, step.unit)
    return Definition(step.code, step.name, what, step.unit, path, digits)


def _across(policy: Policy, peers: Peers) -> Across:
    """Leave the protected out of what ranks people."""
    keys = () if peers.among == "all" else (peers.among,)
    if peers.take == "rank" and has_protected(policy):
        free: Expression = Not(Name(PROTECTED))
        where = free if peers.where is None else Every((peers.where, free))
        peers = replace(peers, where=where)
    return Across(peers, keys)


def _rule(policy: Policy, rule: Rule) -> Iterator[Definition]:
    path = ("rules", rule.code)
    when = spared(policy, rule)
    yield Definition(f"rule.{rule.code}", rule.name, Decided(when), "flag", (*path, "when"))
    for place, action in enumerate(rule.then):
        if action.amount is not None:
            yield Definition(
                amount_name(rule, place),
                titled(rule.name, "amount"),
                Formula(limited(policy, rule, place, action.amount)),
                "money",
                (*path, "then", place, "amount"),
                policy.rounding.money,
            )


def _conclusions(policy: Policy) -> Iterator[Definition]:
    drawn: dict[str, list[Rule]] = {}
    for rule in policy.rules:
        for action in rule.then:
            if action.conclude:
                drawn.setdefault(action.conclude, []).append(rule)
    for name, rules in drawn.items():
        what = Conclusion(tuple(f"rule.{rule.code}" for rule in rules))
        yield Definition(name, rules[0].name, what, "flag", ("rules", rules[0].code, "then"))


def _pool(policy: Policy, pool: Pool) -> Iterator[Definition]:
    path, name, places = ("pools", pool.code), f"pool.{pool.code}", exponent(policy.currency)
    by = {"equal": None, "score": "total", "contribution": pool.by}[pool.share]
    trigger = _seen(policy, pool.trigger) if pool.compare == "shown" else pool.trigger
    yield Definition(
        f"{name}.trigger",
        titled(pool.name, "trigger"),
        Condition(trigger),
        "flag",
        (*path, "trigger"),
    )
    yield Definition(
        f"{name}.fund",
        titled(pool.name, "fund"),
        Formula(pool.fund),
        "money",
        (*path, "fund"),
        places,
    )
    digits = shown_as(policy, by)[1] if by and by != "total" else policy.rounding.total
    yield Definition(
        f"{name}.weight",
        titled(pool.name, "weight"),
        Weight(by, pool.eligible),
        "number",
        (*path, "eligible" if pool.eligible else "by"),
        digits,
    )
    yield Definition(
        f"{name}.share",
        titled(pool.name, "share"),
        Share(f"{name}.trigger", f"{name}.fund", f"{name}.weight", places),
        "money",
        (*path, "share"),
        places,
    )


def _seen(policy: Policy, formula: Expression) -> Expression:
    """Compare what people see: attainments rounded as they are shown."""

    def shown(name: Name) -> Expression:
        if name.name.endswith(".attainment"):
            return Call("round", (name, literal(Decimal(policy.rounding.attainment))))
        return name

    return rewritten(formula, shown)
