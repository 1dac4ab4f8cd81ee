"""Facts and figures: cells of text, declared treatments of what is missing, dates, days."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from engine.model import Constant, Kpi, Measure, Policy, Target
from tests.engine.oracle.numbers import Worth, divided, to_multiple
from tests.engine.oracle.people import Row, Ways

TEXTS = {"person", "team", "segment", "date", "calibrated_grade"}
Cells = Mapping[str, str]


def facts(policy: Policy, cells: Cells) -> dict[str, Any]:
    """Read a row of text; what is empty is None, or what the policy says of it."""
    words = TEXTS | {each.code for each in policy.inputs if each.unit == "label"}
    found = {
        name: None if text in {"", None} else text if name in words else Fraction(text)
        for name, text in cells.items()
    }
    found.setdefault("calibrated_grade", None)
    for given in policy.inputs:
        if found.get(given.code) is None:
            zero = Fraction(0) if given.if_missing == "zero" else None
            found[given.code] = zero if given.default is None else Fraction(given.default)
    for kpi in policy.kpis:
        if kpi.weight_band and found.get(f"{kpi.code}.weight") is None:
            found[f"{kpi.code}.weight"] = Fraction(kpi.weight)
        for rater, _ in kpi.raters:
            if found.get(f"{kpi.code}.{rater}") is None:
                found[f"{kpi.code}.{rater}"] = Fraction(0) if kpi.if_unrated == "zero" else None
    return found


def figures(policy: Policy) -> Ways:
    ways: Ways = {}
    for measure in policy.measures:
        if measure.ratio:
            ways[measure.code] = lambda row, of=measure: made_of_two(of, row)
    for target in policy.targets:
        if target.prorate:
            ways[target.code] = lambda row, of=target: prorated(of, row)
    for constant in policy.constants:
        ways[constant.code] = lambda row, of=constant: dated(of, row)
    return ways


def made_of_two(measure: Measure, row: Row) -> Fraction | None:
    assert measure.ratio
    top, bottom = (row[name] for name in measure.ratio)
    if measure.kind == "ratio":
        return divided(top, bottom, Fraction(0) if measure.if_zero == "zero" else None)
    if bottom > 0:
        return top / bottom - 1  # type: ignore[no-any-return]
    return Fraction(0) if measure.if_base == "zero" else None


def prorated(target: Target, row: Row) -> Fraction:
    part = row[f"{target.code}.full"] * row["days_in_post"] / row["days_in_period"]
    return to_multiple(part, Fraction(target.round_to)) if target.round_to else part


def dated(constant: Constant, row: Row) -> Fraction | None:
    if constant.value is not None:
        return Fraction(constant.value)
    past = [each for each in constant.values if each.start <= row["date"]]
    if not past:
        return None
    if constant.by is None:
        return Fraction(past[-1].value or 0)
    by = {label: Fraction(worth) for label, worth in past[-1].by}
    return by.get(row[constant.by])


def lacks_value(constant: Constant, row: Row) -> bool:
    """Whether the policy has no value for a person's day; without a label there is none to have."""
    labelled = constant.by is None or row[constant.by] is not None
    return labelled and dated(constant, row) is None


def declared(policy: Policy, row: Row) -> set[str]:
    """Say what of ``refuse`` and ``pending`` applies to a person."""
    found = {
        given.if_missing
        for given in policy.inputs
        if row[given.code] is None and given.if_missing != "not_applicable"
    }
    for measure in policy.measures:
        if measure.ratio:
            bottom = row[measure.ratio[1]]
            if measure.kind == "ratio" and bottom == 0:
                found.add(measure.if_zero)
            if measure.kind == "growth" and bottom <= 0:
                found.add(measure.if_base)
    for kpi in policy.kpis:
        actual, target = row[f"{kpi.code}.actual"], row[f"{kpi.code}.target"]
        found |= set(treatments(kpi, actual, target))
        if any(row[f"{kpi.code}.{rater}"] is None for rater, _ in kpi.raters):
            found.add(kpi.if_unrated)
    if any(kpi.weight_band for kpi in policy.kpis) and not weights_fit(policy, row):
        found.add("refuse")
    if any(lacks_value(constant, row) for constant in policy.constants):
        found.add("refuse")
    return found & {"refuse", "pending"}


def treatments(kpi: Kpi, actual: Worth, target: Worth) -> list[str]:
    """Say what is declared for an actual and a target, where they are odd; the last one counts."""
    if actual is None or target is None:
        return []
    by_actual = kpi.better == "lower" and kpi.form == "ratio"
    found = []
    if (actual if by_actual else target) == 0:
        found.append(kpi.if_zero_actual if by_actual else kpi.if_zero_target)
    if actual < 0 and kpi.if_negative != "keep":
        found.append(kpi.if_negative)
    return found


def weights_fit(policy: Policy, row: Row) -> bool:
    """The weights that a person has sum to 100%, within each dimension where there are some."""
    groups = {kpi.dimension for kpi in policy.kpis}
    return all(
        sum(own_weight(kpi, row) for kpi in policy.kpis if kpi.dimension == group) == 1
        for group in groups
    )


def own_weight(kpi: Kpi, row: Row) -> Fraction:
    return row[f"{kpi.code}.weight"] if kpi.weight_band else Fraction(kpi.weight)
