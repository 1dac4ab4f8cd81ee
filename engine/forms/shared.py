"""What the forms share: how a figure is shown, how a part of it is called."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.definitions import (
    Across,
    Appraised,
    Condition,
    Decided,
    Definition,
    Formula,
    Lookup,
    Mean,
    Weight,
    What,
)
from engine.language.expression import Expression, Number
from engine.model import Bilingual, Figure, Measure, Policy, Rule, Step
from engine.reader import Path
from engine.tables import parts as table_parts

TITLES = {
    "actual": ("完成值", "actual"),
    "target": ("目标值", "target"),
    "threshold": ("门槛值", "threshold"),
    "stretch": ("挑战值", "stretch"),
    "attainment": ("达成率", "attainment"),
    "points": ("得分", "points"),
    "trigger": ("触发条件", "trigger"),
    "fund": ("奖金池金额", "fund"),
    "weight": ("分配权数", "sharing weight"),
    "share": ("分得金额", "share"),
    "amount": ("金额", "amount"),
    "difficulty": ("市场难度", "market difficulty"),
    "mean_difficulty": ("市场难度平均", "mean market difficulty"),
    "base_points": ("调整前得分", "points before difficulty"),
}


def titled(of: Bilingual, part: str) -> Bilingual:
    zh, en = TITLES[part]
    return Bilingual(f"{of.zh}·{zh}", f"{of.en}: {en}")


def amount_name(rule: Rule, place: int) -> str:
    """Name the amount of a rule's action."""
    return f"rule.{rule.code}.amount{place + 1}"


def literal(value: Decimal) -> Number:
    return Number(value, f"{value:f}")


def shown_as(policy: Policy, code: str) -> tuple[str, int]:
    """Return the unit and the places that are shown of a measure, target or input."""
    figures: tuple[Figure, ...] = (
        *policy.measures,
        *policy.targets,
        *policy.inputs,
        *policy.constants,
        *policy.steps,
    )
    for each in figures:
        if each.code == code:
            if isinstance(each, Measure) and each.is_made_of_others:
                return each.unit, each.digits
            if isinstance(each, Step) and each.digits is not None:
                return each.unit, each.digits
            return each.unit, default_digits(policy, each.unit)
    return "number", 6


def default_digits(policy: Policy, unit: str) -> int:
    """Return the places that a unit is rounded to where a step says nothing else."""
    rounding = policy.rounding
    return {
        "money": rounding.money,
        "points": rounding.points,
        "ratio": rounding.attainment,
        "count": 4,
        "days": 4,
    }.get(unit, 6)


def formulas_of(what: What) -> tuple[Expression, ...]:  # noqa: PLR0911 (one return per kind)
    """Give the formulas that HR wrote in a definition."""
    match what:
        case Formula() | Condition():
            return (what.of,)
        case Decided():
            return (what.when,)
        case Lookup():
            return (*table_parts.formulas(what.table), *((what.gate,) if what.gate else ()))
        case Across():
            return tuple(each for each in (what.of.of, what.of.where) if each is not None)
        case Mean():
            return () if what.unless is None else (what.unless,)
        case Appraised():
            return () if what.too_short is None else (what.too_short,)
        case Weight():
            return (what.eligible,) if what.eligible is not None else ()
        case _:
            return ()


def placed_formulas(definition: Definition) -> Iterator[tuple[Path, Expression]]:
    """Give the formulas of a definition, each with its path in the file."""
    what = definition.what
    if isinstance(what, Lookup):
        for path, formula in table_parts.placed(what.table):
            yield (*definition.path, *path), formula
    else:
        yield from ((definition.path, formula) for formula in formulas_of(what))
