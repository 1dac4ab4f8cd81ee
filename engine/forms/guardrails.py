"""Labour-law guardrails: limits on what is taken from pay, and who is spared.

Compensation for a loss that a person caused is at most a declared part of the month's wage
(20% in the PRC) and never brings the wage below the minimum; several of them share one limit,
in the file's order. A fine is not possible. The protected have no rank and no penalty.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.definitions import Condition, Definition, Formula
from engine.errors import N_
from engine.forms.shared import amount_name, literal
from engine.language.expression import Binary, Call, Compare, Every, Expression, Name, Negative, Not
from engine.model import Bilingual, Policy, Rule
from engine.reader import Path
from engine.schema.said import Said, unknown_name

DEDUCTION = "deduction"
# What a rule gives that is held against a person; the protected are spared it.
PENALTIES = frozenset({DEDUCTION, "rate", "discipline", "warning"})
# What waits for a person to decide: a rule only proposes it.
PROPOSALS = frozenset({"discipline"})
FORBIDDEN = frozenset({"fine", "penalty"})
# What no rule may bring about or even propose: a poor grade alone never ends in dismissal.
DISMISSALS = frozenset({"dismissal", "termination", "layoff", "discharge"})
LIMIT, PROTECTED = "deduction.limit", "protected"


def guarding(policy: Policy) -> Iterator[Definition]:
    """Define the limit of deductions and who is protected, where the policy declares them."""
    rails = policy.guardrails
    if rails is None:
        return
    if rails.protected is not None:
        title = Bilingual("受保护人员", "protected person")
        given = next(each for each in policy.inputs if each.code == rails.protected)
        has: Expression = Call("known", (Name(given.code),))
        if given.unit != "label":
            has = Compare(">", Name(given.code), literal(Decimal(0)))
        path: Path = ("guardrails", "protected")
        yield Definition(PROTECTED, title, Condition(has), "flag", path)
    if rails.wage and rails.minimum_wage:
        title = Bilingual("赔偿扣款上限", "most that may be deducted")
        part = Binary("*", Name(rails.wage), literal(rails.deduction_rate))
        above = Binary("-", Name(rails.wage), Name(rails.minimum_wage))
        most = Call("max", (Call("min", (part, above)), literal(Decimal(0))))
        path = ("guardrails", "wage")
        down = Formula(_down(most, policy.rounding.money))
        yield Definition(LIMIT, title, down, "money", path, policy.rounding.money)


def _down(amount: Expression, places: int) -> Expression:
    """Round down: half up could exceed what the law allows by a part of a cent."""
    units = literal(Decimal(10) ** places)
    return Binary("/", Call("floor", (Binary("*", amount, units),)), units)


def has_protected(policy: Policy) -> bool:
    return policy.guardrails is not None and policy.guardrails.protected is not None


def spared(policy: Policy, rule: Rule) -> Expression:
    """Return a rule's condition; one that punishes does not hold for the protected."""
    punishes = any(action.grant in PENALTIES for action in rule.then)
    if not punishes or not has_protected(policy):
        return rule.when
    return Every((rule.when, Not(Name(PROTECTED))))


def limited(policy: Policy, rule: Rule, place: int, amount: Expression) -> Expression:
    """Return an action's amount; a deduction is negative, within what is left of the limit."""
    if rule.then[place].grant != DEDUCTION:
        return amount
    taken = [
        Call("if", (Name(f"rule.{other}"), Name(name), literal(Decimal(0))))
        for other, name in _before(policy, rule, place)
    ]
    # Earlier deductions are negative, so adding them leaves what may still be taken.
    left: Expression = Name(LIMIT)
    for each in taken:
        left = Binary("+", left, each)
    within = Call("min", (amount, left))
    return Negative(Call("max", (within, literal(Decimal(0)))))


def _before(policy: Policy, rule: Rule, place: int) -> Iterator[tuple[str, str]]:
    """Give the deductions that come before this one: their rules and the names of the amounts."""
    for other in policy.rules:
        for number, action in enumerate(other.then):
            if other.code == rule.code and number == place:
                return
            if action.grant == DEDUCTION and action.amount is not None:
                yield other.code, amount_name(other, number)


def check_guardrails(policy: Policy) -> Iterator[tuple[Path, Said]]:
    """Yield what is not lawful, or not declared, with its path in the file."""
    rails = policy.guardrails
    for rule in policy.rules:
        for place, action in enumerate(rule.then):
            path: Path = ("rules", rule.code, "then", place, "grant")
            if action.grant in FORBIDDEN:
                yield (
                    path,
                    Said(
                        "rules.fine",
                        N_("A policy cannot fine anybody."),
                        N_(
                            "Agree a lower rate beforehand (grant: rate), or compensate a loss "
                            "within its limits (grant: deduction)."
                        ),
                    ),
                )
            if action.grant in DISMISSALS:
                yield (
                    path,
                    Said(
                        "rules.dismissal",
                        N_("No rule can dismiss anybody."),
                        N_(
                            "Suggest an improvement plan (grant: plan) or training: after a poor "
                            "result the law asks for training or another post, then reappraisal."
                        ),
                    ),
                )
            if action.grant == DEDUCTION and not (rails and rails.wage and rails.minimum_wage):
                yield (
                    path,
                    Said(
                        "rules.deduction_limits",
                        N_("A deduction needs the limits that the law sets."),
                        N_("Declare guardrails: {{wage: …, minimum_wage: …}}."),
                    ),
                )
    if rails is not None:
        yield from _names(policy)


def _names(policy: Policy) -> Iterator[tuple[Path, Said]]:
    rails = policy.guardrails
    assert rails is not None
    inputs = [each.code for each in policy.inputs]
    figures = [*inputs, *(each.code for each in policy.measures)]
    figures += [*(each.code for each in policy.constants), *(each.code for each in policy.steps)]
    known = {"wage": figures, "minimum_wage": figures, "protected": inputs}
    for key, names in known.items():
        name = getattr(rails, key)
        if name is not None and name not in names:
            yield ("guardrails", key), unknown_name(name, names)
