"""Dimensions, total, state, vetoes and grades → definitions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.definitions import (
    Across,
    Appraised,
    Bands,
    ByLabel,
    Calibrated,
    Condition,
    Definition,
    Formula,
    Lowered,
    Mean,
)
from engine.forms.shared import literal
from engine.language.expression import Call, Compare, Expression, Name
from engine.model import Bilingual, Kpi, Peers, Policy

TOTAL, GRADE = Bilingual("总分", "total"), Bilingual("等级", "grade")
STATE = Bilingual("考核状态", "state")
FINAL, COEFFICIENT = Bilingual("最终等级", "final grade"), Bilingual("绩效系数", "coefficient")
DAYS = Bilingual("本人在岗天数合计", "days in post altogether")
BEFORE_VETO = "before_veto"


def result(policy: Policy) -> Iterator[Definition]:
    if not policy.kpis:
        return
    yield from _dimensions(policy)
    yield from _total(policy)
    if policy.grades:
        yield from _grades(policy)


def _dimensions(policy: Policy) -> Iterator[Definition]:
    for dimension in policy.dimensions:
        terms = tuple(_term(kpi) for kpi in policy.kpis if kpi.dimension == dimension.code)
        yield Definition(
            f"dimension.{dimension.code}",
            dimension.name,
            Mean(terms, dimension.floor, dimension.cap),
            "points",
            ("dimensions", dimension.code),
            policy.rounding.points,
            measured=True,
        )


def _term(kpi: Kpi) -> tuple[str, Decimal | str]:
    own = f"{kpi.code}.weight" if kpi.weight_band else kpi.weight
    return f"{kpi.code}.points", own


def _total(policy: Policy) -> Iterator[Definition]:
    parts: tuple[tuple[str, Decimal | str], ...] = tuple(
        (f"dimension.{each.code}", each.weight) for each in policy.dimensions
    ) or tuple(_term(kpi) for kpi in policy.kpis)
    short = _too_short(policy)
    if short is not None:
        together = Across(Peers("sum", Name("days_in_post")), ("person",))
        yield Definition("days_of_person", DAYS, together, "days", ("presence",), 4, measured=True)
    mean = Mean(parts, policy.total.floor, policy.total.cap, short, _awaited(policy))
    capping = tuple(veto for veto in policy.vetoes if veto.total is not None)
    digits = policy.rounding.total
    for veto in policy.vetoes:
        yield Definition(
            f"veto.{veto.code}",
            veto.name,
            Condition(veto.when),
            "flag",
            ("vetoes", veto.code, "when"),
            measured=True,
        )
    if capping:
        before = _bare_total(policy)
        title = Bilingual(f"{TOTAL.zh}（否决前）", f"{TOTAL.en} before vetoes")
        yield Definition(before, title, mean, "points", ("total",), digits, measured=True)
        limits = (
            Call("if", (Name(f"veto.{veto.code}"), literal(veto.total or Decimal(0)), Name(before)))
            for veto in capping
        )
        lowest = Formula(Call("min", (Name(before), *limits)))
        yield Definition("total", TOTAL, lowest, "points", ("total",), digits, measured=True)
    else:
        yield Definition("total", TOTAL, mean, "points", ("total",), digits, measured=True)
    yield Definition("state", STATE, Appraised("total", short), "label", ("total",), measured=True)


def _bare_total(policy: Policy) -> str:
    """Name the total that no veto has lowered."""
    capped = any(veto.total is not None for veto in policy.vetoes)
    return f"total.{BEFORE_VETO}" if capped else "total"


def scores(policy: Policy) -> frozenset[str]:
    """Name what segments are put together of: points, dimensions, the total before any veto."""
    points = (f"{kpi.code}.points" for kpi in policy.kpis)
    dimensions = (f"dimension.{each.code}" for each in policy.dimensions)
    return frozenset({*points, *dimensions, _bare_total(policy)})


def _awaited(policy: Policy) -> tuple[str, ...]:
    """Name all that a result may wait for, also what only vetoes or pay are made of."""
    given = (each.code for each in policy.inputs if each.if_missing == "pending")
    made = (each.code for each in policy.measures if "pending" in {each.if_zero, each.if_base})
    attained = (f"{kpi.code}.attainment" for kpi in policy.kpis if kpi.target is not None)
    return (*given, *made, *attained, *(f"{kpi.code}.points" for kpi in policy.kpis))


def _too_short(policy: Policy) -> Expression | None:
    least = policy.presence.least_days
    return Compare("<", Name("days_of_person"), literal(Decimal(least))) if least else None


def _grades(policy: Policy) -> Iterator[Definition]:
    rows = tuple((grade.code, grade.start) for grade in policy.grades)
    bands = Bands("total", rows)
    coefficients = tuple((grade.code, grade.coefficient) for grade in policy.grades)
    lowering = tuple(
        (f"veto.{veto.code}", veto.grade) for veto in policy.vetoes if veto.grade is not None
    )
    if policy.vetoes:
        title = Bilingual(f"{GRADE.zh}（否决前）", f"{GRADE.en} before vetoes")
        bare = Bands(_bare_total(policy), rows)
        yield Definition(f"grade.{BEFORE_VETO}", title, bare, "label", ("grades",), measured=True)
    if lowering:
        lowered = Lowered(bands, lowering, tuple(grade.code for grade in policy.grades))
        yield Definition("grade", GRADE, lowered, "label", ("vetoes",), measured=True)
    else:
        yield Definition("grade", GRADE, bands, "label", ("grades",), measured=True)
    final = Calibrated("calibrated_grade", "grade")
    yield Definition("final_grade", FINAL, final, "label", ("grades",))
    yield Definition(
        "coefficient",
        COEFFICIENT,
        ByLabel("final_grade", coefficients),
        "ratio",
        ("grades",),
        10,
    )
