"""Team figures 团队数据: what a formula calls `team.…` is defined when something asks for it."""

from __future__ import annotations

from decimal import Decimal

from engine.definitions import (
    Attainment,
    Definition,
    Formula,
    Growth,
    Ratio,
    TeamSum,
    What,
)
from engine.forms.shared import formulas_of, literal, shown_as, titled
from engine.language.expression import Name
from engine.language.wording import names
from engine.model import Bilingual, Figure, Kpi, Policy


def team_definitions(policy: Policy, own: list[Definition]) -> list[Definition]:
    """Define the ``team.…`` figures that are referred to, and what they are made of."""
    found: dict[str, Definition] = {}
    for definition in own:
        for formula in formulas_of(definition.what):
            for name in names(formula):
                if name.name.startswith("team."):
                    _define_team(policy, name.name.removeprefix("team."), definition, found)
    return list(found.values())


def _define_team(policy: Policy, of: str, user: Definition, found: dict[str, Definition]) -> None:
    if f"team.{of}" in found:
        return
    parts = _team_parts(policy, of)
    if parts is None:
        return  # the compiler says that there is no such name
    what, needed, title, unit, digits = parts
    for each in needed:
        _define_team(policy, each, user, found)
    found[f"team.{of}"] = Definition(
        f"team.{of}",
        Bilingual(f"团队{title.zh}", f"team {title.en}"),
        what,
        unit,
        user.path,
        digits,
        exact=True,
    )


def _team_parts(
    policy: Policy, of: str
) -> tuple[What, tuple[str, ...], Bilingual, str, int] | None:
    if of == "size":
        return TeamSum(None), (), Bilingual("人数", "size"), "count", 0
    for measure in policy.measures:
        if measure.code == of and measure.ratio:
            first, second = f"team.{measure.ratio[0]}", f"team.{measure.ratio[1]}"
            growth = measure.kind == "growth"
            return (
                Growth(first, second, measure.if_base)
                if growth
                else Ratio(first, second, measure.if_zero),
                measure.ratio,
                measure.name,
                measure.unit,
                measure.digits,
            )
    facts: tuple[Figure, ...] = (*policy.measures, *policy.targets, *policy.inputs)
    for fact in facts:
        if fact.code == of:
            return TeamSum(of), (), fact.name, *shown_as(policy, of)
    code, _, part = of.partition(".")
    kpi = next((kpi for kpi in policy.kpis if kpi.code == code), None)
    return _team_kpi(policy, kpi, part) if kpi else None


def _team_kpi(
    policy: Policy, kpi: Kpi, part: str
) -> tuple[What, tuple[str, ...], Bilingual, str, int] | None:
    if part == "actual":
        return (
            Formula(Name(f"team.{kpi.actual}")),
            (kpi.actual,),
            titled(kpi.name, part),
            *shown_as(policy, kpi.actual),
        )
    if part == "target" and isinstance(kpi.target, str):
        return (
            Formula(Name(f"team.{kpi.target}")),
            (kpi.target,),
            titled(kpi.name, part),
            *shown_as(policy, kpi.target),
        )
    if part == "target" and kpi.target is not None:
        return Formula(literal(Decimal(kpi.target))), (), titled(kpi.name, part), "number", 10
    if part == "attainment" and kpi.target is not None:
        what = Attainment(
            f"team.{kpi.code}.actual",
            f"team.{kpi.code}.target",
            kpi.better,
            kpi.form,
            kpi.if_zero_target,
            kpi.if_zero_actual,
            kpi.if_negative,
        )
        needed = (f"{kpi.code}.actual", f"{kpi.code}.target")
        return what, needed, titled(kpi.name, part), "ratio", policy.rounding.attainment
    return None
